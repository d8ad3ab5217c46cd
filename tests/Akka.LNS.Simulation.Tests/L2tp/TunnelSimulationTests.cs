using Akka.LNS.Protocol;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Simulation.Tests.L2tp;

public class TunnelSimulationTests
{
    private static readonly EndReason HangUp = new(EndParty.Administrator, EndLayer.Session, EndCause.AdministrativeReset, "test");
    private static readonly ResultCode Administrative = new(ResultCode.Cdn.Administrative);
    // With a third of the datagrams lost, five retransmissions are not always enough.
    private static readonly ControlConnectionSettings Patient = new() { MaxRetransmits = 20, SetupTimeout = TimeSpan.FromMinutes(10) };
    private static readonly CallSettings PatientCalls = new(TimeSpan.FromHours(1));

    [Theory]
    [InlineData(0.0, 1), InlineData(0.0, 100), InlineData(0.1, 100), InlineData(0.3, 50)]
    public void Calls_are_set_up_and_torn_down_on_a_lossy_link(double loss, int calls)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var quality = loss > 0 ? LinkQuality.Lossy(loss) : LinkQuality.Perfect;
            var link = new VirtualLink(quality, seed);
            var lns = new VirtualLns(link, Patient, new(700)) { CallSettings = PatientCalls };
            var lac = new VirtualLac(link, Patient, new(300)) { CallSettings = PatientCalls };
            (lns.Other, lac.Other) = (lac, lns);
            for (ushort i = 1; i <= calls; i++) lac.Dial(new(i), i);
            lac.Open();
            Assert.True(link.Run(TimeSpan.FromHours(1), () => lns.Established == calls && lac.Established == calls),
                $"seed {seed}: {lns.Established}");
            Assert.Equal((calls, calls), (lns.OpenPaths, lac.OpenPaths));
            foreach (var id in lac.Calls.Keys.ToArray())
            {
                if (id % 2 == 0) lac.CloseCall(new(id), HangUp, Administrative);
                else lns.CloseCall(((CallState.Established)lac.Calls[id]).Peer, HangUp, Administrative);
            }
            Assert.True(link.Run(TimeSpan.FromHours(1), () => lns.Calls.Count == 0 && lac.Calls.Count == 0));
            Assert.Equal((0, 0, calls, calls), (lns.OpenPaths, lac.OpenPaths, lns.EndedCalls.Count, lac.EndedCalls.Count));
            lns.Close(HangUp, new ResultCode(ResultCode.StopCcn.ShuttingDown));
            Assert.True(link.Run(TimeSpan.FromHours(1), () => lns.IsFinished && lac.IsFinished));
            Assert.Equal((1, 1), (lns.ClosedCount, lac.ClosedCount));
            Assert.Equal(EndCause.TunnelStopped, lac.Closed!.Cause);
        }
    }

    [Fact]
    public void Thousand_calls_on_a_clean_link_need_no_retransmission_and_less_than_a_second()
    {
        var pair = new VirtualPair(LinkQuality.Perfect, 1);
        for (ushort i = 1; i <= 1000; i++) pair.Lac.Dial(new(i), i);
        pair.Lac.Open();
        Assert.True(pair.Link.Run(TimeSpan.FromSeconds(1), () => pair.Lns.Established == 1000));
        Assert.Equal((0L, 0L), (pair.Lns.State.Channel.Retransmits, pair.Lac.State.Channel.Retransmits));
    }

    [Theory]
    [InlineData("right", "right", true)]
    [InlineData("right", "wrong", false)]
    [InlineData(null, "right", false)]
    [InlineData("right", null, false)]
    public void Only_the_same_secret_opens_the_tunnel(string? lac, string? lns, bool opens)
    {
        var (ofLac, ofLns) = (new ControlConnectionSettings { Secret = lac, MaxRetransmits = 20 },
            new ControlConnectionSettings { Secret = lns, MaxRetransmits = 20 });
        var pair = new VirtualPair(LinkQuality.Lossy(0.1), 3, ofLac, ofLns);
        pair.Lac.Open();
        pair.Link.Run(TimeSpan.FromMinutes(2), () => pair.Lns.IsOpened || (pair.Lns.Closed ?? pair.Lac.Closed) is not null);
        pair.Link.Run(TimeSpan.FromSeconds(20));
        Assert.Equal((opens, opens), (pair.Lns.IsOpened, pair.Lac.State.IsEstablished));
        if (opens) return;
        Assert.Contains(EndCause.TunnelAuthenticationFailed, new[] { pair.Lns.Closed!.Cause, pair.Lac.Closed!.Cause });
        pair.Link.Run(TimeSpan.FromMinutes(5));
        Assert.True(pair.Lns.IsFinished && pair.Lac.IsFinished);
    }

    [Fact]
    public void Hidden_avps_on_both_sides_change_nothing()
    {
        var settings = new ControlConnectionSettings { Secret = "hidden", HideAvps = true, MaxRetransmits = 20 };
        var pair = new VirtualPair(LinkQuality.Lossy(0.1), 4, settings, settings);
        for (ushort i = 1; i <= 10; i++) pair.Lac.Dial(new(i), i);
        pair.Lac.Open();
        Assert.True(pair.Link.Run(TimeSpan.FromMinutes(2), () => pair.Lns.Established == 10 && pair.Lac.Established == 10));
    }

    [Fact]
    public void A_silent_peer_is_detected_by_hello_and_its_calls_end()
    {
        var pair = new VirtualPair(LinkQuality.Perfect, 5);
        pair.Lac.Dial(new(1), 1);
        pair.Lac.Open();
        Assert.True(pair.Link.Run(TimeSpan.FromSeconds(5), () => pair.Lns.Established == 1));
        pair.Link.Run(TimeSpan.FromHours(1)); // Hellos keep an idle tunnel
        Assert.Null(pair.Lns.Closed);
        pair.Link.Detach(pair.Lac); // the LAC disappears
        var since = pair.Link.Now;
        Assert.True(pair.Link.Run(TimeSpan.FromMinutes(5), () => pair.Lns.IsFinished));
        Assert.Equal(EndCause.TunnelTimeout, pair.Lns.Closed!.Cause);
        Assert.Equal((0, 0), (pair.Lns.OpenPaths, pair.Lns.Calls.Count));
        Assert.True(pair.Link.Now - since <= TimeSpan.FromSeconds(60 + 1 + 2 + 4 + 8 + 8 + 8));
    }

    [Fact]
    public void Refused_tunnel_and_refused_calls_give_the_lac_the_reason()
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Node, EndCause.Refused, "overloaded");
        var pair = new VirtualPair(LinkQuality.Lossy(0.1), 6, null, null, new Refusal(new ResultCode(2, 7, "overloaded"), why));
        pair.Lac.Open();
        Assert.True(pair.Link.Run(TimeSpan.FromMinutes(5), () => pair.Lns.IsFinished && pair.Lac.IsFinished));
        Assert.Equal((why, "StopCCN 2/7 (try another) \"overloaded\""), (pair.Lns.Closed, pair.Lac.Closed!.Text));

        pair = new VirtualPair(LinkQuality.Lossy(0.1), 7);
        pair.Lns.RefuseCalls = new Refusal(new ResultCode(4, null, "later"), why);
        pair.Lac.Dial(new(9), 9);
        pair.Lac.Open();
        Assert.True(pair.Link.Run(TimeSpan.FromMinutes(5), () => pair.Lac.EndedCalls.Count == 1));
        Assert.Equal("CDN 4 (no facilities now) \"later\"", pair.Lac.EndedCalls[0].Text);
        Assert.Equal([why], pair.Lns.EndedCalls);
    }

    [Fact]
    public void Both_sides_stop_at_the_same_time_and_both_finish()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var pair = new VirtualPair(LinkQuality.Lossy(0.2), seed, Patient, Patient);
            pair.Lac.Open();
            Assert.True(pair.Link.Run(TimeSpan.FromMinutes(5), () => pair.Lns.IsOpened && pair.Lac.IsOpened));
            pair.Lac.Close(HangUp, new ResultCode(1));
            pair.Lns.Close(HangUp, new ResultCode(1));
            Assert.True(pair.Link.Run(TimeSpan.FromMinutes(30), () => pair.Lns.IsFinished && pair.Lac.IsFinished));
            Assert.Equal((1, 1), (pair.Lns.ClosedCount, pair.Lac.ClosedCount));
        }
    }
}
