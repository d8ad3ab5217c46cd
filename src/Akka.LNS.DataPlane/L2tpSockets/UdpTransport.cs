using System.Collections.Immutable;
using System.Net;
using Akka.LNS.DataPlane.Contract;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>L2TP over UDP (RFC 2661 section 8.1). Each end point has a socket for control, one for PPP control and several for
/// data.</summary>
internal sealed unsafe class UdpTransport : IL2tpTransport
{
    private readonly ListenSettings _settings;
    private ImmutableArray<Listener> _listeners = [];
    private ImmutableArray<IPEndPoint> _listening = [];
    private ImmutableArray<TransportReader> _readers = [];
    private DatagramReceiver[] _receivers = [];
    private DatagramSender[] _senders = [];
    private readonly DatagramSender _control = new();

    /// <exception cref="ArgumentException">Not 1 to 255 end points.</exception>
    public UdpTransport(ListenSettings settings)
    {
        if (settings.Endpoints.Length is 0 or > 255) throw new ArgumentException("1 to 255 end points", nameof(settings));
        _settings = settings;
    }

    public IReadOnlyList<IPEndPoint> Listening => _listening;
    public IReadOnlyList<TransportReader> Readers => _readers;

    public void Open(int writers, Action<string> warn)
    {
        foreach (var endpoint in _settings.Endpoints) // the array grows as they open: a failure closes those before it
            _listeners = _listeners.Add(Listener.Open((byte)_listeners.Length, endpoint, _settings, warn));
        _listening = [.. _listeners.Select(static listener => listener.Bound)];
        _receivers = [.. _listeners.SelectMany(static listener => listener.Sockets.Select(fd => new DatagramReceiver(listener, fd)))];
        _readers = [.. _listeners.SelectMany(static listener => listener.Sockets.Select((_, i) => ReaderOf(listener, i)))];
        _senders = [.. Enumerable.Range(0, writers).Select(static _ => new DatagramSender())];
    }

    public void ReadBatch(int reader, PacketBatch batch) => _receivers[reader].Read(batch);

    public int WriteBatch(int writer, DatagramList datagrams) => Write(_senders[writer], writer, datagrams);

    public int WriteControl(DatagramList datagrams) => Write(_control, null, datagrams);

    /// <param name="worker">Worker whose data sockets are used. Null: the control sockets.</param>
    private int Write(DatagramSender sender, int? worker, DatagramList datagrams)
    {
        var refused = 0;
        var (socket, first) = (-1, 0);
        for (var i = 0; i < datagrams.Count; i++)
        {
            var listener = _listeners[datagrams.Flow(i).Listener];
            var wanted = worker is { } number ? listener.DataSocket(number) : listener.ControlSocket;
            if (i > first && wanted != socket)
            {
                refused += sender.Send(socket, first, i);
                first = i;
            }
            socket = wanted;
            sender.Prepare(i, datagrams, listener);
        }
        refused += sender.Send(socket, first, datagrams.Count);
        datagrams.Clear();
        return refused;
    }

    public bool Send(in UdpFlow flow, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (flow.Listener >= _listeners.Length) return false;
        var listener = _listeners[flow.Listener];
        var address = stackalloc byte[SocketOctets.MaxAddress];
        var control = stackalloc byte[SocketOctets.MaxControl];
        var vectors = stackalloc iovec[2];
        fixed (byte* one = first)
        fixed (byte* two = second)
        {
            vectors[0] = new iovec { iov_base = one, iov_len = first.Length };
            vectors[1] = new iovec { iov_base = two, iov_len = second.Length };
            var message = new msghdr
            {
                msg_name = address,
                msg_namelen = SocketOctets.WriteAddress(address, listener.IsIpv6, flow.RemoteAddress, flow.RemotePort),
                msg_iov = vectors,
                msg_iovlen = second.IsEmpty ? 1 : 2,
                msg_control = control,
                msg_controllen = listener.IsWildcard ? SocketOctets.WritePktinfo(control, listener.IsIpv6, flow.LocalAddress) : 0,
            };
            ssize_t sent;
            do sent = sendmsg(listener.ControlSocket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
            while (sent < 0 && errno == EINTR);
            return sent >= 0;
        }
    }

    public ulong Overflows
    {
        get
        {
            var sum = 0ul;
            foreach (var listener in _listeners) sum += listener.Overflows();
            return sum;
        }
    }

    public void Wake()
    {
        foreach (var listener in _listeners) listener.Wake();
    }

    public void Dispose()
    {
        foreach (var listener in _listeners) listener.Dispose();
    }

    /// <summary>Data sockets have a worker each; the others share the first one.</summary>
    private static TransportReader ReaderOf(Listener listener, int socket) => socket switch
    {
        Listener.Control => new TransportReader($"lns-control-{listener.Index}", 0),
        Listener.Ppp => new TransportReader($"lns-ppp-{listener.Index}", 0),
        _ => new TransportReader($"lns-data-{listener.Index}-{socket - Listener.FirstData}", socket - Listener.FirstData),
    };
}
