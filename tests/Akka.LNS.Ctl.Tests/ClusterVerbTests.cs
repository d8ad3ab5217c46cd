using Akka.LNS.Ctl.Terminal;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Ctl.Tests;

/// <summary>Cluster verbs against two nodes on loopback.</summary>
public sealed class ClusterVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private Task<LnsdProgram> Start(string name) => LnsdProgram.Start(Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName,
        $$"""
        lns {
          node-name = {{name}}, cluster { roles = [{{name}}], heartbeat-pause = 5s, stable-after = 1s, rejoin-after = 1s }
          cluster { {{LnsdProgram.OwnSeed(LnsdProgram.FreePort())}} }
        }
        """);

    private static Task<Ran> Cluster(LnsdProgram lnsd, params string[] arguments) =>
        CtlLab.Raw(["--api", $"unix:{lnsd.Socket}", "cluster", .. arguments]);

    [Fact]
    public async Task Two_nodes_are_shown_joined_drained_and_removed()
    {
        await using var a = await Start("a");
        await using var b = await Start("b");
        var self = (await Cluster(a, "leader")).Out.Trim();
        Assert.Matches(@"^akka\.tcp://lns@127\.0\.0\.1:\d+$", self);
        Assert.Equal((ExitCode.Ok, "true"), Said(await Cluster(a, "is-singleton")));
        Assert.Equal((ExitCode.Ok, "true"), Said(await Cluster(a, "is-available")));
        Assert.Equal((ExitCode.Ok, "Up"), Said(await Cluster(a, "member-status")));

        var other = (await Cluster(b, "members")).Out.Trim();
        Assert.Equal((ExitCode.Ok, $"Joining {self}"), Said(await Cluster(b, "join", self)));
        await CtlLab.Until(async () => (await Cluster(a, "status", "--json")).Json.GetProperty("members").EnumerateArray()
            .Count(static m => m.GetProperty("status").GetString() == "up"
            && m.TryGetProperty("sessions", out _)) == 2);
        Assert.Equal((ExitCode.Failed, "false"), Said(await Cluster(a, "is-singleton")));
        Assert.False((await Cluster(a, "is-singleton", "--json")).Json.GetProperty("answer").GetBoolean());
        Assert.Equal(new[] { self, other }.Order(StringComparer.Ordinal), (await Cluster(a, "members")).Lines);
        Assert.Equal((ExitCode.Ok, "Up"), Said(await Cluster(a, "member-status", other)));
        Assert.Equal((ExitCode.Ok, ""), Said(await Cluster(a, "unreachable")));
        Assert.Equal(0, (await Cluster(a, "unreachable", "--json")).Json.GetProperty("unreachable").GetArrayLength());
        Assert.Contains((await Cluster(a, "leader", "--json")).Json.GetProperty("leader").GetString(), new[] { self, other });
        var status = await Cluster(a, "status");
        Assert.Contains(status.Lines, l => l.StartsWith("b ", StringComparison.Ordinal) && l.Contains(other, StringComparison.Ordinal)
            && l.Contains(" up ", StringComparison.Ordinal)
            && l.Contains(" serving ", StringComparison.Ordinal));
        Assert.Contains("standing", status.Out, StringComparison.Ordinal);
        Assert.Contains((await Cluster(a, "cluster-status")).Lines, l => l.StartsWith(other, StringComparison.Ordinal)
            && l.Contains(" Up ", StringComparison.Ordinal));
        Assert.Equal(2, (await Cluster(a, "cluster-status", "--json")).Json.GetProperty("members").GetArrayLength());

        Assert.Equal((ExitCode.Ok, $"Leaving {other}"), Said(await Cluster(a, "leave", other, "--deadline", "1h")));
        await CtlLab.Until(async () => (await Cluster(b, "status", "--json")).Json.GetProperty("standing").GetString() == "left");
        Assert.Equal((ExitCode.Failed, "false"), Said(await Cluster(b, "is-available")));
        Assert.Equal((ExitCode.Ok, $"Joining {self}"), Said(await Cluster(b, "join", self)));
        await CtlLab.Until(async () => (await Cluster(b, "is-available")).Code == ExitCode.Ok && (await Cluster(a, "members"))
            .Lines.Length == 2);
        Assert.Equal((ExitCode.Ok, $"Downing {other}"), Said(await Cluster(a, "down", other)));
        await CtlLab.Until(async () => (await Cluster(b, "is-available")).Code == ExitCode.Failed);

        Assert.Equal(ExitCode.NotFound, (await Cluster(a, "member-status", "lns@127.0.0.1:1")).Code);
        Assert.Equal(ExitCode.NotFound, (await Cluster(a, "down", "lns@127.0.0.1:1")).Code);
        Assert.Equal(ExitCode.Usage, (await Cluster(a, "join", "nowhere")).Code);
        Assert.Equal(ExitCode.Usage, (await Cluster(a, "join")).Code);
        Assert.Equal(ExitCode.Usage, (await Cluster(a, "leave", "--deadline", "soon")).Code);
    }

    private static (int, string) Said(Ran ran) => (ran.Code, ran.Out.Trim());

    public void Dispose() => _folder.Dispose();
}
