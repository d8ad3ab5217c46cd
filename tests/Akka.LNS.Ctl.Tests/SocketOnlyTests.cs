using System.Globalization;
using System.Net;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Ctl.Tests;

/// <summary>An lnsd whose API is a Unix socket and nothing else: whoever is on this machine and may open it operates it, nobody else finds anything.</summary>
public class SocketOnlyTests
{
    [Fact]
    public async Task It_starts_lnsctl_works_and_nothing_listens_on_tcp()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await LnsdProgram.Start(folder.Path, """
            lns.api.listen = ["unix:api.sock"]
            lns.cluster.enabled = off
            """);
        var status = await CtlLab.Raw(["status", "--json", "--api", $"unix:{lnsd.Socket}"]);
        Assert.Equal((ExitCode.Ok, "open"), (status.Code, status.Json.GetProperty("verdict").GetString()));
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["drain", "--wait", "--api", $"unix:{lnsd.Socket}"])).Code);
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["undrain"], ("LNSCTL_API", $"unix:{lnsd.Socket}"))).Code);

        using var client = lnsd.OverSocket();
        using (var alive = await client.GetAsync("/alive", TestContext.Current.CancellationToken)) Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        // no browser comes by a socket: there are no pages
        foreach (var page in new[] { "/", "/login", "/sessions", "/_blazor/negotiate", "/_content/Akka.LNS.Dashboard/dashboard.css" })
        {
            using var answer = await client.GetAsync(page, TestContext.Current.CancellationToken);
            Assert.Equal((page, HttpStatusCode.NotFound), (page, answer.StatusCode));
        }
        Assert.DoesNotContain("http://", lnsd.Output, StringComparison.Ordinal);
        Assert.Empty(ListeningOnTcp(lnsd.Id));

        // the same with a TCP address is seen by the same look
        using var other = new TemporaryFolder();
        await using var both = await LnsdProgram.Start(other.Path, "lns.cluster.enabled = off");
        Assert.Equal([$"0100007F:{both.Address.Port:X4}"], ListeningOnTcp(both.Id));
    }

    /// <summary>Local addresses as the kernel writes them (proc(5), net/tcp), of the sockets that the process holds open.</summary>
    private static string[] ListeningOnTcp(int process)
    {
        const string listen = "0A";
        var held = Directory.GetFiles($"/proc/{process}/fd").Select(static f => new FileInfo(f).LinkTarget).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return [.. new[] { "tcp", "tcp6" }.Select(kind => $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/net/{kind}").Where(File.Exists).SelectMany(File.ReadLines).Skip(1)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(f => f.Length > 9 && f[3] == listen && held.Contains($"socket:[{f[9]}]")).Select(static f => f[1])];
    }
}
