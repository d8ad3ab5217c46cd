using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Paths;

/// <summary>Paths by our tunnel id and session id. A look-up is three array reads without a lock. One writer at a time.</summary>
/// <remarks>A tunnel costs a page of 256 references, and one more for each 256 session ids in use. Empty pages are removed.</remarks>
internal sealed class PathTable
{
    private sealed class Page<T> where T : class
    {
        public readonly T?[] Slots = new T?[256];
        public int Used;
    }

    private readonly Page<Page<SessionPath>>?[] _tunnels = new Page<Page<SessionPath>>?[65536];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public SessionPath? Find(ushort tunnel, ushort session)
    {
        var sessions = Volatile.Read(ref _tunnels[tunnel]);
        var page = sessions is null ? null : Volatile.Read(ref sessions.Slots[session >> 8]);
        return page is null ? null : Volatile.Read(ref page.Slots[session & 0xFF]);
    }

    /// <summary>Finds the path of exactly this incarnation.</summary>
    public SessionPath? Find(in PathKey key) => Find(key.TunnelId, key.SessionId) is { } path && path.Key == key ? path : null;

    /// <summary>All paths. For the writer.</summary>
    public IEnumerable<SessionPath> All => _tunnels.OfType<Page<Page<SessionPath>>>()
        .SelectMany(static tunnel => tunnel.Slots.OfType<Page<SessionPath>>())
        .SelectMany(static page => page.Slots.OfType<SessionPath>());

    /// <summary>Adds a path. No path has its ids.</summary>
    public void Add(SessionPath path)
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

    /// <summary>Removes a path that is in the table.</summary>
    public void Remove(SessionPath path)
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
