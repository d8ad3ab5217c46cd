using System.Collections.Immutable;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class ListenerTests
{
    private static readonly SccrqOrigin Lac = new(1, 1701, new TunnelId(30)), Other = new(2, 1701, new TunnelId(30));
    private static readonly Instant Start = new(0);
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(60);
    private readonly Listener _listener = new(seed: 7, Quarantine, Start);

    private ImmutableArray<ListenerEffect> On(ListenerEvent ev, double at = 0) => _listener.On(ev, Start + TimeSpan.FromSeconds(at));

    private ListenerEffect Sccrq(SccrqOrigin origin, double at = 0) => Assert.Single(On(new ListenerEvent.SccrqReceived(origin), at));

    /// <summary>A new tunnel, admitted.</summary>
    private ushort Create(SccrqOrigin origin, double at = 0)
    {
        var offer = Assert.IsType<ListenerEffect.Offer>(Sccrq(origin, at));
        Assert.Equal(new ListenerEffect.Offer(origin, offer.Local), offer);
        Assert.Equal<ListenerEffect>([new ListenerEffect.Create(offer.Local!.Value)], On(new ListenerEvent.Admitted(offer), at));
        return offer.Local.Value;
    }

    [Fact]
    public void First_sccrq_of_an_origin_is_offered_with_a_free_tunnel_id()
    {
        var local = Create(Lac);
        Assert.NotEqual(0, local);
        Assert.NotEqual(_listener.Refusing.Value, local);
        Assert.NotEqual(local, Create(Other));
    }

    [Fact]
    public void Repeated_sccrq_goes_to_its_tunnel_and_one_after_the_horizon_is_a_lac_that_restarted()
    {
        var local = Create(Lac);
        var horizon = Listener.SccrqHorizon.TotalSeconds;
        Assert.Equal(new ListenerEffect.Forward(local), Sccrq(Lac, horizon - 0.001));
        Assert.IsType<ListenerEffect.Offer>(Sccrq(Lac, horizon));
    }

    [Fact]
    public void New_tunnel_replaces_the_old_one_only_when_it_is_established()
    {
        var old = Create(Lac);
        Assert.Empty(On(new ListenerEvent.Opened(old)));
        var next = Create(Lac, at: 100);
        Assert.Equal(new ListenerEffect.Forward(next), Sccrq(Lac, 101));
        Assert.Equal<ListenerEffect>([new ListenerEffect.Supersede(old)], On(new ListenerEvent.Opened(next), 102));
        Assert.Empty(On(new ListenerEvent.Opened(next), 103)); // once
    }

    [Fact]
    public void Tunnel_that_never_opens_replaces_nothing_and_the_next_that_opens_replaces_the_old_one()
    {
        var old = Create(Lac);
        On(new ListenerEvent.Opened(old));
        var failed = Create(Lac, at: 100);
        On(new ListenerEvent.Closing(failed), 131);
        On(new ListenerEvent.Gone(failed), 132);
        var next = Create(Lac, at: 140);
        Assert.Equal<ListenerEffect>([new ListenerEffect.Supersede(old)], On(new ListenerEvent.Opened(next), 141));
    }

    [Fact]
    public void New_tunnel_replaces_all_before_it_that_are_not_gone()
    {
        var old = Create(Lac);
        On(new ListenerEvent.Opened(old));
        ushort[] later = [Create(Lac, at: 100), Create(Lac, at: 140), Create(Lac, at: 180)];
        On(new ListenerEvent.Gone(later[1]), 190);
        Assert.Equal<ListenerEffect>(
            [new ListenerEffect.Supersede(later[0]), new ListenerEffect.Supersede(old)], On(new ListenerEvent.Opened(later[2]), 191));
        Assert.Equal(new ListenerEffect.Forward(later[2]), Sccrq(Lac, 200));
    }

    [Fact]
    public void Old_tunnel_that_is_gone_is_not_superseded_though_its_id_is_in_use_again()
    {
        var listener = new Listener(seed: 7, TimeSpan.Zero, Start);
        ushort Make(SccrqOrigin origin, Instant now)
        {
            var offer = (ListenerEffect.Offer)listener.On(new ListenerEvent.SccrqReceived(origin), now)[0];
            listener.On(new ListenerEvent.Admitted(offer), now);
            return offer.Local!.Value;
        }
        var old = Make(Lac, Start);
        var next = Make(Lac, Start + Listener.SccrqHorizon);
        listener.On(new ListenerEvent.Gone(old), Start + Listener.SccrqHorizon);
        for (var i = 0u; !listener.IsOpen(old); i++) // take ids until the old one comes again
        {
            var origin = new SccrqOrigin(100, 1, new TunnelId((ushort)(i + 1)));
            if (Make(origin, Start + Listener.SccrqHorizon) == old)
                listener.On(new ListenerEvent.Opened(old), Start + Listener.SccrqHorizon);
        }
        Assert.Empty(listener.On(new ListenerEvent.Opened(next), Start + Listener.SccrqHorizon));
    }

    [Fact]
    public void Closing_tunnel_is_down_once_and_leaves_its_origin_to_a_new_tunnel()
    {
        var old = Create(Lac);
        Assert.False(_listener.IsClosing(old));
        Assert.Equal<ListenerEffect>([new ListenerEffect.Down(old)], On(new ListenerEvent.Closing(old), 1));
        Assert.True(_listener.IsClosing(old));
        Assert.Empty(On(new ListenerEvent.Closing(old), 1));
        var next = Create(Lac, at: 2);
        Assert.Equal<ListenerEffect>([new ListenerEffect.Remove(old, Lingered: true)], On(new ListenerEvent.Gone(old), 3));
        Assert.Equal(new ListenerEffect.Forward(next), Sccrq(Lac, 4)); // the end of the old one changes nothing
        Assert.Empty(On(new ListenerEvent.Opened(next), 5));
    }

    [Fact]
    public void Tunnel_that_fails_is_down_and_removed_and_its_id_rests()
    {
        var local = Create(Lac);
        Assert.Equal<ListenerEffect>([new ListenerEffect.Down(local), new ListenerEffect.Remove(local, Lingered: false)],
            On(new ListenerEvent.Gone(local), 1));
        Assert.Empty(On(new ListenerEvent.Gone(local), 1));
        Assert.Empty(On(new ListenerEvent.Opened(local), 1));
        Assert.Empty(On(new ListenerEvent.Closing(local), 1));
        for (var i = 0u; i < 65_533; i++) Assert.NotEqual(local, Create(new SccrqOrigin(i, 9, new TunnelId(1)), at: 2));
        var none = Assert.IsType<ListenerEffect.Offer>(Sccrq(Lac, 3));
        Assert.Null(none.Local);
        Assert.Equal(local, Assert.IsType<ListenerEffect.Offer>(Sccrq(Lac, 1 + Quarantine.TotalSeconds)).Local);
    }

    [Fact]
    public void Refused_tunnel_gets_a_stopccn_that_costs_no_state_and_its_id_is_free_at_once()
    {
        var code = new ResultCode(2, 7, "the LNS is overloaded");
        for (var i = 0; i < 70_000; i++) // more than there are ids
        {
            var offer = Assert.IsType<ListenerEffect.Offer>(Sccrq(Lac));
            Assert.NotNull(offer.Local);
            var answer = Assert.IsType<ListenerEffect.Answer>(Assert.Single(On(new ListenerEvent.Refused(offer, Ns: 5, code))));
            if (i == 0) Assert.Equal(SccrqRefusal.Encode(_listener.Refusing, Lac.PeerTunnelId, 5, code), answer.StopCcn);
        }
    }

    [Fact]
    public void Refused_tunnel_whose_id_is_hidden_gets_no_answer()
    {
        var offer = Assert.IsType<ListenerEffect.Offer>(Sccrq(Lac with { PeerTunnelId = default }));
        Assert.Empty(On(new ListenerEvent.Refused(offer, Ns: 0, new ResultCode(4))));
    }

    [Fact] // law: with any events, each tunnel is created, down and removed exactly once, and a repeated SCCRQ reaches a living tunnel
    public void Each_tunnel_is_created_down_and_removed_once() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 20]).Array[1, 200].Sample(steps =>
        {
            var listener = new Listener(seed: 1, TimeSpan.Zero, Start);
            var (now, isDown) = (Start, new Dictionary<ushort, bool>());
            List<ushort> alive = [];
            foreach (var (what, which, seconds) in steps)
            {
                now += TimeSpan.FromSeconds(seconds);
                var one = alive.Count > 0 ? alive[which % alive.Count] : (ushort)0;
                Run(listener.On(what switch
                {
                    0 or 1 => new ListenerEvent.SccrqReceived(new SccrqOrigin((UInt128)which, 1, new TunnelId(1))),
                    2 => new ListenerEvent.Opened(one),
                    3 => new ListenerEvent.Closing(one),
                    _ => new ListenerEvent.Gone(one),
                }, now));
            }
            foreach (var one in alive.ToArray()) Run(listener.On(new ListenerEvent.Gone(one), now));
            Assert.Empty(alive);

            void Run(ImmutableArray<ListenerEffect> effects)
            {
                foreach (var effect in effects)
                {
                    switch (effect)
                    {
                        case ListenerEffect.Offer offer: Run(listener.On(new ListenerEvent.Admitted(offer), now)); break;
                        case ListenerEffect.Create c:
                            Assert.DoesNotContain(c.Local, alive);
                            alive.Add(c.Local);
                            isDown[c.Local] = false;
                            break;
                        case ListenerEffect.Forward f: Assert.False(isDown[f.Local]); break;
                        case ListenerEffect.Supersede s: Assert.Contains(s.Local, alive); break;
                        case ListenerEffect.Down d:
                            Assert.False(isDown[d.Local]);
                            isDown[d.Local] = true;
                            break;
                        case ListenerEffect.Remove r:
                            Assert.True(isDown[r.Local] && alive.Remove(r.Local));
                            break;
                        default: Assert.Fail($"{effect}"); break;
                    }
                }
            }
        }, iter: 300);
}
