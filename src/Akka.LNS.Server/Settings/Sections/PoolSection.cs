using System.Collections.Immutable;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Server.Settings.Values;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>A pool and the networks that it takes its addresses from.</summary>
internal sealed record PoolEntry(AddressPoolSettings Settings, ImmutableArray<Ipv4Prefix> Networks);

/// <summary>Each entry of <c>lns.pools</c></summary>
internal static class PoolSection
{
    private const string Addresses = "IPv4 networks (192.0.2.0/24), ranges (\"192.0.2.10 - 192.0.2.20\") or addresses";
    private const int MaxAddresses = 1 << 24;
    private static readonly AddressPoolSettings Default = new("", [], []);
    public static readonly Section Keys = new();
    private static readonly Key<ImmutableArray<AddressSet>> Ranges =
        Keys.List<AddressSet>("ranges", [], Addresses, 4096, AddressSet.TryRead, Apply.Live);
    private static readonly Key<ImmutableArray<AddressSet>> Exclude =
        Keys.List<AddressSet>("exclude", [], Addresses, 4096, AddressSet.TryRead, Apply.Live);
    private static readonly Key<bool> Sticky = Keys.OptionalFlag("sticky", Default.Sticky, Apply.Live);

    public static PoolEntry Read(string name, SectionReader s)
    {
        var ranges = s.Get(Ranges);
        if (ranges.IsEmpty) s.Fail(Ranges, $"no address; allowed: {Addresses}");
        if (ranges.Sum(static r => r.Given.Count) > MaxAddresses) s.Fail(Ranges, $"more than {MaxAddresses} addresses in one pool");
        var exclude = s.Get(Exclude).Select(static r => r.All);
        var settings = new AddressPoolSettings(name, [.. ranges.Select(static r => r.Given)], [.. exclude], s.Get(Sticky));
        return new PoolEntry(settings, [.. ranges.SelectMany(static r => r.Networks)]);
    }

    /// <summary>Adds an error for each address in two ranges, because it would be leased twice at a time.</summary>
    public static IEnumerable<string> Overlaps(IEnumerable<PoolEntry> pools)
    {
        var all = pools.SelectMany(static p => p.Settings.Ranges.Select(r => (Pool: p.Settings.Name, Range: r))).Distinct()
            .OrderBy(static r => r.Range.First.Value).ToArray();
        for (var i = 1; i < all.Length; i++)
        {
            if (all[i].Range.First > all[i - 1].Range.Last) continue;
            yield return $"{all[i - 1].Range} of '{all[i - 1].Pool}' and {all[i].Range} of '{all[i].Pool}' overlap: " +
                "an address must not be given twice";
        }
    }

    /// <summary>A network, a range or an address.</summary>
    /// <param name="Given">Addresses for subscribers: a network without its first and last address.</param>
    /// <param name="All">All addresses.</param>
    /// <param name="Networks">The fewest networks that are exactly <paramref name="All"/>.</param>
    private readonly record struct AddressSet(AddressRange Given, AddressRange All, ImmutableArray<Ipv4Prefix> Networks)
    {
        public static bool TryRead(string text, out AddressSet set)
        {
            set = default;
            var dash = text.IndexOf('-', StringComparison.Ordinal);
            if (dash < 0)
            {
                if (!Ipv4Prefix.TryParse(text, out var network)) return false;
                var last = new Ipv4Address(network.Network.Value | ~network.Mask);
                var all = new AddressRange(network.Network, last);
                var given = network.Length >= 31
                    ? all
                    : new AddressRange(new Ipv4Address(network.Network.Value + 1), new Ipv4Address(last.Value - 1));
                set = new AddressSet(given, all, [network]);
                return true;
            }
            if (!Ipv4Address.TryParse(text.AsSpan(0, dash).Trim(), out var from)
                || !Ipv4Address.TryParse(text.AsSpan(dash + 1).Trim(), out var to))
                return false;
            if (to < from) return false;
            set = new AddressSet(new AddressRange(from, to), new AddressRange(from, to), Cover(from, to));
            return true;
        }

        private static ImmutableArray<Ipv4Prefix> Cover(Ipv4Address from, Ipv4Address to)
        {
            var networks = ImmutableArray.CreateBuilder<Ipv4Prefix>();
            for (ulong at = from.Value, end = to.Value; at <= end;)
            {
                var length = 32;
                while (length > 0 && (at & ((1UL << (33 - length)) - 1)) == 0 && at + (1UL << (33 - length)) - 1 <= end) length--;
                networks.Add(new Ipv4Prefix(new Ipv4Address((uint)at), length));
                at += 1UL << (32 - length);
            }
            return networks.ToImmutable();
        }
    }
}
