using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>Paths by our tunnel id and session id: three array reads, no lock, for any number of readers; one writer at a time.</summary>
/// <remarks>A tunnel costs a page of 256 references, and one more for each 256 ids in use; both go when they are empty.</remarks>
internal sealed class PathTable
{
    private sealed class Page<T> where T : class
    {
        public readonly T?[] Slots = new T?[256];
        public int Used;
    }

    private readonly Page<Page<Path>>?[] _tunnels = new Page<Page<Path>>?[65536];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public Path? Find(ushort tunnel, ushort session)
    {
        var sessions = Volatile.Read(ref _tunnels[tunnel]);
        var page = sessions is null ? null : Volatile.Read(ref sessions.Slots[session >> 8]);
        return page is null ? null : Volatile.Read(ref page.Slots[session & 0xFF]);
    }

    /// <summary>The path of exactly this incarnation.</summary>
    public Path? Find(in PathKey key) => Find(key.TunnelId, key.SessionId) is { } path && path.Key == key ? path : null;

    /// <summary>For the writer.</summary>
    public IEnumerable<Path> All => _tunnels.OfType<Page<Page<Path>>>().SelectMany(static t => t.Slots.OfType<Page<Path>>()).SelectMany(static p => p.Slots.OfType<Path>());

    /// <summary>The ids are free: the caller closed what was there.</summary>
    public void Add(Path path)
    {
        var (tunnel, session) = (path.Key.TunnelId, path.Key.SessionId);
        var sessions = _tunnels[tunnel] ?? new();
        var page = sessions.Slots[session >> 8] ?? new();
        Volatile.Write(ref page.Slots[session & 0xFF], path);
        if (page.Used++ == 0)
        {
            Volatile.Write(ref sessions.Slots[session >> 8], page);
            sessions.Used++;
        }
        Volatile.Write(ref _tunnels[tunnel], sessions);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The path is in the table.</summary>
    public void Remove(Path path)
    {
        var (tunnel, session) = (path.Key.TunnelId, path.Key.SessionId);
        var sessions = _tunnels[tunnel]!;
        var page = sessions.Slots[session >> 8]!;
        Volatile.Write(ref page.Slots[session & 0xFF], null);
        if (--page.Used == 0)
        {
            Volatile.Write(ref sessions.Slots[session >> 8], null);
            if (--sessions.Used == 0) Volatile.Write(ref _tunnels[tunnel], null);
        }
        Volatile.Write(ref _count, _count - 1);
    }
}
