using System.Collections.Immutable;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Addressing;

public class AddressPoolsTests
{
    private static AddressRange Range(string text)
    {
        Assert.True(AddressRange.TryParse(text, out var range), text);
        return range;
    }

    private static Ipv4Address Ip(string text) => Ipv4Address.Parse(text);

    private static AddressPools Pools(string ranges, string exclude = "", string never = "", bool sticky = true)
    {
        Assert.True(AddressPools.TryCreate([new AddressPoolSettings("p", Ranges(ranges), Ranges(exclude), sticky)], Ranges(never),
            out var pools, out var error), error);
        return pools;
    }

    private static ImmutableArray<AddressRange> Ranges(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Range)];

    [Theory]
    [InlineData("100.64.0.0/30", "100.64.0.0", "100.64.0.3"), InlineData("10.0.0.9 - 10.0.0.12", "10.0.0.9", "10.0.0.12"),
        InlineData("10.0.0.9", "10.0.0.9", "10.0.0.9")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255")]
    public void Ranges_are_read(string text, string first, string last) => Assert.Equal(new AddressRange(Ip(first), Ip(last)), Range(text));

    [Theory, InlineData(""), InlineData("10.0.0.1/24"), InlineData("10.0.0.9-10.0.0.8"), InlineData("10.0.0.1-"), InlineData("x"),
        InlineData("10.0.0.0/33")]
    public void Bad_ranges_are_refused(string text) => Assert.False(AddressRange.TryParse(text, out _));

    [Fact]
    public void Addresses_are_given_in_order_without_excluded_ones()
    {
        var pools = Pools("10.0.0.0/29,10.0.1.0-10.0.1.1", exclude: "10.0.0.2-10.0.0.4", never: "10.0.0.1");
        Assert.Equal(new PoolUse(6, 0), pools.Use("p"));
        Assert.Equal(["10.0.0.0", "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.1.0", "10.0.1.1"],
            Enumerable.Range(0, 6).Select(i => pools.Lease("p", $"h{i}").Address.ToString()));
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p", "h6").Outcome);
        Assert.Equal(0, pools.Use("p")!.Value.Free);
    }

    [Fact]
    public void A_repeated_request_gets_the_same_address()
    {
        var pools = Pools("10.0.0.0/30");
        var first = pools.Lease("p", "h");
        Assert.Equal(new Lease(LeaseOutcome.AlreadyHeld, first.Address), pools.Lease("p", "h"));
        Assert.Equal(new Lease(LeaseOutcome.AlreadyHeld, first.Address), pools.Reserve(first.Address, "h"));
        Assert.Equal(LeaseOutcome.Taken, pools.Reserve(Ip("10.0.0.3"), "h").Outcome); // it has one
        Assert.Equal(1, pools.Used);
        Assert.True(pools.Release("h", out var address) && address == first.Address);
        Assert.False(pools.Release("h", out _));
        Assert.Equal(0, pools.Used);
    }

    [Fact]
    public void The_address_released_longest_ago_is_given_first()
    {
        var pools = Pools("10.0.0.0/30", sticky: false);
        for (var i = 0; i < 4; i++) pools.Lease("p", $"h{i}");
        foreach (var holder in new[] { "h2", "h0", "h3" }) pools.Release(holder, out _);
        Assert.Equal(["10.0.0.2", "10.0.0.0", "10.0.0.3"], new[] { "a", "b", "c" }.Select(h => pools.Lease("p", h).Address.ToString()));
    }

    [Fact]
    public void A_fresh_address_goes_before_a_used_one()
    {
        var pools = Pools("10.0.0.0/30", sticky: false);
        pools.Lease("p", "a");
        pools.Release("a", out _);
        Assert.Equal(Ip("10.0.0.1"), pools.Lease("p", "b").Address);
    }

    [Fact]
    public void A_user_gets_its_last_address_when_that_is_free()
    {
        var pools = Pools("10.0.0.0/29");
        var mine = pools.Lease("p", "s1", "nemo").Address;
        pools.Release("s1", out _);
        Assert.NotEqual(mine, pools.Lease("p", "s2", "flopsy").Address);
        Assert.Equal(mine, pools.Lease("p", "s3", "nemo").Address);
        Assert.NotEqual(mine, pools.Lease("p", "s4", "nemo").Address); // a second login of the same user
    }

    [Fact]
    public void An_address_given_to_another_user_is_forgotten()
    {
        var pools = Pools("10.0.0.0");
        pools.Lease("p", "s1", "nemo");
        pools.Release("s1", out _);
        pools.Lease("p", "s2", "flopsy");
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p", "s3", "nemo").Outcome);
        pools.Release("s2", out _);
        Assert.Equal(Ip("10.0.0.0"), pools.Lease("p", "s3", "nemo").Address);
    }

    [Fact]
    public void Static_addresses_inside_a_pool_are_not_given_to_others()
    {
        var pools = Pools("10.0.0.0/30");
        Assert.Equal(LeaseOutcome.Leased, pools.Reserve(Ip("10.0.0.1"), "static", "nemo").Outcome);
        Assert.Equal(LeaseOutcome.Taken, pools.Reserve(Ip("10.0.0.1"), "other").Outcome);
        Assert.Equal(["10.0.0.0", "10.0.0.2", "10.0.0.3"],
            Enumerable.Range(0, 3).Select(i => pools.Lease("p", $"h{i}").Address.ToString()));
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p", "late").Outcome);
        pools.Release("static", out _);
        Assert.Equal(Ip("10.0.0.1"), pools.Lease("p", "late").Address);
        Assert.Equal(LeaseOutcome.Taken, pools.Reserve(Ip("10.0.0.2"), "static").Outcome); // leased dynamically
    }

    [Fact]
    public void Static_addresses_outside_are_leased_once_too()
    {
        var pools = Pools("10.0.0.0/30", never: "192.0.2.1");
        Assert.Equal(LeaseOutcome.Leased, pools.Reserve(Ip("192.0.2.7"), "a").Outcome);
        Assert.Equal(LeaseOutcome.Taken, pools.Reserve(Ip("192.0.2.7"), "b").Outcome);
        Assert.Equal(LeaseOutcome.Excluded, pools.Reserve(Ip("192.0.2.1"), "b").Outcome);
        Assert.Equal((1, 1, new PoolUse(4, 0)), (pools.Used, pools.UsedOutside, pools.Use("p")));
        pools.Release("a", out _);
        Assert.Equal(LeaseOutcome.Leased, pools.Reserve(Ip("192.0.2.7"), "b").Outcome);
    }

    [Fact]
    public void An_excluded_address_can_still_be_static()
    {
        var pools = Pools("10.0.0.0/30", exclude: "10.0.0.1");
        Assert.Equal(LeaseOutcome.Leased, pools.Reserve(Ip("10.0.0.1"), "a").Outcome);
        Assert.Equal(1, pools.UsedOutside);
    }

    [Fact]
    public void Wrong_settings_are_reported()
    {
        Assert.Equal("pool 'b': 10.0.0.2 overlaps 10.0.0.0-10.0.0.3 of pool 'a'", Error(("a", "10.0.0.0/30"), ("b", "10.0.0.2")));
        Assert.Equal("pool 'a' is there twice", Error(("a", "10.0.0.0/30"), ("a", "10.0.1.0/30")));
        Assert.Equal("pool 'a': its ranges overlap", Error(("a", "10.0.0.0/30,10.0.0.3-10.0.0.9")));
        Assert.Equal("pool 'a' has no address", Error(("a", "")));
        Assert.Equal("pool 'a' has 33554432 addresses, 16777216 are allowed", Error(("a", "10.0.0.0/7")));
        Assert.Equal(LeaseOutcome.UnknownPool, Pools("10.0.0.0/30").Lease("q", "h").Outcome);
        Assert.Null(Pools("10.0.0.0/30").Use("q"));

        static string? Error(params (string Name, string Ranges)[] pools)
        {
            Assert.False(AddressPools.TryCreate([.. pools.Select(p => new AddressPoolSettings(p.Name, Ranges(p.Ranges), default))], default,
                out _, out var error));
            return error;
        }
    }

    [Fact] // 65,536 addresses: all different, then none, then all again
    public void A_large_pool_gives_each_address_once()
    {
        var pools = Pools("100.64.0.0/16", exclude: "100.64.0.1");
        var seen = new HashSet<uint>();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 65_535; i++) Assert.True(seen.Add(pools.Lease("p", $"h{i}", $"u{i}").Address.Value));
            Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p", "more").Outcome);
            for (var i = 0; i < 65_535; i++) Assert.True(pools.Release($"h{i}", out var address) && seen.Remove(address.Value));
        }
        Assert.Equal((0, new PoolUse(65_535, 0)), (pools.Used, pools.Use("p")));
    }

    [Fact] // law: equal to a slow model that keeps plain lists, for any requests
    public void The_pool_equals_a_simple_model() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[0, 17]).Array[0, 80].Sample(script =>
    {
        Assert.True(AddressPools.TryCreate([new AddressPoolSettings("p", Ranges("10.0.0.2-10.0.0.6,10.0.0.9-10.0.0.11"),
            Ranges("10.0.0.4"))], Ranges("10.0.0.0"), out var pools, out _));
        var twin = new Twin([2, 3, 5, 6, 9, 10, 11]);
        foreach (var (what, holder, user, last) in script)
        {
            var (h, u, address) = ($"h{holder}", user == 0 ? "" : $"u{user}", new Ipv4Address(0x0A000000u + (uint)last));
            switch (what)
            {
                case 0 or 1: Assert.Equal(twin.Lease(h, u), pools.Lease("p", h, u)); break;
                case 2: Assert.Equal(twin.Reserve(address, h, u), pools.Reserve(address, h, u)); break;
                default: Assert.Equal(twin.Release(h), pools.Release(h, out _)); break;
            }
            Assert.Equal(twin.Held.Count, pools.Used);
            Assert.Equal(twin.Held.Values.Distinct().Count(), pools.Used); // no address twice
            Assert.Equal(twin.Held.Values.Count(twin.InPool), pools.Use("p")!.Value.Used);
        }
    }, iter: 3_000);

    private sealed class Twin(int[] pool)
    {
        private readonly List<Ipv4Address> _pool = [.. pool.Select(n => new Ipv4Address(0x0A000000u + (uint)n))];
        private readonly List<Ipv4Address> _fresh = [.. pool.Select(n => new Ipv4Address(0x0A000000u + (uint)n))];
        private readonly List<Ipv4Address> _released = [];
        private readonly Dictionary<string, Ipv4Address> _last = [];
        // given dynamically at least once: only these are remembered and queue when released
        private readonly HashSet<Ipv4Address> _turned = [];
        public Dictionary<string, Ipv4Address> Held { get; } = [];

        public bool InPool(Ipv4Address address) => _pool.Contains(address);

        public Lease Lease(string holder, string user)
        {
            if (Held.TryGetValue(holder, out var held)) return new Lease(LeaseOutcome.AlreadyHeld, held);
            Ipv4Address address;
            if (user.Length > 0 && _last.TryGetValue(user, out var last) && _released.Remove(last)) address = last;
            else
            {
                while (_fresh.Count > 0 && Held.ContainsValue(_fresh[0])) Turn();
                if (_fresh.Count > 0)
                {
                    address = _fresh[0];
                    Turn();
                }
                else if (_released.Count > 0)
                {
                    address = _released[0];
                    _released.RemoveAt(0);
                }
                else return new Lease(LeaseOutcome.Exhausted, default);
            }
            Held.Add(holder, address);
            Remember(address, user);
            return new Lease(LeaseOutcome.Leased, address);
        }

        public Lease Reserve(Ipv4Address address, string holder, string user)
        {
            if (Held.TryGetValue(holder, out var held))
                return new Lease(held == address ? LeaseOutcome.AlreadyHeld : LeaseOutcome.Taken, address);
            if (address.Value == 0x0A000000u) return new Lease(LeaseOutcome.Excluded, address, "10.0.0.0 belongs to the LNS");
            if (Held.ContainsValue(address)) return new Lease(LeaseOutcome.Taken, address);
            _released.Remove(address);
            Held.Add(holder, address);
            if (_turned.Contains(address)) Remember(address, user);
            return new Lease(LeaseOutcome.Leased, address);
        }

        public bool Release(string holder)
        {
            if (!Held.Remove(holder, out var address)) return false;
            if (_turned.Contains(address)) _released.Add(address);
            return true;
        }

        private void Turn()
        {
            _turned.Add(_fresh[0]);
            _fresh.RemoveAt(0);
        }

        private void Remember(Ipv4Address address, string user)
        {
            foreach (var other in _last.Where(l => l.Value == address && l.Key != user).Select(l => l.Key).ToArray()) _last.Remove(other);
            if (user.Length > 0) _last[user] = address;
        }
    }
}
