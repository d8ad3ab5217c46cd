using System.Net.Sockets;
using Akka.LNS.DataPlane.L2tpSockets;

namespace Akka.LNS.Actors.Counters;

/// <summary>
/// Datagrams that the kernel dropped at full receive buffers of sockets, those of closed sockets included. The kernel counts them; a
/// reader pays for one system call for each open socket.
/// </summary>
public sealed class SocketOverflows
{
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private long _ofClosed;

    /// <summary>Number since the start.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
            {
                var sum = _ofClosed;
                foreach (var socket in _open) sum += DroppedDatagrams.Of(socket);
                return sum;
            }
        }
    }

    internal void Add(Socket socket)
    {
        lock (_lock) _open.Add(socket);
    }

    /// <summary>Keeps the number of a socket. Call it before the socket is closed.</summary>
    internal void Remove(Socket socket)
    {
        lock (_lock)
            if (_open.Remove(socket)) _ofClosed += DroppedDatagrams.Of(socket);
    }
}
