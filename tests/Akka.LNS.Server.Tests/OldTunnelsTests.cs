using System.Net;
using System.Net.Sockets;
using Akka.LNS.Server.Tests.Api;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Server.Tests;

/// <summary>lnsd after kill -9: the LACs of the process before get a StopCCN, and notice it before a Hello times out.</summary>
public sealed class OldTunnelsTests : IDisposable
{
    private const ushort LacId = 77;
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _lac = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
    private readonly byte[] _buffer = new byte[2048];

    public OldTunnelsTests() => _lac.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose()
    {
        _lac.Dispose();
        _folder.Dispose();
    }

    private string State => Path.Combine(_folder.Path, "tunnels");

    [Fact]
    public async Task A_lac_gets_a_stopccn_when_lnsd_starts_again_after_kill_9()
    {
        int port;
        ushort local;
        await using (var lnsd = await LnsdProgram.Start(_folder.Path, Hocon(0)))
        {
            port = lnsd.L2tpPort;
            local = OpenTunnel(port);
            await Until(() => new FileInfo(State) is { Exists: true, Length: > 24 }, "the tunnel is in the file");
            await lnsd.KillHard();
        }

        await using (var again = await LnsdProgram.Start(_folder.Path, Hocon(port)))
        {
            var (ns, nr, stop) = ReceiveStop();
            Assert.Equal((1, 2, local, "the LNS has restarted"), (ns, nr, stop.AssignedTunnelId.Value, stop.Result.Text));
            Assert.Contains("tunnels of the process before: 1 get a StopCCN, 0 do not", again.Output, StringComparison.Ordinal);

            // the LAC expects another number than the file has: the answer to its acknowledgement has it
            var zlb = new byte[L2tpControlHeader.Length];
            L2tpControlHeader.WriteAcknowledgement(zlb, new TunnelId(local), 2, 5);
            _lac.SendTo(zlb, new IPEndPoint(IPAddress.Loopback, port));
            (ns, nr, _) = ReceiveStop();
            Assert.Equal((5, 2), (ns, nr));

            Assert.NotEqual(local, OpenTunnel(port));
            await Until(() => new FileInfo(State).Length == 24 + 60, "only the new tunnel is in the file");
            await again.Terminate();
            ReceiveStop(); // of the new tunnel
            await again.Exited();
        }
        Assert.Equal(24, new FileInfo(State).Length); // a clean end leaves no tunnel
    }

    [Fact]
    public async Task A_damaged_file_is_reported_and_does_not_stop_the_start()
    {
        await File.WriteAllTextAsync(State, "LNSTUN and what is no tunnel", TestContext.Current.CancellationToken);
        await using var lnsd = await LnsdProgram.Start(_folder.Path, Hocon(0));
        Assert.Contains($"file of tunnels ignored: file {State}, error its version is ", lnsd.Output, StringComparison.Ordinal);
        OpenTunnel(lnsd.L2tpPort);
        await Until(() => new FileInfo(State).Length == 24 + 60, "the tunnel is in the file");
    }

    private string Hocon(int port) => $"lns {{ listen = [\"127.0.0.1:{port}\"], tunnels.state-file = \"{State}\" }}";

    /// <summary>Opens a tunnel. Returns its id on the side of the LNS.</summary>
    private ushort OpenTunnel(int port)
    {
        var to = new IPEndPoint(IPAddress.Loopback, port);
        _lac.SendTo(new ControlMessage.Sccrq("lac", new TunnelId(LacId), 3).Encode(default, default, ns: 0), to);
        var sccrp = Receive<ControlMessage.Sccrp>(out _, out _);
        var scccn = new ControlMessage.Scccn().Encode(sccrp.AssignedTunnelId, default, ns: 1);
        L2tpControlHeader.WriteNr(scccn, 1);
        _lac.SendTo(scccn, to);
        return sccrp.AssignedTunnelId.Value;
    }

    private (ushort Ns, ushort Nr, ControlMessage.StopCcn Stop) ReceiveStop()
    {
        var stop = Receive<ControlMessage.StopCcn>(out var ns, out var nr);
        return (ns, nr, stop);
    }

    /// <summary>Receives a message of this kind. Others and acknowledgements are left out.</summary>
    private T Receive<T>(out ushort ns, out ushort nr) where T : ControlMessage
    {
        while (true)
        {
            var length = _lac.Receive(_buffer);
            Assert.True(L2tpHeaderView.TryRead(_buffer.AsSpan(0, length), out var header, out _));
            Assert.Equal(LacId, header.TunnelId.Value);
            (ns, nr) = (header.Ns, header.Nr);
            if (!header.Payload.IsEmpty && ControlMessage.TryParse(header.Payload, default, out var message, out _) && message is T wanted)
                return wanted;
        }
    }

    private static async Task Until(Func<bool> condition, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition()) Assert.True(await timer.WaitForNextTickAsync(limit.Token), what);
    }
}
