using System.Collections.Immutable;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class ListenerTests
{
    private static readonly SccrqOrigin Lac = new(1, 1701, new TunnelId(30)), Other = new(2, 1701, new TunnelId(30));
    private static readonly ListenerLimits Limits = new(HalfOpen: 70_000, HalfOpenPerAddress: 70_000, Pending: 300);
    private static readonly Instant Start = new(0);
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(60);
    private readonly Listener _listener = new(seed: 7, Quarantine, Limits, Start);

    private ImmutableArray<ListenerEffect> On(ListenerEvent ev, double at = 0) => _listener.On(ev, Start + TimeSpan.FromSeconds(at));

    private static SccrqKey Key(SccrqOrigin origin, int octets = 0, string host = "lac") => new(origin, (UInt128)octets, host);

    /// <param name="octets">Stands for the octets of the SCCRQ.</param>
    private ListenerEffect Sccrq(SccrqOrigin origin, double at = 0, int octets = 0, string host = "lac") =>
        Assert.Single(On(new ListenerEvent.SccrqReceived(Key(origin, octets, host)), at), static e => e is not ListenerEffect.Probe);

    /// <summary>A new tunnel, admitted.</summary>
    private ushort Create(SccrqOrigin origin, double at = 0, int octets = 0, string host = "lac")
    {
        var offer = Assert.IsType<ListenerEffect.Offer>(Sccrq(origin, at, octets, host));
        Assert.Equal(new ListenerEffect.Offer(Key(origin, octets, host), offer.Local), offer);
        var create = Assert.IsType<ListenerEffect.Create>(On(new ListenerEvent.Admitted(offer), at)[^1]);
        Assert.Equal(offer.Local, create.Local);
        return create.Local;
    }

    private ushort Open(SccrqOrigin origin, double at = 0, int octets = 0, string host = "lac")
    {
        var local = Create(origin, at, octets, host);
        On(new ListenerEvent.Opened(local), at);
        return local;
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
        var listener = new Listener(seed: 7, TimeSpan.Zero, Limits, Start);
        ushort Make(SccrqOrigin origin, Instant now)
        {
            var offer = listener.On(new ListenerEvent.SccrqReceived(Key(origin)), now).OfType<ListenerEffect.Offer>().Single();
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
        Assert.Equal<ListenerEffect>([new ListenerEffect.Down(old, Lingers: true)], On(new ListenerEvent.Closing(old), 1));
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
        var local = Open(Lac);
        Assert.Equal<ListenerEffect>([new ListenerEffect.Down(local, Lingers: false), new ListenerEffect.Remove(local, Lingered: false)],
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

    [Fact, Trait("Rfc", "RFC2661-5.8-4")]
    public void Identical_octets_only_are_a_repetition()
    {
        var up = Open(Lac);
        Assert.Equal(new ListenerEffect.Forward(up), Sccrq(Lac, at: 3)); // the network repeated it
        var next = Create(Lac, at: 3, octets: 1); // the LAC restarted: answered at once
        Assert.NotEqual(up, next);
        Assert.Equal(new ListenerEffect.Forward(next), Sccrq(Lac, at: 4, octets: 1));
        Assert.Equal(new ListenerEffect.Forward(up), Sccrq(Lac, at: 4));
        foreach (var other in new[] { Lac with { Port = 1702 }, Lac with { PeerTunnelId = new TunnelId(31) }, Lac with { Address = 9 } })
            Assert.IsType<ListenerEffect.Offer>(Sccrq(other, at: 5)); // the same octets from elsewhere
    }

    [Fact]
    public void Key_of_an_sccrq_depends_on_each_octet()
    {
        byte[] octets = [1, 2, 3];
        var key = SccrqKey.Of(Lac, "lac", octets);
        Assert.Equal(key, SccrqKey.Of(Lac, "lac", octets.ToArray()));
        for (var i = 0; i < octets.Length; i++)
        {
            var changed = octets.ToArray();
            changed[i] ^= 1;
            Assert.NotEqual(key, SccrqKey.Of(Lac, "lac", changed));
        }
    }

    [Fact]
    public void Open_tunnels_of_a_lac_that_asks_for_another_are_probed_at_once_and_not_too_often()
    {
        ushort[] old = [Open(Lac), Open(Lac with { PeerTunnelId = new(31) }, octets: 1)];
        var stranger = Open(Lac with { PeerTunnelId = new(32) }, octets: 2, host: "behind the same NAT");
        ushort[] Probed(double at, int octets) =>
        [
            .. On(new ListenerEvent.SccrqReceived(Key(Lac with { PeerTunnelId = new(40) }, octets)), at).OfType<ListenerEffect.Probe>()
                .Select(static p => p.Local).Order(),
        ];
        Assert.Empty(Probed(Listener.FirstProbe.TotalSeconds - 0.001, 10)); // a LAC opens its tunnels in one burst
        Assert.Equal(old.Order(), Probed(Listener.FirstProbe.TotalSeconds, 11));
        Assert.Empty(Probed(Listener.FirstProbe.TotalSeconds + 1, 12));
        Assert.Equal(old.Order(), Probed((Listener.FirstProbe + Listener.ProbeInterval).TotalSeconds, 13));
        On(new ListenerEvent.Closing(old[0]), 50);
        Assert.Equal([old[1]], Probed(60, 14));
        Assert.True(_listener.IsOpen(stranger));
    }

    [Fact]
    public void Lac_with_a_new_address_is_believed_when_its_tunnel_is_up()
    {
        var old = Open(Lac);
        var offer = On(new ListenerEvent.SccrqReceived(Key(Other)), at: 20);
        Assert.IsType<ListenerEffect.Offer>(Assert.Single(offer)); // an SCCRQ proves nothing
        var next = Assert.IsType<ListenerEffect.Create>(On(new ListenerEvent.Admitted((ListenerEffect.Offer)offer[0]), 20)[^1]).Local;
        Assert.Equal<ListenerEffect>([new ListenerEffect.Probe(old)], On(new ListenerEvent.Opened(next), 20));
    }

    [Fact, Trait("Rfc", "RFC2661-4.4.3-2")]
    public void Stopccn_for_tunnel_id_0_reaches_the_half_open_tunnel_of_its_origin()
    {
        var half = Create(Lac);
        Assert.Equal<ListenerEffect>([new ListenerEffect.Forward(half)], On(new ListenerEvent.StopReceived(Lac), 1));
        Assert.Equal<ListenerEffect>([new ListenerEffect.Ignore(L2tpError.NoControlConnection)],
            On(new ListenerEvent.StopReceived(Lac with { PeerTunnelId = new(31) }), 1));
        On(new ListenerEvent.Opened(half), 2); // now the LAC knows our id: a StopCCN without it may be forged
        Assert.IsType<ListenerEffect.Ignore>(Assert.Single(On(new ListenerEvent.StopReceived(Lac), 3)));
    }

    [Fact]
    public void New_half_open_tunnel_replaces_the_oldest_of_the_strangers_when_their_share_is_full()
    {
        _listener.Limits = new ListenerLimits(HalfOpen: 2, HalfOpenPerAddress: 2, Pending: 9);
        var (a, b) = (Create(Origin(1)), Create(Origin(2)));
        var offer = Assert.IsType<ListenerEffect.Offer>(Sccrq(Origin(3)));
        Assert.Equal<ListenerEffect>(
            [new ListenerEffect.Down(a, Lingers: true), new ListenerEffect.Evict(a),
                new ListenerEffect.Create(offer.Local!.Value, IsProven: false)],
            On(new ListenerEvent.Admitted(offer)));
        Assert.Empty(On(new ListenerEvent.Opened(a))); // too late
        Assert.Equal<ListenerEffect>([new ListenerEffect.Remove(a, Lingered: true)], On(new ListenerEvent.Gone(a)));
        On(new ListenerEvent.Closing(b)); // a StopCCN frees no place: the tunnel lingers
        offer = Assert.IsType<ListenerEffect.Offer>(Sccrq(Origin(4)));
        Assert.Contains(new ListenerEffect.Evict(b), On(new ListenerEvent.Admitted(offer)));
    }

    [Fact]
    public void Address_without_a_tunnel_has_a_bounded_number_of_half_open_ones_and_one_with_a_tunnel_any()
    {
        _listener.Limits = new ListenerLimits(HalfOpen: 100, HalfOpenPerAddress: 3, Pending: 300);
        var first = Create(Origin(1, tunnel: 9));
        for (var i = 0; i < 2; i++) Create(Origin(1, tunnel: i));
        Assert.Equal(new ListenerEffect.Ignore(L2tpError.TooManyHalfOpen), Sccrq(Origin(1, tunnel: 3)));
        Create(Origin(2));
        On(new ListenerEvent.Opened(first), 1);
        for (var i = 0; i < 200; i++) Create(Origin(1, tunnel: 4 + i), at: 101); // each of them is accepted
    }

    [Fact]
    public void Hosts_of_one_ipv6_network_count_as_one_address()
    {
        _listener.Limits = new ListenerLimits(HalfOpen: 100, HalfOpenPerAddress: 1, Pending: 9);
        var network = (UInt128)0x20010db8_00000000 << 64;
        Create(new SccrqOrigin(network + 1, 1701, new TunnelId(1)));
        Assert.IsType<ListenerEffect.Ignore>(Sccrq(new SccrqOrigin(network + 2, 1701, new TunnelId(1))));
        Create(new SccrqOrigin(network + ((UInt128)1 << 64), 1701, new TunnelId(1)));
    }

    [Fact]
    public void Address_that_had_a_tunnel_stays_proved_and_the_oldest_of_too_many_is_forgotten()
    {
        for (var i = 0; i <= Listener.MaxProven; i++)
        {
            var local = Open(Origin(i));
            On(new ListenerEvent.Gone(local));
        }
        bool IsProven(int address) =>
            ((ListenerEffect.Create)On(new ListenerEvent.Admitted((ListenerEffect.Offer)Sccrq(Origin(address), octets: 1)))[^1]).IsProven;
        Assert.Equal((false, true, true), (IsProven(0), IsProven(1), IsProven(Listener.MaxProven)));
    }

    [Fact]
    public void Lingering_tunnels_have_a_bound()
    {
        var all = Enumerable.Range(0, Limits.Pending + 1).Select(i => Open(Origin(i))).ToArray();
        foreach (var one in all[..^1]) Assert.Single(On(new ListenerEvent.Closing(one)));
        Assert.Equal<ListenerEffect>([new ListenerEffect.Down(all[^1], Lingers: true), new ListenerEffect.Evict(all[0])],
            On(new ListenerEvent.Closing(all[^1])));
    }

    [Fact]
    public void Ids_are_not_used_up_by_tunnels_that_never_came_up_nor_by_those_that_did()
    {
        for (var i = 0; i < 200_000; i++) On(new ListenerEvent.Gone(Create(Origin(i), at: i / 1000.0)));
        for (var i = 0; i < 200_000; i++) On(new ListenerEvent.Gone(Open(Origin(i), at: 200 + (i / 10_000.0))));
    }

    /// <param name="lacAddress">Address of the honest LAC; the forged ones begin at 1,000.</param>
    [Theory, InlineData(7, false), InlineData(7, true), InlineData(1234, false), InlineData(1234, true)]
    public void Honest_lac_opens_each_tunnel_while_50_000_forged_sccrqs_arrive(int lacAddress, bool useItsName)
    {
        var listener = new Listener(seed: 5, Quarantine, ListenerLimits.Default, Start);
        var limits = new QuotaLimits(10_000, 1000, 1000, null, 1);
        var policy = new LacPolicy("*", limits with { Tunnels = 75 }, 1000, false);
        var settings = new AdmissionSettings(1_000_000, 2_000_000, 500_000, TimeSpan.Zero, TimeSpan.FromSeconds(9));
        var node = new NodeAdmission(settings, limits, Start);
        var lacs = new Dictionary<ushort, LacAccount>();
        var (most, honest, up) = (0, new Dictionary<ushort, Instant>(), new HashSet<ushort>());
        for (var i = 0; i < 50_000; i++)
        {
            var now = Start + TimeSpan.FromSeconds(i / 2000.0);
            Sccrq(Key(Origin(1000 + (i % 20_000), tunnel: i % 7), i, useItsName ? "lac" : $"forged-{i % 100}"), now);
            if (i % 600 == 0 && i / 600 < 75 && Sccrq(Key(Origin(lacAddress, tunnel: i), 60_000 + i), now) is { } local)
                honest.Add(local, now + TimeSpan.FromMilliseconds(200)); // a round trip
            foreach (var (mine, due) in honest)
            {
                if (due > now) continue;
                honest.Remove(mine);
                if (lacs.TryGetValue(mine, out var lac) && node.TunnelOpened(lac) is null) up.Add(mine);
                Run(listener.On(new ListenerEvent.Opened(mine), now), now);
            }
            most = Math.Max(most, lacs.Count);
        }
        Assert.Equal(75, up.Count);
        Assert.InRange(most, 1, ListenerLimits.Default.HalfOpen + 75 + 3); // its own ones in set-up

        ushort? Sccrq(SccrqKey key, Instant now)
        {
            ushort? created = null;
            foreach (var effect in listener.On(new ListenerEvent.SccrqReceived(key), now))
            {
                if (effect is not ListenerEffect.Offer offer) continue;
                var lac = node.Find("*", key.HostName);
                lac ??= node.Open(policy, key.HostName, now);
                if (node.TryTakeTunnel(lac, offer.Local is not null, 0) is not null)
                {
                    listener.On(new ListenerEvent.Refused(offer, 0, new ResultCode(2)), now);
                    continue;
                }
                created = offer.Local;
                lacs.Add(created!.Value, lac);
                Run(listener.On(new ListenerEvent.Admitted(offer), now), now);
            }
            return created;
        }

        void Run(ImmutableArray<ListenerEffect> effects, Instant now)
        {
            foreach (var effect in effects)
            {
                switch (effect)
                {
                    case ListenerEffect.Down d when up.Contains(d.Local): node.TunnelDown(lacs[d.Local]); break;
                    case ListenerEffect.Evict e: Run(listener.On(new ListenerEvent.Gone(e.Local), now), now); break;
                    case ListenerEffect.Remove r:
                        node.TunnelGone(lacs[r.Local], now);
                        lacs.Remove(r.Local);
                        break;
                }
            }
        }
    }

    private static SccrqOrigin Origin(int address, int tunnel = 0) =>
        new(((UInt128)0xFFFF << 32) + (UInt128)address, 1701, new TunnelId((ushort)(tunnel % 60_000 + 1)));

    [Fact] // law: with any events, each tunnel is created, down and removed exactly once, and a repeated SCCRQ reaches a living tunnel
    public void Each_tunnel_is_created_down_and_removed_once() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 20]).Array[1, 200].Sample(steps =>
        {
            var listener = new Listener(seed: 1, TimeSpan.Zero, Limits, Start);
            var (now, isDown) = (Start, new Dictionary<ushort, bool>());
            List<ushort> alive = [];
            foreach (var (what, which, seconds) in steps)
            {
                now += TimeSpan.FromSeconds(seconds);
                var one = alive.Count > 0 ? alive[which % alive.Count] : (ushort)0;
                Run(listener.On(what switch
                {
                    0 or 1 => new ListenerEvent.SccrqReceived(
                        Key(new SccrqOrigin((UInt128)which, 1, new TunnelId(1)), octets: seconds / 8)),
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
                        case ListenerEffect.Probe p: Assert.True(listener.IsOpen(p.Local) && !isDown[p.Local]); break;
                        case ListenerEffect.Ignore or ListenerEffect.Evict: break;
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
