using Akka.LNS.Dashboard.Logins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Akka.LNS.Dashboard.Hosting;

/// <summary>The lists of the API as CSV files, with the login of the browser.</summary>
internal static class Downloads
{
    private static readonly string[] Lists = ["sessions", "tunnels", "lacs", "refused-lacs", "pools", "disconnects"];

    /// <summary>Maps <c>/download/LIST.csv</c>. The query is that of the API.</summary>
    public static RouteHandlerBuilder MapDownloads(this WebApplication app) => app.MapGet("/download/{list}.csv", AnswerAsync);

    private static async Task AnswerAsync(HttpContext context, string list, IOwnApi own, LoginStore logins)
    {
        if (!Lists.Contains(list))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var who = context.User;
        await own.ForwardCsvAsync(() => logins.MayAsk(who) ? who : null, context, $"/api/v1/{list}");
    }
}
