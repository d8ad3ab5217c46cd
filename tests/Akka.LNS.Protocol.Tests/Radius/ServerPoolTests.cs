using System.Collections.Immutable;
using Akka.LNS.Protocol.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

public class ServerPoolTests
{
    private const RadiusService Logins = RadiusService.Authentication, Records = RadiusService.Accounting;
    private static readonly ServerHealthSettings Health = ServerHealthSettings.Default with
    {
        DeadAfter = 1,
        StatusServer = StatusServerUse.Off
    };
    private static readonly ServerHealthEvent Lost = ServerHealthEvent.TimedOut.Instance,
        Answer = new ServerHealthEvent.Answered(TimeSpan.FromMilliseconds(8));

    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    /// <summary>A server with both services; its address is made of its name.</summary>
    private static PoolServerSettings Server(string name, int priority = 1, int weight = 1) =>
        new(name, $"{name}:1812", $"{name}:1813", new RadiusServerPolicy(priority, weight, TimeSpan.FromSeconds(2), 3), Health, null);

    private static ServerPool With(ServerPool pool, params PoolServerSettings[] servers) => pool.With([.. servers], [[]], At(0));
    private static ServerPool Pool(params PoolServerSettings[] servers) => With(ServerPool.Empty, servers);
    private static ServerId Id(ServerPool pool, string name, RadiusService service = Logins) =>
        pool.Of(service).Single(s => s.Id.Name == name).Id;

    private static ServerHealthState HealthOf(ServerPool pool, string name, RadiusService service = Logins) =>
        pool.HealthOf(service)[pool.Of(service).IndexOf(pool.Of(service).Single(s => s.Id.Name == name))];

    private static string[] Order(ServerPool pool, int set = 0, RadiusService service = Logins, uint random = 7, Instant now = default) =>
        [.. pool.Reserve(service, set, random, now).Order.Select(c => pool.Of(service)[c.Index].Id.Name)];

    [Fact]
    public void Each_settings_give_the_next_generation()
    {
        var first = Pool(Server("a"));
        Assert.Equal((0, 1, 2), (ServerPool.Empty.Generation, first.Generation, With(first, Server("a")).Generation));
        Assert.Empty(ServerPool.Empty.Of(Logins));
    }

    [Fact]
    public void A_server_that_stays_keeps_identity_and_health_whatever_else_changes()
    {
        var before = Pool(Server("a"), Server("b"));
        before = before.On(Id(before, "a"), Lost, At(1)).State;
        var after = With(before, Server("c"), Server("b", weight: 9), Server("a", priority: 5));
        Assert.Equal(Id(before, "a"), Id(after, "a"));
        Assert.Equal((ServerStanding.Dead, 1L), (HealthOf(after, "a").Standing, HealthOf(after, "a").Timeouts));
        Assert.Equal(ServerHealthState.Initial, HealthOf(after, "c"));
        Assert.Equal(["b", "c"], Order(after).Order());
        Assert.Equal(5, after.Of(Logins)[2].Policy.Priority);
    }

    [Fact]
    public void The_services_of_a_server_are_up_or_dead_by_themselves()
    {
        var pool = Pool(Server("a"));
        pool = pool.On(Id(pool, "a", Records), Lost, At(1)).State;
        Assert.Equal((true, false), (pool.IsAlive(Logins, 0), pool.IsAlive(Records, 0)));
        Assert.Equal((ServerStanding.Up, ServerStanding.Dead), (HealthOf(pool, "a").Standing, HealthOf(pool, "a", Records).Standing));
    }

    [Fact]
    public void A_service_without_a_port_is_not_in_the_pool()
    {
        var pool = Pool(Server("a") with { Accounting = null }, Server("b") with { Authentication = null });
        Assert.Equal(["a"], pool.Of(Logins).Select(static s => s.Id.Name));
        Assert.Equal(["b"], pool.Of(Records).Select(static s => s.Id.Name));
    }

    [Fact] // a request was under way: its result is about a server that has left
    public void A_late_report_about_a_removed_server_changes_nothing()
    {
        var before = Pool(Server("a"), Server("b"));
        var after = With(before, Server("b"));
        foreach (var ev in new[] { Lost, Answer, ServerHealthEvent.Asked.Instance, ServerHealthEvent.ProbeAnswered.Instance })
        {
            var (next, effects) = after.On(Id(before, "a"), ev, At(1));
            Assert.Same(after, next);
            Assert.Empty(effects);
        }
        Assert.Equal((false, true), (after.Contains(Id(before, "a")), after.Contains(Id(before, "b"))));
    }

    [Fact]
    public void A_late_report_about_a_server_that_left_and_came_back_changes_nothing()
    {
        var first = Pool(Server("a"));
        first = first.On(Id(first, "a"), Lost, At(1)).State;
        var back = With(With(first), Server("a"));
        Assert.NotEqual(Id(first, "a"), Id(back, "a"));
        Assert.Equal(ServerHealthState.Initial, HealthOf(back, "a"));
        Assert.Same(back, back.On(Id(first, "a"), Lost, At(2)).State);
    }

    [Fact]
    public void A_late_report_about_a_server_that_stayed_counts_after_several_reloads()
    {
        var first = Pool(Server("a"), Server("b"));
        var later = With(With(first, Server("c"), Server("b")), Server("b"), Server("a"));
        var (next, effects) = later.On(Id(first, "b"), Lost, At(1));
        Assert.Equal<ServerHealthEffect>([new ServerHealthEffect.StandingChanged(ServerStanding.Up, ServerStanding.Dead)], effects);
        Assert.Equal((ServerStanding.Dead, ServerStanding.Up), (HealthOf(next, "b").Standing, HealthOf(next, "a").Standing));
    }

    [Fact] // the same name, but another machine: its health is unknown
    public void A_server_with_another_address_is_another_one_for_the_service_that_moved()
    {
        var before = Pool(Server("a"));
        foreach (var service in new[] { Logins, Records }) before = before.On(Id(before, "a", service), Lost, At(1)).State;
        var after = With(before, Server("a") with { Authentication = "elsewhere:1812" });
        Assert.Equal((ServerStanding.Up, ServerStanding.Dead), (HealthOf(after, "a").Standing, HealthOf(after, "a", Records).Standing));
        Assert.NotEqual(Id(before, "a"), Id(after, "a"));
        Assert.Equal(Id(before, "a", Records), Id(after, "a", Records));
    }

    [Fact]
    public void Priority_comes_before_weight_and_the_dead_are_left_out()
    {
        var pool = Pool(Server("low", priority: 3), Server("dead", priority: 0), Server("high", priority: 1));
        pool = pool.On(Id(pool, "dead"), Lost, At(0)).State;
        Assert.Equal(["high", "low"], Order(pool));
        var first = 0;
        var shared = Pool(Server("one", weight: 1), Server("three", weight: 3));
        for (var i = 0u; i < 4_000; i++) first += Order(shared, random: i * 2654435761u)[0] == "three" ? 1 : 0;
        Assert.InRange(first, 2_800, 3_200);
    }

    [Fact]
    public void A_server_set_asks_its_own_servers_and_one_without_any_of_the_service_asks_all()
    {
        ImmutableArray<PoolServerSettings> servers = [Server("a"), Server("b", priority: 2), Server("c") with { Authentication = null }];
        var pool = ServerPool.Empty.With(servers, [[], ["b"], ["c"]], At(0));
        Assert.Equal([["a", "b"], ["b"], ["a", "b"]], new[] { Order(pool, 0), Order(pool, 1), Order(pool, 2) });
        Assert.Equal(["c"], Order(pool, 2, Records));
        pool = pool.On(Id(pool, "b"), Lost, At(0)).State;
        Assert.Equal((true, false, true), (pool.IsAlive(Logins, 0), pool.IsAlive(Logins, 1), pool.IsAlive(Logins, 2)));
        Assert.Empty(Order(pool, 1));
    }

    [Fact]
    public void Without_a_living_server_the_order_is_empty_and_without_a_token_the_request_waits()
    {
        var pool = Pool(Server("a") with { Pace = new ServerPace(1, 1) });
        var taken = pool.Reserve(Logins, 0, 7, At(0));
        Assert.Equal((true, 1, null), (taken.IsGranted, taken.Order.Length, taken.NextToken));
        var none = taken.Pool.Reserve(Records, 0, 7, At(0.25)); // one rate for both services
        Assert.Equal((false, At(1)), (none.IsGranted, none.NextToken));
        var dead = taken.Pool.On(Id(pool, "a"), Lost, At(0)).State.Reserve(Logins, 0, 7, At(0));
        Assert.Equal((true, true, null), (dead.IsGranted, dead.Order.IsEmpty, dead.NextToken));
    }

    [Fact]
    public void A_server_without_a_token_is_passed_over_and_asked_after_the_one_that_has_one()
    {
        var pool = Pool(Server("a") with { Pace = new ServerPace(1, 1) }, Server("b", priority: 2), Server("c", priority: 3));
        var reserved = pool.Reserve(Logins, 0, 7, At(0)).Pool.Reserve(Logins, 0, 7, At(0));
        Assert.Equal((true, At(1)), (reserved.IsGranted, reserved.NextToken));
        Assert.Equal([1, 0, 2], reserved.Order.Select(static c => c.Index));
    }

    private static bool TryTake(ref ServerPool pool, string server, double at = 0) => pool.TryTakeToken(server, At(at), out pool, out _);

    [Fact]
    public void Tokens_stay_with_a_server_that_stays_at_its_rate()
    {
        var paced = Server("a") with { Pace = new ServerPace(1, 2) };
        var pool = Pool(paced);
        Assert.True(TryTake(ref pool, "a") && TryTake(ref pool, "a"));
        foreach (var same in new[] { paced with { Policy = new(9, 9, TimeSpan.FromSeconds(1), 1) }, paced with { Accounting = null } })
        {
            var kept = With(pool, same);
            Assert.False(TryTake(ref kept, "a", 0.5));
        }
        foreach (var other in new[] { paced with { Pace = new ServerPace(2, 2) },
            paced with { Authentication = "x:1", Accounting = "x:2" } })
        {
            var made = With(pool, other);
            Assert.True(TryTake(ref made, "a", 0.5));
        }
        var free = With(pool, paced with { Pace = null });
        for (var i = 0; i < 10; i++) Assert.True(TryTake(ref free, "a"));
    }

    [Fact]
    public void Requests_to_a_server_that_has_left_keep_to_its_rate()
    {
        var pool = Pool(Server("a") with { Pace = new ServerPace(1, 1) });
        Assert.True(TryTake(ref pool, "a"));
        var left = With(pool);
        Assert.False(TryTake(ref left, "a", 0.5));
        var back = With(left, Server("a") with { Pace = new ServerPace(1, 1) });
        Assert.True(TryTake(ref back, "a", 0.5)); // it is another server
    }

    [Theory]
    [InlineData(StatusServerUse.Off, StatusServerUse.Off, false)]
    [InlineData(StatusServerUse.Off, StatusServerUse.On, true)]
    [InlineData(StatusServerUse.On, StatusServerUse.Off, false)]
    public void A_reload_that_switches_probes_plans_or_ends_them(StatusServerUse before, StatusServerUse after, bool isProbed)
    {
        var pool = Pool(Server("a") with { Health = Health with { StatusServer = before } });
        pool = With(pool, Server("a") with { Health = Health with { StatusServer = after } });
        Assert.Equal(isProbed, pool.Due(At(0)).Contains(Id(pool, "a")));
        Assert.Equal(isProbed ? At(0) : null, pool.NextDeadline);
        Assert.Equal(isProbed,
            pool.On(Id(pool, "a"), ServerHealthEvent.Tick.Instance, At(0)).Effects.Contains(ServerHealthEffect.SendProbe.Instance));
    }

    private static readonly Gen<(int What, int Server)[]> Script = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3]).Array[0, 60];

    // law: a report counts for the server that has stayed since the request began, and for no other; its timeouts are never lost or moved
    [Fact]
    public void Each_report_counts_for_its_own_server_or_for_none() => Script.Sample(script =>
    {
        string[] names = ["a", "b", "c", "d"];
        var pool = ServerPool.Empty;
        HashSet<string> present = [];
        Dictionary<string, (int Since, long Timeouts)> model = []; // of the servers that are there
        List<ServerId> reporters = [];
        foreach (var (what, server) in script)
        {
            var name = names[server];
            switch (what)
            {
                case 0: // a reload adds or removes the server
                    if (!present.Remove(name)) present.Add(name);
                    pool = With(pool, [.. present.Order(StringComparer.Ordinal).Select(static n => Server(n))]);
                    if (present.Contains(name)) model[name] = (pool.Generation, 0);
                    else model.Remove(name);
                    break;
                case 1 when present.Contains(name): // a request begins
                    reporters.Add(Id(pool, name));
                    break;
                case > 1 when reporters.Count > 0: // one of them, however old, reports
                    var id = reporters[((what * 7) + server) % reporters.Count];
                    pool = pool.On(id, Lost, At(1)).State;
                    if (model.TryGetValue(id.Name, out var known) && known.Since == id.Since)
                        model[id.Name] = known with { Timeouts = known.Timeouts + 1 };
                    break;
            }
            Assert.Equal(model.OrderBy(static m => m.Key, StringComparer.Ordinal).Select(static m =>
                (m.Key, m.Value.Since, m.Value.Timeouts)),
                pool.Of(Logins).Select((s, i) => (s.Id.Name, s.Id.Since, pool.HealthOf(Logins)[i].Timeouts)).OrderBy(static s =>
                    s.Name, StringComparer.Ordinal));
            Assert.All(pool.HealthOf(Records), static h => Assert.Equal(0, h.Timeouts));
        }
    });
}
