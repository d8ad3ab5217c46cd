using System.Collections.Immutable;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>Addresses from first to last, both included.</summary>
public readonly record struct AddressRange(Ipv4Address First, Ipv4Address Last)
{
    public long Count => (long)Last.Value - First.Value + 1;
    public bool Contains(Ipv4Address address) => address.Value >= First.Value && address.Value <= Last.Value;
    public bool Overlaps(AddressRange other) => First.Value <= other.Last.Value && other.First.Value <= Last.Value;

    /// <summary>Reads "100.64.0.0/16", "100.64.0.10-100.64.0.99" or a single address.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressRange range)
    {
        text = text.Trim();
        range = default;
        var dash = text.IndexOf('-');
        if (dash >= 0)
        {
            if (!Ipv4Address.TryParse(text[..dash].Trim(), out var first) || !Ipv4Address.TryParse(text[(dash + 1)..].Trim(), out var last)
                || last.Value < first.Value)
                return false;
            range = new AddressRange(first, last);
            return true;
        }
        if (!Ipv4Prefix.TryParse(text, out var prefix)) return false;
        range = new AddressRange(prefix.Network, new Ipv4Address(prefix.Network.Value | ~prefix.Mask));
        return true;
    }

    /// <summary>Parts of this range that are also in <paramref name="ranges"/>, in their order.</summary>
    internal IEnumerable<AddressRange> Common(ImmutableArray<AddressRange> ranges)
    {
        foreach (var other in ranges)
            if (Overlaps(other))
                yield return new AddressRange(
                    First.Value > other.First.Value ? First : other.First, Last.Value < other.Last.Value ? Last : other.Last);
    }

    /// <summary>The ranges without the excluded addresses, in their order.</summary>
    internal static ImmutableArray<AddressRange> Without(ImmutableArray<AddressRange> ranges, ImmutableArray<AddressRange> excluded)
    {
        var holes = excluded.Sort(static (a, b) => a.First.CompareTo(b.First));
        var ends = new uint[holes.Length]; // the last address of this hole and of all before it
        for (var i = 0; i < holes.Length; i++) ends[i] = Math.Max(holes[i].Last.Value, i == 0 ? 0 : ends[i - 1]);
        var left = ImmutableArray.CreateBuilder<AddressRange>(ranges.Length);
        foreach (var range in ranges)
        {
            ulong from = range.First.Value;
            var i = Array.BinarySearch(ends, range.First.Value);
            for (i = i < 0 ? ~i : i; i < holes.Length && from <= range.Last.Value && holes[i].First.Value <= range.Last.Value; i++)
            {
                if (holes[i].First.Value > from)
                    left.Add(new AddressRange(new Ipv4Address((uint)from), new Ipv4Address(holes[i].First.Value - 1)));
                from = Math.Max(from, holes[i].Last.Value + 1UL);
            }
            if (from <= range.Last.Value) left.Add(range with { First = new Ipv4Address((uint)from) });
        }
        return left.ToImmutable();
    }

    public override string ToString() => First == Last ? First.ToString() : $"{First}-{Last}";
}

/// <summary>Settings of one pool.</summary>
/// <param name="Exclude">Addresses of the ranges that are never leased. All others are, also .0 and .255.</param>
/// <param name="Sticky">A user gets its last address when that is free.</param>
public sealed record AddressPoolSettings(
    string Name, ImmutableArray<AddressRange> Ranges, ImmutableArray<AddressRange> Exclude, bool Sticky = true);

public enum LeaseOutcome
{
    Leased,
    /// <summary>This holder has the address already. The answer is repeated.</summary>
    AlreadyHeld,
    /// <summary>All addresses of the pool are leased.</summary>
    Exhausted,
    /// <summary>The requested address is leased to another holder, or this holder has another one.</summary>
    Taken,
    /// <summary>No subscriber may have the requested address.</summary>
    Excluded,
    UnknownPool,
}

/// <summary>Answer to a request for an address.</summary>
/// <param name="Address">The leased address. Without a lease: the requested address, if any.</param>
/// <param name="Why">Why there is no lease, as a sentence; null: the outcome says it.</param>
public readonly record struct Lease(LeaseOutcome Outcome, Ipv4Address Address, string? Why = null);

/// <summary>Answer to a request for a network.</summary>
/// <param name="Remark">Why it is refused, or what a granted one shares with others, as a sentence; null: nothing to say.</param>
public readonly record struct RouteGrant(bool IsGranted, string? Remark);

/// <summary>Use of a pool.</summary>
public readonly record struct PoolUse(int Capacity, int Used)
{
    public int Free => Capacity - Used;
}
