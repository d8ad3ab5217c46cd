using Akka.LNS.Client;
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
        using var http = new HttpClient(own.Connect(() => logins.MayAsk(who) ? who : null, DashboardRoles.From(who)))
        {
            BaseAddress = LnsApiAddress.Default.Root,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get,
            new Uri($"api/v1/{list}{context.Request.QueryString}", UriKind.Relative));
        request.Headers.Accept.ParseAdd(Csv.MediaType);
        using var answer = await http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.IsSuccessStatusCode) context.Response.Headers.ContentDisposition = $"attachment; filename={list}.csv";
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
