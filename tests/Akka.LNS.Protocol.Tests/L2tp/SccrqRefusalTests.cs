using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Peers;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class SccrqRefusalTests
{
    [Fact]
    public void A_lac_reads_the_refusal_as_the_end_of_its_tunnel()
    {
        var now = new Instant(0);
        var (lac, sent) = Lac.Open(new ControlConnectionSettings { HostName = "lac" }, new TunnelId(77),
            new byte[ControlConnection.EntropyLength], now);
        var sccrq = ((ConnectionEffect.Transmit)sent[0]).Message;
        Assert.True(SccrqPeek.TryPeek(sccrq, default, out var peek, out _));

        var octets = SccrqRefusal.Encode(new TunnelId(9), peek.AssignedTunnelId, ns: 0, new ResultCode(2, 7, "busy"));
        Assert.True(L2tpHeaderView.TryRead(octets, out var header, out _));
        Assert.Equal((77, 0, 0, 1), (header.TunnelId.Value, header.SessionId.Value, header.Ns, header.Nr));

        var (after, effects) = Lac.On(lac, new ConnectionEvent.DatagramReceived(octets), now);
        Assert.Contains("StopCCN 2/7 (try another) \"busy\"", effects.OfType<ConnectionEffect.Closed>().Single().Why.Text,
            StringComparison.Ordinal);
        // it is acknowledged, and so was the SCCRQ: nothing is sent again
        var (_, later) = Lac.On(after, ConnectionEvent.Tick.Instance, now + TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(effects.AddRange(later), static e => e is ConnectionEffect.Transmit);
    }
}
