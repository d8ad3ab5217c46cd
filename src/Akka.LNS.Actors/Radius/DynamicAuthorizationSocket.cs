using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.L2tpSockets;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// UDP socket for CoA and Disconnect (RFC 5176 section 2.3), and the thread that reads it and verifies each request. A packet that is not
/// from a client, or does not prove the secret, enters no mailbox and gets no answer.
/// </summary>
internal sealed class DynamicAuthorizationSocket : IDisposable
{
    /// <summary>Maximum number of requests in the mailbox. One more is dropped; its client sends it again.</summary>
    private const int MaxWaiting = 1000;
    private const int BufferOctets = 1 << 20;

    /// <summary>Time between two lines in the log about dropped requests of one client.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private readonly bool _isWildcard;
    private volatile DynamicAuthorizationPeer[] _clients; // the longest prefix first
    private readonly DynamicAuthorizationCounters _counters;
    private readonly NodeClock _clock;
    private readonly ILogger _log;
    private IActorRef _owner = ActorRefs.Nobody;
    private Instant _othersQuietUntil;
    private int _waiting;
    private volatile bool _closed;

    /// <exception cref="DynamicAuthorizationStartException">The address cannot be listened on.</exception>
    public DynamicAuthorizationSocket(LnsSettings settings, DynamicAuthorizationCounters counters, NodeClock clock, ILogger log)
    {
        var own = settings.Radius.DynamicAuthorization;
        (_counters, _clock, _log) = (counters, clock, log);
        _clients = ToPeers(own.Clients);
        _othersQuietUntil = clock.Now;
        try
        {
            _socket = new Socket(own.Listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            {
                ReceiveBufferSize = BufferOctets, SendBufferSize = BufferOctets,
            };
            if (own.Listen.Address.Equals(IPAddress.IPv6Any)) _socket.DualMode = true;
            if (own.Listen.AddressFamily == AddressFamily.InterNetwork || _socket.DualMode)
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
            if (own.Listen.AddressFamily == AddressFamily.InterNetworkV6)
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
            _socket.Bind(own.Listen);
        }
        catch (SocketException e)
        {
            _socket?.Dispose();
            throw new DynamicAuthorizationStartException(
                $"cannot listen on {own.Listen} (lns.radius.dynamic-authorization.listen): {e.Message}", e);
        }
        counters.Overflows.Add(_socket);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _isWildcard = own.Listen.Address.Equals(IPAddress.Any) || own.Listen.Address.Equals(IPAddress.IPv6Any);
    }

    /// <summary>Address and port of the socket.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Replaces the clients, from the next request on.</summary>
    public void Change(ImmutableArray<DynamicAuthorizationClient> clients) => _clients = ToPeers(clients);

    private DynamicAuthorizationPeer[] ToPeers(ImmutableArray<DynamicAuthorizationClient> clients)
    {
        var now = _clock.Now;
        var peers = clients.Select(c => new DynamicAuthorizationPeer(c) { QuietUntil = now });
        return [.. peers.OrderByDescending(static c => c.Network.PrefixLength)];
    }

    /// <summary>Starts to read. Requests go to this actor.</summary>
    public void Begin(IActorRef owner)
    {
        _owner = owner;
        new Thread(Receive) { IsBackground = true, Name = $"dynamic authorization {EndPoint}" }.Start();
    }

    /// <summary>The owner has read a request.</summary>
    public void Read() => Interlocked.Decrement(ref _waiting);

    /// <summary>Sends an answer. False: the system did not send it.</summary>
    /// <param name="from">
    /// Destination of the request. Where the node has several addresses the answer leaves from it, because a client takes no answer from
    /// another. A broadcast address is no source: the system chooses one.
    /// </param>
    public bool Send(ReadOnlySpan<byte> answer, IPEndPoint to, IPAddress from)
    {
        try
        {
            if (_isWildcard && SourcedDatagram.TrySend(_socket, answer, to, from)) return true;
            return _socket.SendTo(answer, Family(to)) == answer.Length;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _closed = true;
        _counters.Overflows.Remove(_socket);
        _socket.Dispose();
    }

    private IPEndPoint Family(IPEndPoint to) =>
        _socket.AddressFamily == AddressFamily.InterNetworkV6 && to.AddressFamily == AddressFamily.InterNetwork
        ? new IPEndPoint(to.Address.MapToIPv6(), to.Port) : to;

    private void Receive()
    {
        var buffer = new byte[RadiusPacketView.MaxLength + 1];
        var any = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!_closed)
        {
            try
            {
                EndPoint from = any;
                var flags = SocketFlags.None;
                var length = _socket.ReceiveMessageFrom(buffer.AsSpan(), ref flags, ref from, out var to);
                OnArrived(buffer.AsSpan(0, length), (IPEndPoint)from, to.Address);
            }
            catch (SocketException) when (!_closed)
            {
                continue; // an error that the network reports for an answer does not end the socket
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void OnArrived(ReadOnlySpan<byte> datagram, IPEndPoint from, IPAddress to)
    {
        if (from.Address.IsIPv4MappedToIPv6) from = new IPEndPoint(from.Address.MapToIPv4(), from.Port);
        if (ClientAt(from.Address) is not { } client)
        {
            _counters.CountDropped(DynamicAuthorizationDrop.UnknownClient);
            if (_clock.Now < _othersQuietUntil) return;
            _othersQuietUntil = _clock.Now + Quiet;
            _log.DynamicAuthorizationDropped(from.ToString(), "not a configured client");
            return;
        }
        if (!RadiusPacketView.TryRead(datagram, out var packet, out var error)
            || (IsRequest(packet.Code)
                && (error = packet.VerifyRequest(client.Secret, client.RequiresMessageAuthenticator)) != RadiusError.None))
        {
            _counters.CountDropped(error);
            LogDropped(client, from, error.ToString());
            return;
        }
        var why = !IsRequest(packet.Code) ? DynamicAuthorizationDrop.OtherCode
            : Interlocked.Increment(ref _waiting) > MaxWaiting ? DynamicAuthorizationDrop.Busy : (DynamicAuthorizationDrop?)null;
        if (why is null)
        {
            _owner.Tell(new DynamicAuthorizationArrived(client, from, to, packet.Octets.ToArray()), ActorRefs.NoSender);
            return;
        }
        if (why == DynamicAuthorizationDrop.Busy) Interlocked.Decrement(ref _waiting);
        _counters.CountDropped(why.Value);
        LogDropped(client, from, why.Value.ToString());
    }

    private static bool IsRequest(RadiusCode code) => code is RadiusCode.CoaRequest or RadiusCode.DisconnectRequest;

    private DynamicAuthorizationPeer? ClientAt(IPAddress source)
    {
        foreach (var client in _clients)
            if (client.Network.Contains(source)) return client;
        return null;
    }

    /// <summary>Logs a dropped request: one line a minute for each client, so that forged requests do not fill the log.</summary>
    public void LogDropped(DynamicAuthorizationPeer client, IPEndPoint from, string why)
    {
        if (_clock.Now < client.QuietUntil) return;
        client.QuietUntil = _clock.Now + Quiet;
        _log.DynamicAuthorizationDropped($"{client.Name} ({from})", why);
    }

    /// <summary>The source of a request for the replay guard.</summary>
    public static RequestSource SourceOf(IPEndPoint from)
    {
        Span<byte> octets = stackalloc byte[16];
        from.Address.MapToIPv6().TryWriteBytes(octets, out _);
        return new RequestSource(BinaryPrimitives.ReadUInt128BigEndian(octets), (ushort)from.Port);
    }
}
