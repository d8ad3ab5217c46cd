using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Tests;

/// <summary>A reload while tunnels, calls and requests are under way: existing ones keep their settings, new ones get the new.</summary>
public class ReloadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static Task Apply(TestNode node, Func<LnsSettings, LnsSettings> change) =>
        node.Node.ApplyAsync(change(node.Node.Settings)).WaitAsync(Patience);

    private static LnsSettings WithPeers(LnsSettings s, params PeerSettings[] peers) =>
        s with { Tunnels = s.Tunnels with { Peers = [.. peers] } };

    private static PeerSettings Peer(string pattern, string? secret = null) => new()
    {
        Pattern = PeerPattern.Parse(pattern), Connection = new ControlConnectionSettings { Secret = secret, ClosingLinger = TimeSpan.Zero },
    };

    private static LnsSettings WithPool(LnsSettings s, string ranges, string exclude = "") =>
        s with { Pools = s.Pools.SetItem("p", new AddressPoolSettings("p", Ranges(ranges), Ranges(exclude))) };

    private static ImmutableArray<AddressRange> Ranges(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static one =>
    {
        Assert.True(AddressRange.TryParse(one, out var range));
        return range;
    })];

    [Fact]
    public async Task An_added_lac_opens_a_tunnel_and_a_removed_lac_keeps_its_calls_and_gets_no_new_ones()
    {
        await using var node = new TestNode(static s => WithPeers(s, Peer("old.test")));
        var (old, added) =
            (new ControlConnectionSettings { HostName = "old.test" }, new ControlConnectionSettings { HostName = "new.test" });
        using var lac = new TestLac(node.EndPoint, old);
        var call = lac.Dial("demo");
        await call.Up;
        using (var early = new TestLac(node.EndPoint, added)) Assert.Contains("unknown LAC", (await early.Closed).Text,
            StringComparison.Ordinal);

        await Apply(node, static s => WithPeers(s, Peer("new.test")));
        using var late = new TestLac(node.EndPoint, added);
        await late.Dial("demo2").Up;
        Assert.Contains("no tunnels.peers entry matches this LAC any more", (await lac.Dial("demo").Over).Text, StringComparison.Ordinal);
        using (var again = new TestLac(node.EndPoint, old)) Assert.Contains("unknown LAC", (await again.Closed).Text,
            StringComparison.Ordinal);
        Assert.True(node.Log.Has("old.test", "lac no longer configured"), node.Log.ToString());
        call.Renegotiate("demo");
        await Wait.Until(() => call.Ups == 2, node.Log.ToString); // the existing call is served

        await Apply(node, static s => WithPeers(s, Peer("new.test"), Peer("old.test")));
        var back = lac.Dial("demo");
        await back.Up;
        foreach (var one in new[] { call, back })
        {
            one.HangUp();
            await one.Over;
        }
        Assert.False(call.IsOver && lac.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_changed_secret_counts_from_the_next_tunnel_on()
    {
        await using var node = new TestNode(static s => WithPeers(s, Peer("*", "first-" + TestNode.Secret)));
        ControlConnectionSettings With(string secret) => new() { HostName = "lac.test", Secret = $"{secret}-{TestNode.Secret}" };
        using var lac = new TestLac(node.EndPoint, With("first"));
        await lac.Dial("demo").Up;
        await Apply(node, static s => WithPeers(s, Peer("*", "second-" + TestNode.Secret)));
        await lac.Dial("demo2").Up; // the tunnel has proved itself
        using (var wrong = new TestLac(node.EndPoint, With("first"))) await wrong.Closed;
        using var right = new TestLac(node.EndPoint, With("second"));
        await right.Opened;
        Assert.DoesNotContain(TestNode.Secret, node.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_grows_and_shrinks_under_its_leases()
    {
        await using var node = new TestNode(static s => WithPool(s, "100.64.0.2-100.64.0.3"));
        using var lac = new TestLac(node.EndPoint);
        TestCall[] calls = [lac.Dial("demo"), lac.Dial("demo2")];
        foreach (var call in calls) await call.Up;
        Assert.Contains("no address (bundle, by LNS)", (await Refused(lac, node)).ToString(), StringComparison.Ordinal);

        await Apply(node, static s => WithPool(s, "100.64.0.2-100.64.0.3,100.64.9.0/30"));
        var third = lac.Dial("demo");
        Assert.Equal("100.64.9.0", (await third.Up).Local.ToString());

        await Apply(node, static s => WithPool(s, "100.64.9.0/30", exclude: "100.64.9.2/31"));
        Assert.All(calls, static c => Assert.False(c.IsOver));
        Assert.Equal([("p", new PoolUse(2, 1))], node.Node.PoolUses);
        var pools = await node.Node.DescribePoolsAsync(Patience);
        Assert.Equal(2, pools!.Outside);
        Assert.Equal([("p", 2)], pools.LeftOver);
        Assert.True(node.Log.Has("pool p, leases 2"), node.Log.ToString());
        calls[0].HangUp();
        await calls[0].Over;
        Assert.Equal("100.64.9.1", (await lac.Dial("demo2").Up).Local.ToString());
        await Refused(lac, node); // the released address is in no range any more
        Assert.Equal([("p", 1)], (await node.Node.DescribePoolsAsync(Patience))!.LeftOver);
        Assert.Equal(0, node.Node.Counters.Ended(EndCause.AdministrativeReset));
    }

    private static async Task<EndReason> Refused(TestLac lac, TestNode node)
    {
        var before = node.Node.Disconnects.Latest().Length;
        var call = lac.Dial("demo");
        await call.Over;
        await Wait.Until(() => node.Node.Disconnects.Latest().Length > before, node.Log.ToString);
        return node.Node.Disconnects.Latest()[0].Why;
    }

    [Fact]
    public async Task The_plane_gets_new_routes_only_when_they_change()
    {
        await using var node = new TestNode();
        ImmutableArray<Ipv4Prefix> networks = [new(Ipv4Address.Parse("100.64.0.0"), 16), new(Ipv4Address.Parse("192.0.2.0"), 24)];
        await Apply(node, s => s with { Tun = s.Tun with { Routes = networks } });
        await Apply(node, s => s with { Tun = s.Tun with { Routes = [.. networks] } });
        await Apply(node, static s => s with { NodeName = "other" });
        Assert.Equal<Ipv4Prefix>(networks, Assert.Single(node.Plane.Routes));
    }

    [Fact]
    public async Task New_calls_of_a_tunnel_get_the_changed_templates_and_existing_calls_keep_theirs()
    {
        await using var node = new TestNode(static s => s with
        {
            Links = s.Links.Add("gold", s.Links[TemplateNames.Default] with { Name = "gold", Bundle = "gold" }),
            Bundles = s.Bundles.Add("gold", s.Bundles[TemplateNames.Default] with { Name = "gold" }),
            Tunnels = s.Tunnels with { Peers = [new PeerSettings { Link = "gold" }] },
        });
        using var lac = new TestLac(node.EndPoint);
        var up = lac.Dial("demo");
        Assert.Equal("9.9.9.9", (await up.Up).PrimaryDns.ToString());
        await Apply(node, static s => s with
        {
            Links = s.Links.Remove("gold"),
            Tunnels = s.Tunnels with { Peers = [new PeerSettings()] },
            Bundles = s.Bundles.Remove("gold").SetItem(TemplateNames.Default, s.Bundles[TemplateNames.Default] with
            {
                Ipcp = s.Bundles[TemplateNames.Default].Ipcp with { PrimaryDns = Ipv4Address.Parse("8.8.8.8") },
            }),
        });
        Assert.Equal("8.8.8.8", (await lac.Dial("demo2").Up).PrimaryDns.ToString());
        up.Renegotiate("demo");
        await Wait.Until(() => up.Ups == 2, node.Log.ToString);
        var call = Assert.Single(node.Node.Find("demo"));
        Assert.Equal("gold", (await node.Node.DescribeAsync(call, Patience)).Bundle?.Template);
    }

    [Fact]
    public async Task A_call_comes_up_with_a_template_that_is_removed_during_its_login()
    {
        using var radius = new TestRadius();
        RadiusRequest? login = null;
        radius.OnLogin = r => login = r;
        await using var node = new TestNode(s => s with
        {
            Users = [],
            Radius = radius.Settings(),
            Tunnels = s.Tunnels with { Peers = [new PeerSettings { Link = "gold" }] },
            Links = s.Links.Add("gold", s.Links[TemplateNames.Default] with { Name = "gold", Bundle = "gold" }),
            Bundles = s.Bundles.Add("gold", s.Bundles[TemplateNames.Default] with { Name = "gold" }),
        });
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("victim");
        await Wait.Until(() => login is not null, node.Log.ToString);
        await Apply(node, static s =>
            s with
            {
                Links = s.Links.Remove("gold"),
                Bundles = s.Bundles.Remove("gold"),
                Tunnels = s.Tunnels with { Peers = [new PeerSettings()] }
            });
        login!.Judge();
        await call.Up;
    }

    [Fact]
    public async Task Limits_below_the_present_use_end_no_call_and_accept_no_new_one()
    {
        await using var node = new TestNode(static s => s with { Users = TestNode.Users("demo", "demo2", "demo3") });
        using var lac = new TestLac(node.EndPoint);
        TestCall[] calls = [lac.Dial("demo"), lac.Dial("demo2"), lac.Dial("demo3")];
        foreach (var call in calls) await call.Up;
        await Apply(node, static s => s with { Sessions = s.Sessions with { Max = 2 } });
        Assert.Contains("limit of 2 sessions on this node", (await lac.Dial("demo").Over).Text, StringComparison.Ordinal);
        await Apply(node, static s =>
            s with
            {
                Sessions = s.Sessions with { Max = 100 },
                Tunnels = s.Tunnels with { Peers = [new PeerSettings { Limits = new QuotaLimits(1, 2, 100, null, 100) }] }
            });
        Assert.Contains("limit of 2 sessions of this LAC", (await lac.Dial("demo").Over).Text, StringComparison.Ordinal);
        using (var second = new TestLac(node.EndPoint)) Assert.Contains("limit of 1 tunnels of this LAC", (await second.Closed).Text,
            StringComparison.Ordinal);
        Assert.All(calls, static c => Assert.False(c.IsOver));
        foreach (var call in calls[..2])
        {
            call.HangUp();
            await call.Over;
        }
        await Wait.Until(() => node.Node.Counters.Sessions == 1, node.Log.ToString);
        await lac.Dial("demo").Up;
        await Apply(node, static s => s with { Overload = s.Overload with { CallsPerSecond = 0.01, CallsBurst = 1 } });
        Assert.Contains("limit of 2 sessions", (await lac.Dial("demo").Over).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tunnel_counts_for_the_entry_that_matches_best_after_the_reload()
    {
        await using var node = new TestNode(static s => WithPeers(s, Peer("*")));
        using TestLac mine = new(node.EndPoint), other = new(node.EndPoint, new ControlConnectionSettings { HostName = "other.test" });
        var up = mine.Dial("demo");
        await up.Up;
        await other.Opened;
        await Apply(node, static s => WithPeers(s, Peer("*"), Peer("lac.test") with { Limits = new QuotaLimits(1, 1, 100, null, 100) }));
        Assert.Contains("limit of 1 sessions of this LAC", (await mine.Dial("demo2").Over).Text, StringComparison.Ordinal);
        using (var second = new TestLac(node.EndPoint)) Assert.Contains("limit of 1 tunnels of this LAC", (await second.Closed).Text,
            StringComparison.Ordinal);
        await other.Dial("demo2").Up;
        Assert.Equal(1,
            node.Node.Counters.Refusals.All.Single(static r =>
            r is { Lac: "lac.test", Entry: "lac.test", Reason: RefusalReason.LacSessions }).Count);
        up.HangUp();
        await up.Over;
        await Wait.Until(() => node.Node.Counters.Sessions == 1, node.Log.ToString);
        var next = mine.Dial("demo");
        await next.Up;
        await Apply(node, static s => WithPeers(s, Peer("*")));
        await mine.Dial("demo").Up; // and back
        mine.Close();
        other.Close();
        await node.AllTunnelsGone();
    }

    [Fact]
    public async Task A_removed_server_answers_outstanding_requests_and_new_requests_go_to_the_new_server()
    {
        using TestRadius first = new(), second = new();
        RadiusRequest? slow = null;
        first.OnLogin = r => slow = r;
        await using var node = new TestNode(s => s with { Users = [], Radius = first.Settings() });
        using var lac = new TestLac(node.EndPoint);
        var waits = lac.Dial("early");
        await Wait.Until(() => slow is not null, node.Log.ToString);
        await Apply(node, s => s with { Radius = s.Radius with { Servers = [second.Server("second")] } });
        await lac.Dial("late").Up;
        Assert.Equal("late", Assert.Single(second.Logins).User);
        Assert.Equal(["second", "second"], node.Node.Radius.Servers.Select(static s => s.Name));
        slow!.Judge();
        await waits.Up;
        Assert.Single(first.Logins);
        await Wait.Until(() => second.Records("Start").Count == 2, second.ToString);
        Assert.Empty(first.Records("Start"));
    }

    [Fact]
    public async Task A_changed_shared_secret_counts_from_the_next_packet_on()
    {
        using var radius = new TestRadius();
        var wrong = radius.Server() with { Secret = new Secret("wrong-" + TestNode.Secret) };
        await using var node = new TestNode(s => s with { Users = [], Radius = radius.Settings() with { Servers = [wrong] } });
        using var lac = new TestLac(node.EndPoint);
        var unheard = lac.Dial("early");
        await Wait.Until(() => radius.UnverifiedLogins == 1, node.Log.ToString);
        await Apply(node, s => s with { Radius = s.Radius with { Servers = [radius.Server()] } });
        await lac.Dial("late").Up;
        Assert.False(unheard.IsOver);
        Assert.Equal("late", Assert.Single(radius.Logins).User);
    }

    [Fact]
    public async Task The_health_of_a_server_survives_a_reload()
    {
        using TestRadius dead = new() { OnLogin = static _ => { } }, alive = new();
        await using var node = new TestNode(s => s with
        {
            Users = [],
            Radius = alive.Settings() with
            {
                Servers =
                    [dead.Server("dead") with { Timeout = TimeSpan.FromMilliseconds(50), DeadAfter = 1, DeadTime = TimeSpan.FromHours(1) },
                    alive.Server("alive") with { Priority = 2 }],
            },
        });
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("a").Up;
        ServerStanding Standing(string name) => node.Node.Radius.Servers.First(s => s.Name == name && !s.IsAccounting).Standing;
        await Wait.Until(() => Standing("dead") == ServerStanding.Dead, node.Log.ToString);
        await Apply(node, static s =>
            s with
            {
                Radius = s.Radius with
                {
                    Servers = [s.Radius.Servers[1] with { Weight = 3 },
            s.Radius.Servers[0] with { Retries = 1 }]
                }
            });
        Assert.Equal(ServerStanding.Dead, Standing("dead"));
        Assert.Equal(1, node.Node.Radius.Servers.First(static s => s is { Name: "alive", IsAccounting: false }).Answers);
        await lac.Dial("b").Up;
        await Wait.Until(() => dead.Logins.Count > 0, node.Log.ToString); // its request may arrive after the time-out
        Assert.Equal("a", Assert.Single(dead.Logins).User);
    }

    [Fact]
    public async Task A_changed_realm_uses_its_new_servers_at_once()
    {
        using TestRadius first = new(), second = new();
        static RealmTable<RealmSettings> Realms(params RealmSettings[] realms) =>
            new(realms.Select(static r => KeyValuePair.Create(r.Name, r)));
        await using var node = new TestNode(s => s with
        {
            Users = [],
            Radius = first.Settings() with { Servers = [first.Server("first"), second.Server("second")] },
            Realms = Realms(new RealmSettings { Name = "a.test", Servers = ["first"] }),
        });
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("u1@a.test").Up;
        await lac.Dial("u1@b.test").Over;
        await Apply(node, static s =>
            s with
            {
                Realms = Realms(new RealmSettings { Name = "a.test", Servers = ["second"] },
            new RealmSettings { Name = "b.test", Servers = ["first"], Strip = true })
            });
        await lac.Dial("u2@a.test").Up;
        await lac.Dial("u2@b.test").Up;
        Assert.Equal(["u1@a.test", "u2"], first.Logins.Select(static r => r.User));
        Assert.Equal(["u2@a.test"], second.Logins.Select(static r => r.User));
    }

    [Fact]
    public async Task A_session_with_a_start_gets_its_stop_although_all_servers_are_removed()
    {
        using var radius = new TestRadius();
        await using var node =
            new TestNode(s =>
            s with
            {
                Radius = radius.Settings() with
                {
                    Accounting = radius.Settings()
            .Accounting with
                    { RetryInterval = TimeSpan.FromMilliseconds(50) }
                }
            });
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        await Wait.Until(() => radius.Records("Start").Count == 1, radius.ToString);
        await Apply(node, static s => s with { Radius = s.Radius with { Servers = [] } });
        call.HangUp();
        await call.Over;
        var unaccounted = lac.Dial("demo2");
        await unaccounted.Up;
        await node.Log.Line("user on", "demo2"); // it decides about accounting while there is no server
        await Apply(node, s => s with { Radius = s.Radius with { Servers = [radius.Server("back")] } });
        await Wait.Until(() => radius.Records("Stop").Count == 1, () => $"{radius}\n{node.Log}");
        unaccounted.HangUp();
        await unaccounted.Over;
        await node.AllGone();
        Assert.Equal(["On", "Start", "Stop"], radius.Records().Select(static r => r.Kind)); // a session without a Start has no Stop
    }

    [Fact]
    public async Task Added_and_removed_local_users_take_effect_at_once()
    {
        await using var node = new TestNode(static s => s with { Users = TestNode.Users("demo") });
        using var lac = new TestLac(node.EndPoint);
        var up = lac.Dial("demo");
        await up.Up;
        await Apply(node, static s => s with { Users = TestNode.Users("demo2") });
        await lac.Dial("demo2").Up;
        await lac.Dial("demo").LinkClosing;
        Assert.True(node.Log.Has("login refused", "'demo'", "unknown user"), node.Log.ToString());
        Assert.False(up.IsOver);
    }

    [Fact]
    public async Task Pools_that_overlap_are_refused_before_anything_changes()
    {
        await using var node = new TestNode();
        var before = node.Node.Settings;
        await Assert.ThrowsAsync<ArgumentException>(() => node.Node.ApplyAsync(WithPool(before, "100.64.0.2,100.64.0.2")));
        Assert.Same(before, node.Node.Settings);
    }

    [Fact]
    public async Task A_reload_in_the_middle_of_200_calls_loses_none()
    {
        const int Count = 200;
        using TestRadius first = new(), second = new();
        await using var node =
            new TestNode(s =>
            WithPeers(WithPool(s, "100.64.1.0/24"), Peer("*")) with { Users = [], Radius = first.Settings() with { Workers = 8 } });
        using var lac = new TestLac(node.EndPoint);
        await lac.Opened;
        TestCall[] calls = [.. Enumerable.Range(0, Count).Select(i => lac.Dial($"u{i}"))];
        for (var round = 0; !calls.All(static c => c.Ups > 0); round++)
        {
            var odd = round % 2 == 1;
            await Apply(node, s => WithPool(s, odd ? "100.64.1.0/24" : "100.64.1.0/25,100.64.2.0/24") with
            {
                Radius = s.Radius with { Servers = odd ? [first.Server("first")] : [second.Server("second"), first.Server("first")] },
                Realms = odd
                    ? new RealmTable<RealmSettings>([])
                    : new RealmTable<RealmSettings>([KeyValuePair.Create("none",
                    new RealmSettings { Name = "none", Servers = ["second"] })]),
                Links = s.Links.SetItem(TemplateNames.Default, s.Links[TemplateNames.Default] with { Name = odd ? "odd" : "even" }),
                Tunnels = s.Tunnels with { Peers = odd ? [Peer("*")] : [Peer("*"), Peer("lac.test")] },
                Overload = s.Overload with { RefuseFrom = 80_000 + round },
            });
            var setUps = string.Join("\n", calls.Where(static c => c.Ups == 0).Select(static c => c.ToString()));
            Assert.True(!calls.Any(static c => c.IsOver),
                $"{setUps}; {calls.Count(static c => c.Ups > 0)} up after {round} rounds\n{node.Log}");
            Assert.True(round < 100_000, $"{calls.Count(static c => c.Ups > 0)} up\n{node.Log}");
        }
        var addresses = new HashSet<Ipv4Address>();
        foreach (var call in calls) Assert.True(addresses.Add((await call.Up).Local), "an address was given twice");
        Assert.Equal(Count, node.Node.Counters.Sessions);
        Assert.Equal(0, node.Node.Counters.LoginsRefused);
        lac.Close();
        await node.AllTunnelsGone();
        await Wait.Until(() => first.Records("Stop").Count + second.Records("Stop").Count == Count, () => $"a Stop each\n{node.Log}");
    }
}
