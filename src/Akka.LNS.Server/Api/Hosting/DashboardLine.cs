using Akka.LNS.Server.Settings.Sections;

namespace Akka.LNS.Server.Api.Hosting;

/// <summary>Second line of the program: addresses of the dashboard, and how to log in.</summary>
internal static class DashboardLine
{
    /// <param name="listening">Addresses of the API; the dashboard is not served on a Unix socket.</param>
    public static string Of(IEnumerable<string> listening, ApiSettings settings)
    {
        var addresses = listening.Where(static a => !a.StartsWith(ApiListen.UnixPrefix, StringComparison.Ordinal))
            .Select(static a => $"{a}/");
        return $"dashboard: {string.Join(", ", addresses)} ({Login(settings)})";
    }

    private static string Login(ApiSettings settings)
    {
        var token = settings.Tokens switch
        {
            [] => null,
            [{ File: { } file }] => $"the token in {file}",
            _ => "a token of lns.api.tokens",
        };
        var certificate = settings.Certificates.IsEmpty ? null : "a client certificate of lns.api.certificates";
        return token is null && certificate is null
            ? "lns.api.tokens is empty: add a token to log in"
            : $"log in with {string.Join(" or ", new[] { token, certificate }.OfType<string>())}";
    }
}
