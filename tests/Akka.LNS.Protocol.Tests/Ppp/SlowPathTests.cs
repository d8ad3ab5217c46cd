using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class SlowPathTests
{
    private static readonly LinkPolicy Policy = new() { AuthMethods = [AuthMethod.ChapMd5], EchoInterval = TimeSpan.Zero };

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.7)]
    [InlineData(1.2)]
    [InlineData(2.5)]
    [InlineData(4)]
    [InlineData(5)]
    [Trait("Rfc", "RFC1661-4.6-1")]
    public void A_strict_client_comes_up_on_a_slow_path_and_stays_up(double seconds)
    {
        var path = new SlowPath(Policy, TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(20));
        path.Run(Policy.SetupTimeout + TimeSpan.FromSeconds(30), () => path.IsUp);
        Assert.True(path.IsUp, $"{path.Ended}");
        var restarts = path.ClientRestarts;
        path.Run(TimeSpan.FromMinutes(2), () => !path.IsUp);
        Assert.True(path.IsUp);
        Assert.Equal(restarts, path.ClientRestarts);
    }

    [Fact] // law: whatever the round trip, and whenever the client starts, it comes up, or the call ends within its limits
    public void With_any_round_trip_and_start_the_client_comes_up_or_the_call_ends_in_time()
    {
        Gen.Select(Gen.Double[0.001, 6], Gen.Double[0, 10], Gen.Bool).Sample((roundTrip, start, hasMagic) =>
        {
            var path = new SlowPath(Policy, TimeSpan.FromSeconds(roundTrip), TimeSpan.FromSeconds(start), hasMagic);
            path.Run(Policy.SetupTimeout + TimeSpan.FromSeconds(40), () => path.IsUp);
            Assert.True(path.IsUp || path.Ended is not null, $"{path.Server.Phase} {path.IsServerUp}");
            if (roundTrip <= 4) Assert.True(path.IsUp, $"{path.Ended}");
        }, iter: 3_000);
    }

    [Fact]
    public void A_fast_client_gets_every_request_once_and_the_first_copy_as_early_as_before()
    {
        var path = new SlowPath(Policy, TimeSpan.FromMilliseconds(10), TimeSpan.Zero);
        path.Run(TimeSpan.FromSeconds(1), () => path.IsUp);
        Assert.True(path.IsUp);
        Assert.True(path.Now < new Instant(0) + TimeSpan.FromMilliseconds(60));
        Assert.Equal(0, path.ClientRestarts);
        Assert.Single(path.SentByServer, s => s is { Protocol: PppProtocol.Ipcp, Code: ControlCode.ConfigureRequest });

        var late = new SlowPath(Policy, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(100)); // nothing is known
        late.Run(TimeSpan.FromSeconds(4), () => false);
        Assert.Equal([0, 0.5, 1.5, 3.5], late.SentByServer.Select(s => (s.At - new Instant(0)).TotalSeconds));
    }

    [Fact]
    public void Copies_that_were_all_answered_slow_the_next_ones_down()
    {
        var probe = new LinkProbe(Policy);
        var ours = probe.Frames[0];
        probe.ToDeadline().ToDeadline(); // copies at 0.5 and 1.5 s
        probe.Now = new Instant(0) + TimeSpan.FromSeconds(2.5);
        probe.Frame(PppProtocol.Lcp, "02" + ours[6..]);
        probe.Now += TimeSpan.FromSeconds(0.5);
        Assert.Equal([PppError.UnknownIdentifier], probe.Frame(PppProtocol.Lcp, "02" + ours[6..]).Drops); // to the first copy
        probe.Lcp(1, 1, LinkProbe.PppdOptions);
        Assert.Equal(LinkPhase.Authenticate, probe.State.Phase);
        probe.Lcp(1, 2, LinkProbe.PppdOptions.Replace("A1B2", "B1B2", StringComparison.Ordinal)); // the client starts again
        Assert.Equal(probe.Now + TimeSpan.FromSeconds(3), PppLink.NextDeadline(probe.State)); // not after 0.5 s
    }

    [Fact]
    public void A_round_trip_that_was_measured_sets_the_first_interval()
    {
        var five = TimeSpan.FromSeconds(5);
        var probe = new LinkProbe(Policy with { FirstRestartInterval = five, RestartInterval = five });
        probe.Now += TimeSpan.FromSeconds(4.8);
        probe.OpenLcp();
        Assert.Equal(probe.Now + TimeSpan.FromSeconds(6), PppLink.NextDeadline(probe.State)); // of the Challenge: a quarter more
    }
}
