using System.Collections.Concurrent;
using System.Numerics;
using Akka.LNS.Wire.Ip;
using Path = Akka.LNS.DataPlane.Sockets.Path;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>Longest prefix match to a path: one hash table per prefix length in use. Readers take no lock.</summary>
/// <remarks>Nearly every packet is for a subscriber's own address: that is the /32 table, read first.</remarks>
internal sealed class RouteTable
{
    private readonly ConcurrentDictionary<uint, Path>?[] _byLength = new ConcurrentDictionary<uint, Path>?[33];
    private long _lengths; // bit n: the table for /n has existed

    public Path? Find(uint address)
    {
        for (var lengths = (ulong)Volatile.Read(ref _lengths); lengths != 0;)
        {
            var length = 63 - BitOperations.LeadingZeroCount(lengths);
            if (_byLength[length]!.TryGetValue(address & Ipv4Prefix.MaskOf(length), out var path)) return path;
            lengths &= ~(1ul << length);
        }
        return null;
    }

    /// <summary>The newest owner of a prefix has it. Under the plane's gate, as <see cref="Remove"/>.</summary>
    public void Set(Ipv4Prefix prefix, Path path)
    {
        var table = _byLength[prefix.Length] ??= new ConcurrentDictionary<uint, Path>(concurrencyLevel: 1, capacity: 31);
        table[prefix.Network.Value] = path;
        Volatile.Write(ref _lengths, _lengths | (1L << prefix.Length));
    }

    /// <summary>Takes the prefix back if the path still has it.</summary>
    public void Remove(Ipv4Prefix prefix, Path path) =>
        _byLength[prefix.Length]?.TryRemove(new KeyValuePair<uint, Path>(prefix.Network.Value, path));
}
