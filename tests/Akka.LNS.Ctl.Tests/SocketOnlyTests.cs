using System.Globalization;
using System.Net;
using Akka.LNS.Ctl.Terminal;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Ctl.Tests;

/// <summary>lnsd with a Unix socket as its only API address: users with access to the socket operate it, and no TCP port is open.</summary>
public class SocketOnlyTests
{
    [Fact]
    public async Task Lnsctl_works_on_the_socket_and_no_tcp_port_listens()
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
        using (var alive = await client.GetAsync("/alive", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        // a socket serves no pages
        foreach (var page in new[] { "/", "/login", "/sessions", "/_blazor/negotiate", "/_content/Akka.LNS.Dashboard/dashboard.css" })
        {
            using var answer = await client.GetAsync(page, TestContext.Current.CancellationToken);
            Assert.Equal((page, HttpStatusCode.NotFound), (page, answer.StatusCode));
        }
        Assert.DoesNotContain("http://", lnsd.Output, StringComparison.Ordinal);
        Assert.Empty(ListeningOnTcp(lnsd.Id));

        // counter-check: the same method finds a TCP port
        using var other = new TemporaryFolder();
        await using var both = await LnsdProgram.Start(other.Path, "lns.cluster.enabled = off");
        Assert.Equal([$"0100007F:{both.Address.Port:X4}"], ListeningOnTcp(both.Id));
    }

    /// <summary>Local addresses as the kernel writes them (proc(5), net/tcp), of the sockets that the process holds open.</summary>
    private static string[] ListeningOnTcp(int process)
    {
        const string listen = "0A";
        var held = Directory.GetFiles($"/proc/{process}/fd").Select(static f => new FileInfo(f).LinkTarget).OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        return [.. new[] { "tcp", "tcp6" }.Select(kind => $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/net/{kind}")
            .Where(File.Exists).SelectMany(File.ReadLines).Skip(1)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(f => f.Length > 9 && f[3] == listen && held.Contains($"socket:[{f[9]}]")).Select(static f => f[1])];
    }
}
