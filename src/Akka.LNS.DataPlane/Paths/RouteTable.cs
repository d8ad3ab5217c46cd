using System.Collections.Concurrent;
using System.Numerics;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Paths;

/// <summary>Longest prefix match from a destination address to a path: one hash table per prefix length in use.
/// Readers take no lock.</summary>
/// <remarks>Nearly every packet goes to a subscriber's own address: the /32 table is read first.</remarks>
internal sealed class RouteTable
{
    private readonly ConcurrentDictionary<uint, SessionPath>?[] _byLength = new ConcurrentDictionary<uint, SessionPath>?[33];
    private long _lengths; // bit n: a table for /n exists

    public SessionPath? Find(uint address)
    {
        for (var lengths = (ulong)Volatile.Read(ref _lengths); lengths != 0;)
        {
            var length = 63 - BitOperations.LeadingZeroCount(lengths);
            if (_byLength[length]!.TryGetValue(address & Ipv4Prefix.MaskOf(length), out var path)) return path;
            lengths &= ~(1ul << length);
        }
        return null;
    }

    /// <summary>The path that has exactly this prefix; null: none.</summary>
    public SessionPath? Find(Ipv4Prefix prefix) => _byLength[prefix.Length]?.GetValueOrDefault(prefix.Network.Value);

    /// <summary>Gives the prefix to the path, also when another path has it. One writer at a time.</summary>
    public void Set(Ipv4Prefix prefix, SessionPath path)
    {
        var table = _byLength[prefix.Length] ??= new ConcurrentDictionary<uint, SessionPath>(concurrencyLevel: 1, capacity: 31);
        table[prefix.Network.Value] = path;
        Volatile.Write(ref _lengths, _lengths | (1L << prefix.Length));
    }

    /// <summary>Removes the prefix if the path still has it. One writer at a time.</summary>
    public void Remove(Ipv4Prefix prefix, SessionPath path) =>
        _byLength[prefix.Length]?.TryRemove(new KeyValuePair<uint, SessionPath>(prefix.Network.Value, path));
}
