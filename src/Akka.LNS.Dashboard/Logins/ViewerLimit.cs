using Microsoft.AspNetCore.Http;

namespace Akka.LNS.Dashboard.Logins;

/// <summary>
/// Limits the number of open pages, and refuses requests from pages of other sites in the same browser (cross-site WebSocket hijacking).
/// </summary>
internal sealed class ViewerLimit(DashboardOptions options)
{
    private const string Circuits = "/_blazor"; // path of the connections of open pages

    private int _open;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(Circuits))
        {
            await next(context);
            return;
        }
        if (context.Request.Headers.Origin is [{ } origin] && origin != $"{context.Request.Scheme}://{context.Request.Host}")
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        // other requests of a circuit are short; a request to this path without a WebSocket would be a long poll
        if (!context.WebSockets.IsWebSocketRequest)
        {
            if (context.Request.Path == Circuits) context.Response.StatusCode = StatusCodes.Status400BadRequest;
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
