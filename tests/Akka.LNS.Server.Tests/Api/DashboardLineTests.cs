using Akka.LNS.Server.Api.Hosting;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Sections;

namespace Akka.LNS.Server.Tests.Api;

public class DashboardLineTests
{
    private const string Hash = "token-sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"";
    private const string File = "token-file = \"/nowhere/t\", create-token-file = on";

    [Theory]
    [InlineData("lns.api.tokens is empty: add a token to log in")]
    [InlineData("log in with the token in /nowhere/t", File)]
    [InlineData("log in with a token of lns.api.tokens", Hash)]
    [InlineData("log in with a token of lns.api.tokens", File, File)]
    [InlineData("log in with a token of lns.api.tokens", File, Hash)]
    public void The_dashboard_line_names_the_tokens_to_log_in_with(string expected, params string[] tokens)
    {
        var text = string.Join('\n', tokens.Select(static (keys, i) => $"lns.api.tokens.t{i} {{ role = read, {keys} }}"));
        var read = SettingsReader.Read(text, "f.conf", static _ => null);
        Assert.Empty(read.Errors);
        Assert.Equal($"dashboard: http://127.0.0.1:8701/ ({expected})",
            DashboardLine.Of(["unix:/run/akka-lns/api.sock", "http://127.0.0.1:8701"], read.Settings.Api));
    }

    [Theory]
    [InlineData(false, "log in with a client certificate of lns.api.certificates")]
    [InlineData(true, "log in with the token in /a or a client certificate of lns.api.certificates")]
    public void Client_certificates_are_named_and_all_addresses(bool hasToken, string expected)
    {
        var settings = new ApiSettings
        {
            Certificates = [new ApiCertificate("alice", ApiRole.Read, "alice", null)],
            Tokens = hasToken ? [new ApiToken("a", ApiRole.Read, new("")) { File = "/a" }] : [],
        };
        Assert.Equal($"dashboard: https://192.0.2.1:8701/, https://[::1]:8701/ ({expected})",
            DashboardLine.Of(["https://192.0.2.1:8701", "https://[::1]:8701"], settings));
    }
}
