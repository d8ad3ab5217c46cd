using System.Collections.Immutable;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Addressing;

/// <summary>Pools whose ranges change while addresses are leased.</summary>
public class PoolChangeTests
{
    private static Ipv4Address Ip(string text) => Ipv4Address.Parse(text);

    private static ImmutableArray<AddressRange> Ranges(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static one =>
    {
        Assert.True(AddressRange.TryParse(one, out var range), one);
        return range;
    })];

    private static AddressPoolSettings Pool(string name, string ranges, string exclude = "", bool sticky = true) =>
        new(name, Ranges(ranges), Ranges(exclude), sticky);

    private static AddressPools Pools(params AddressPoolSettings[] settings)
    {
        Assert.True(AddressPools.TryCreate(settings, [], out var pools, out var error), error);
        return pools;
    }

    private static void Change(AddressPools pools, params AddressPoolSettings[] settings) =>
        Assert.True(pools.TryChange(settings, [], out var error), error);

    [Fact]
    public void A_new_range_is_usable_at_once_and_goes_before_used_addresses()
    {
        var pools = Pools(Pool("p", "10.0.0.8/31", sticky: false));
        pools.Lease("p", "a");
        pools.Lease("p", "b");
        pools.Release("a", out _);
        Change(pools, Pool("p", "10.0.0.8/31,10.0.0.0/31,10.0.1.0", sticky: false));
        Assert.Equal(new PoolUse(5, 1), pools.Use("p"));
        Assert.Equal(["10.0.0.0", "10.0.0.1", "10.0.1.0", "10.0.0.8"],
            Enumerable.Range(0, 4).Select(i => pools.Lease("p", $"h{i}").Address.ToString()));
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p", "late").Outcome);
    }

    [Fact]
    public void A_lease_outside_of_all_ranges_stays_until_it_ends_and_is_not_given_again()
    {
        var pools = Pools(Pool("p", "10.0.0.0/30"));
        for (var i = 0; i < 4; i++) pools.Lease("p", $"h{i}", $"u{i}");
        Change(pools, Pool("p", "10.0.0.0/31"));
        Assert.Equal((4, 2, new PoolUse(2, 2)), (pools.Used, pools.UsedOutside, pools.Use("p")));
        Assert.Equal([("p", 2)], pools.LeftOver);
        Assert.True(pools.TryFind("h3", out var kept) && kept == Ip("10.0.0.3"));
        Assert.Equal(new Lease(LeaseOutcome.AlreadyHeld, kept), pools.Lease("p", "h3", "u3"));
        Assert.Equal(LeaseOutcome.Taken, pools.Reserve(kept, "static").Outcome);
        Assert.True(pools.Release("h3", out _));
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p", "h3", "u3").Outcome);
        Assert.Equal([("p", 1)], pools.LeftOver);
    }

    [Fact]
    public void An_exclusion_works_like_a_smaller_range_and_can_be_taken_back()
    {
        var pools = Pools(Pool("p", "10.0.0.0/30"));
        for (var i = 0; i < 2; i++) pools.Lease("p", $"h{i}");
        Change(pools, Pool("p", "10.0.0.0/30", exclude: "10.0.0.1-10.0.0.2"));
        Assert.Equal((1, new PoolUse(2, 1)), (pools.UsedOutside, pools.Use("p")));
        Change(pools, Pool("p", "10.0.0.0/30"));
        Assert.Equal((0, new PoolUse(4, 2)), (pools.UsedOutside, pools.Use("p")));
        Assert.Empty(pools.LeftOver);
        Assert.Equal(["10.0.0.3", "10.0.0.2"],
            Enumerable.Range(2, 2).Select(i => pools.Lease("p", $"h{i}").Address.ToString()).OrderDescending());
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p", "late").Outcome);
    }

    [Fact]
    public void Addresses_can_move_to_another_pool_with_their_leases()
    {
        var pools = Pools(Pool("a", "10.0.0.0/30"), Pool("b", "10.0.1.0/31"));
        var mine = pools.Lease("a", "h", "nemo").Address;
        Change(pools, Pool("b", "10.0.0.0/30"));
        Assert.Equal(["b"], pools.Names);
        Assert.Equal((0, new PoolUse(4, 1)), (pools.UsedOutside, pools.Use("b")));
        Assert.Equal(LeaseOutcome.UnknownPool, pools.Lease("a", "other").Outcome);
        Assert.DoesNotContain(mine, Enumerable.Range(0, 3).Select(i => pools.Lease("b", $"h{i}").Address));
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("b", "late").Outcome);
        Assert.True(pools.Release("h", out _));
        Assert.Equal(mine, pools.Lease("b", "late").Address);
    }

    [Fact]
    public void A_user_finds_its_last_address_again_after_the_pool_has_grown()
    {
        var pools = Pools(Pool("p", "10.0.0.8/29"));
        for (var i = 0; i < 5; i++) pools.Lease("p", $"h{i}", $"u{i}");
        for (var i = 0; i < 5; i++) pools.Release($"h{i}", out _);
        Change(pools, Pool("p", "10.0.0.10 - 10.0.0.15,10.0.0.0/29"));
        Assert.Equal("10.0.0.11", pools.Lease("p", "x", "u3").Address.ToString());
        Assert.Equal("10.0.0.13", pools.Lease("p", "y", "new").Address.ToString()); // never used: it takes precedence over used ones
        Assert.Equal("10.0.0.14", pools.Lease("p", "z", "u0").Address.ToString());  // its own has gone
    }

    [Fact]
    public void Wrong_settings_change_nothing()
    {
        var pools = Pools(Pool("p", "10.0.0.0/30"));
        pools.Lease("p", "h");
        Assert.False(pools.TryChange([Pool("p", "10.0.0.0/31"), Pool("q", "10.0.0.1")], [], out var error));
        Assert.Equal("pool 'q': 10.0.0.1 overlaps 10.0.0.0-10.0.0.1 of pool 'p'", error);
        Assert.Equal(["p"], pools.Names);
        Assert.Equal(new PoolUse(4, 1), pools.Use("p"));
    }

    private static readonly AddressPoolSettings[][] Configurations =
    [
        [Pool("p", "10.0.0.2-10.0.0.6,10.0.0.9-10.0.0.11", "10.0.0.4")],
        [Pool("p", "10.0.0.2-10.0.0.15")],
        [Pool("p", "10.0.0.0-10.0.0.3"), Pool("q", "10.0.0.8-10.0.0.11")],
        [Pool("q", "10.0.0.0-10.0.0.7", "10.0.0.3"), Pool("p", "10.0.0.8-10.0.0.9", sticky: false)],
        [Pool("q", "10.0.0.12")],
        [],
    ];

    [Fact] // law: for any leases, releases and changes in any order
    public void No_address_is_given_twice_and_no_change_ends_a_lease() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[0, 17]).Array[0, 120].Sample(script =>
    {
        var now = Configurations[0];
        var pools = Pools(now);
        var held = new Dictionary<string, Ipv4Address>();
        foreach (var (what, holder, user, last) in script)
        {
            var (h, u, address) = ($"h{holder}", user == 0 ? "" : $"u{user}", new Ipv4Address(0x0A000000u + (uint)last));
            var pool = user % 2 == 0 ? "p" : "q";
            switch (what)
            {
                case 0 or 1:
                    var leased = pools.Lease(pool, h, u);
                    if (leased.Outcome == LeaseOutcome.AlreadyHeld) Assert.Equal(held[h], leased.Address);
                    else if (leased.Outcome == LeaseOutcome.Leased) Take(h, leased.Address, Given(now, pool));
                    else Assert.True(leased.Outcome == LeaseOutcome.UnknownPool
                        ? now.All(p => p.Name != pool) : Given(now, pool).All(held.ContainsValue), leased.ToString());
                    break;
                case 2:
                    if (pools.Reserve(address, h, u).Outcome == LeaseOutcome.Leased) Take(h, address, [address]);
                    break;
                case 3:
                    now = Configurations[user];
                    Change(pools, now);
                    break;
                default:
                    Assert.Equal(held.Remove(h, out var had), pools.Release(h, out var released));
                    Assert.Equal(had, released);
                    break;
            }
            Assert.Equal(held.Count, pools.Used);
            foreach (var (who, its) in held) Assert.True(pools.TryFind(who, out var found) && found == its);
            Assert.Equal(now.Select(static p => p.Name), pools.Names);
            foreach (var p in now) Assert.Equal(new PoolUse(Given(now, p.Name).Length, Given(now, p.Name).Count(held.ContainsValue)),
                pools.Use(p.Name));
            Assert.Equal(held.Count - now.Sum(p => Given(now, p.Name).Count(held.ContainsValue)), pools.UsedOutside);
            Assert.True(pools.LeftOver.Sum(static l => l.Leases) <= pools.UsedOutside);
        }
        // no address is lost: every free address can be leased, and no other
        foreach (var p in now)
        {
            for (var i = 0; pools.Use(p.Name)!.Value.Free > 0; i++)
                Take($"{p.Name}{i}", pools.Lease(p.Name, $"{p.Name}{i}").Address, Given(now, p.Name));
            Assert.Equal(LeaseOutcome.Exhausted, pools.Lease(p.Name, "late").Outcome);
        }

        void Take(string who, Ipv4Address address, Ipv4Address[] from)
        {
            Assert.DoesNotContain(address, held.Values);
            Assert.Contains(address, from);
            held.Add(who, address);
        }
    }, iter: 3_000);

    private static Ipv4Address[] Given(AddressPoolSettings[] settings, string pool) =>
        [.. settings.Where(p => p.Name == pool).SelectMany(static p => Enumerable.Range(0, 32)
        .Select(static n => new Ipv4Address(0x0A000000u + (uint)n))
        .Where(a => p.Ranges.Any(r => r.Contains(a)) && !p.Exclude.Any(e => e.Contains(a))))];
}
