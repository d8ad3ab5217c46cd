using System.Collections.Concurrent;
using System.Text.Json;
using Akka.LNS.Server.Tests.Api;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Ctl.Tests;

/// <summary>A subscriber whose name has an octet that is no UTF-8, from PAP to RADIUS, API, lnsctl and log.</summary>
public sealed class OctetNameTests
{
    private const string Shown = @"m\xFCller000000", Password = "pass", Hex = "6DFC6C6C6572303030303030";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly ConcurrentQueue<string> _users = new();

    private void Note(RadiusPacketView request)
    {
        if (request.TryFind(RadiusAttributeType.UserName, out var name)) _users.Enqueue(Convert.ToHexString(name.Value));
    }

    [Fact]
    public async Task Each_face_shows_the_escaped_name_and_takes_it()
    {
        using var folder = new TemporaryFolder();
        using var radius = new RadiusResponder(new RadiusResponderSettings { Secret = "shared"u8.ToArray(), Password = Password })
        {
            OnAccounting = Note,
        };
        await using var lnsd = await LnsdProgram.Start(folder.Path, $$"""
            lns {
              node-name = lab
              bundles.defaults { pool = p }
              pools.p.ranges = ["100.64.0.0/24"]
              links.defaults { auth = [pap], auth-by = [local] }
              tunnels.defaults { secret = none, closing-linger = 0s }
              users { "m\\xFCller000000" { password = "{{Password}}" } }
              radius.servers = [{
                name = first, address = 127.0.0.1, secret = shared
                auth-port = {{radius.AuthenticationPort}}, acct-port = {{radius.AccountingPort}}
              }]
            }
            """);
        using var end = new CancellationTokenSource();
        var up = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Task.Factory.StartNew(() => Hold(lnsd.L2tpPort, up, end.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Assert.True(await up.Task, lnsd.Output);
            Task<Ran> Ctl(params string[] arguments) => CtlLab.Raw(["--api", $"unix:{lnsd.Socket}", .. arguments]);
            var row = Assert.Single((await Ctl("sessions", "--json", $"user={Shown}")).Json.GetProperty("sessions").EnumerateArray());
            Assert.Equal(Shown, row.GetProperty("user").GetString());
            Assert.Empty((await Ctl("sessions", "--json", @"user=m\xFDller000000")).Json.GetProperty("sessions").EnumerateArray());
            Assert.Contains(Shown, (await Ctl("session", Shown)).Out, StringComparison.Ordinal);
            Assert.Contains($",{Shown},", (await Ctl("sessions", "--output", "csv")).Out, StringComparison.Ordinal);
            Assert.Contains($"user on: user '{Shown}'", lnsd.Output, StringComparison.Ordinal);
            Assert.Equal(1, (await Ctl("drop", Shown, "--yes", "--json")).Json.GetProperty("matched").GetInt32());
            JsonElement[] ended = [];
            while (ended.Length == 0)
                ended = [.. (await Ctl("disconnects", "--json")).Json.GetProperty("disconnects").EnumerateArray()];
            Assert.Equal(Shown, ended[0].GetProperty("user").GetString());
            while (_users.Count < 2) await Task.Yield();
            Assert.All(_users, static u => Assert.Equal(Hex, u));
        }
        finally
        {
            await end.CancelAsync();
            await running;
        }
    }

    private static void Hold(int port, TaskCompletionSource<bool> up, CancellationToken end)
    {
        try
        {
            using var load = new LoadGenerator(new LoadSettings
            {
                Lns = new UdpEndpoint(Ipv4Address.Parse("127.0.0.1"), (ushort)port), Sessions = 1, Password = Password,
                UserPrefix = PeerText.Decode([0x6D, 0xFC, .. "ller"u8]), UserSuffix = "", Auth = SubscriberAuth.Pap,
                FirstLac = Ipv4Address.Parse("127.8.0.1"), SocketBuffer = 1 << 20,
            });
            up.TrySetResult(load.OpenTunnels(Patience, end) && load.BringUp(Patience, end));
            while (!end.IsCancellationRequested) load.Hold(TimeSpan.FromMilliseconds(20), end);
        }
        catch (Exception e)
        {
            up.TrySetException(e);
        }
    }
}
