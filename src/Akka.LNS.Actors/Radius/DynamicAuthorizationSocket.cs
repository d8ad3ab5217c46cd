using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>The address for CoA and Disconnect cannot be listened on; the message is for the operator.</summary>
public sealed class DynamicAuthorizationStartException : Exception
{
    public DynamicAuthorizationStartException(string message) : base(message) { }
    public DynamicAuthorizationStartException(string message, Exception inner) : base(message, inner) { }
    public DynamicAuthorizationStartException() { }
}

/// <summary>A request that has proved its secret.</summary>
internal sealed record DynamicAuthorizationArrived(DynamicAuthorizationPeer Client, IPEndPoint From, byte[] Octets) : INoSerializationVerificationNeeded;

/// <summary>One client of the settings.</summary>
internal sealed class DynamicAuthorizationPeer(DynamicAuthorizationClient settings)
{
    public string Name => settings.Name;
    public IPNetwork Network => settings.Network;
    public bool MustHaveMessageAuthenticator => settings.RequireMessageAuthenticator;
    public byte[] Secret { get; } = settings.Secret.Octets;

    /// <summary>Until then no line more about what is dropped.</summary>
    public Instant QuietUntil { get; set; }
}

/// <summary>
/// The UDP socket for CoA and Disconnect (RFC 5176 section 2.3), and the thread that reads it and proves each request: what is of no client, or does not prove the
/// secret, comes into no mailbox, and gets no answer.
/// </summary>
internal sealed class DynamicAuthorizationSocket : IDisposable
{
    /// <summary>Requests that wait in the mailbox; one more is dropped, and comes again.</summary>
    private const int MostWaiting = 1000;
    private const int BufferOctets = 1 << 20;
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private volatile DynamicAuthorizationPeer[] _clients; // the longest prefix first
    private readonly DynamicAuthorizationCounters _counters;
    private readonly NodeClock _clock;
    private readonly ILogger _log;
    private IActorRef _owner = ActorRefs.Nobody;
    private Instant _strangersQuietUntil;
    private int _waiting;
    private volatile bool _closed;

    /// <exception cref="DynamicAuthorizationStartException"/>
    public DynamicAuthorizationSocket(LnsSettings settings, DynamicAuthorizationCounters counters, NodeClock clock, ILogger log)
    {
        var own = settings.Radius.DynamicAuthorization;
        (_counters, _clock, _log) = (counters, clock, log);
        _clients = ToPeers(own.Clients);
        _strangersQuietUntil = clock.Now;
        try
        {
            _socket = new Socket(own.Listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = BufferOctets, SendBufferSize = BufferOctets };
            if (own.Listen.Address.Equals(IPAddress.IPv6Any)) _socket.DualMode = true;
            _socket.Bind(own.Listen);
        }
        catch (SocketException e)
        {
            _socket?.Dispose();
            throw new DynamicAuthorizationStartException($"cannot listen on {own.Listen} (lns.radius.dynamic-authorization.listen): {e.Message}", e);
        }
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    /// <summary>With the port that it got.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Other clients from the next request on.</summary>
    public void Change(ImmutableArray<DynamicAuthorizationClient> clients) => _clients = ToPeers(clients);

    private DynamicAuthorizationPeer[] ToPeers(ImmutableArray<DynamicAuthorizationClient> clients)
    {
        var now = _clock.Now;
        return [.. clients.Select(c => new DynamicAuthorizationPeer(c) { QuietUntil = now }).OrderByDescending(static c => c.Network.PrefixLength)];
    }

    /// <summary>From now on requests go there.</summary>
    public void Begin(IActorRef owner)
    {
        _owner = owner;
        new Thread(Receive) { IsBackground = true, Name = $"dynamic authorization {EndPoint}" }.Start();
    }

    /// <summary>The owner has read one.</summary>
    public void Read() => Interlocked.Decrement(ref _waiting);

    /// <summary>False: the system did not send it.</summary>
    public bool Send(ReadOnlySpan<byte> answer, IPEndPoint to)
    {
        try
        {
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
        _socket.Dispose();
    }

    private IPEndPoint Family(IPEndPoint to) => _socket.AddressFamily == AddressFamily.InterNetworkV6 && to.AddressFamily == AddressFamily.InterNetwork
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
                var length = _socket.ReceiveFrom(buffer, ref from);
                OnArrived(buffer.AsSpan(0, length), (IPEndPoint)from);
            }
            catch (SocketException) when (!_closed)
            {
                continue; // what the network reports of an answer is not the socket's end
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void OnArrived(ReadOnlySpan<byte> datagram, IPEndPoint from)
    {
        if (from.Address.IsIPv4MappedToIPv6) from = new IPEndPoint(from.Address.MapToIPv4(), from.Port);
        if (ClientAt(from.Address) is not { } client)
        {
            _counters.CountDropped(DynamicAuthorizationDrop.UnknownClient);
            if (_clock.Now < _strangersQuietUntil) return;
            _strangersQuietUntil = _clock.Now + Quiet;
            _log.DynamicAuthorizationDropped(from.ToString(), "it is no client");
            return;
        }
        if (!RadiusPacketView.TryRead(datagram, out var packet, out var error)
            || (packet.Code is RadiusCode.CoaRequest or RadiusCode.DisconnectRequest && (error = packet.VerifyRequest(client.Secret, client.MustHaveMessageAuthenticator)) != RadiusError.None))
        {
            _counters.CountDropped(error);
            Complain(client, from, error.ToString());
            return;
        }
        var why = packet.Code is not (RadiusCode.CoaRequest or RadiusCode.DisconnectRequest) ? DynamicAuthorizationDrop.OtherCode
            : Interlocked.Increment(ref _waiting) > MostWaiting ? DynamicAuthorizationDrop.Busy : (DynamicAuthorizationDrop?)null;
        if (why is null)
        {
            _owner.Tell(new DynamicAuthorizationArrived(client, from, packet.Octets.ToArray()), ActorRefs.NoSender);
            return;
        }
        if (why == DynamicAuthorizationDrop.Busy) Interlocked.Decrement(ref _waiting);
        _counters.CountDropped(why.Value);
        Complain(client, from, why.Value.ToString());
    }

    private DynamicAuthorizationPeer? ClientAt(IPAddress source)
    {
        foreach (var client in _clients)
            if (client.Network.Contains(source)) return client;
        return null;
    }

    /// <summary>One line a minute for each client: a forger does not fill the log.</summary>
    public void Complain(DynamicAuthorizationPeer client, IPEndPoint from, string why)
    {
        if (_clock.Now < client.QuietUntil) return;
        client.QuietUntil = _clock.Now + Quiet;
        _log.DynamicAuthorizationDropped($"{client.Name} ({from})", why);
    }

    /// <summary>As the replay guard knows it.</summary>
    public static RequestSource SourceOf(IPEndPoint from)
    {
        Span<byte> octets = stackalloc byte[16];
        from.Address.MapToIPv6().TryWriteBytes(octets, out _);
        return new RequestSource(BinaryPrimitives.ReadUInt128BigEndian(octets), (ushort)from.Port);
    }
}
