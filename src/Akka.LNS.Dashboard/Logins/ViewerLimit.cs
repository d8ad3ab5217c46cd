using Microsoft.AspNetCore.Http;

namespace Akka.LNS.Dashboard.Logins;

/// <summary>How many pages are open at a time, and from where: a page of another site in the same browser is not one of ours (cross-site WebSocket hijacking).</summary>
internal sealed class ViewerLimit(DashboardOptions options)
{
    private int _open;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(DashboardHosting.Circuits))
        {
            await next(context);
            return;
        }
        if (context.Request.Headers.Origin is [{ } origin] && origin != $"{context.Request.Scheme}://{context.Request.Host}")
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        // the other requests of a circuit are short; what is not a WebSocket would be a long poll
        if (!context.WebSockets.IsWebSocketRequest)
        {
            if (context.Request.Path == DashboardHosting.Circuits) context.Response.StatusCode = StatusCodes.Status400BadRequest;
            else await next(context);
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _open) > options.Viewers) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
