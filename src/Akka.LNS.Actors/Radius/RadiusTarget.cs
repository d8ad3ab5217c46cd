using System.Net;
using System.Net.Sockets;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Pacing;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>An answer that proves itself (<see cref="RadiusSocket"/> drops all others), for one identifier that is in use.</summary>
internal sealed record RadiusArrived(RadiusTicket Ticket, byte[] Octets) : INoSerializationVerificationNeeded;

/// <summary>The network says that nobody listens there.</summary>
internal sealed record RadiusUnreachable(RadiusTicket Ticket) : INoSerializationVerificationNeeded;

/// <summary>How many packets one server may get, for both its services. Asked by the router and the workers.</summary>
internal sealed class RadiusPace(double perSecond, int burst, Instant now)
{
    private readonly Lock _lock = new();
    private TokenBucket _bucket = TokenBucket.Of(perSecond, burst, now);

    public Instant NextAt
    {
        get
        {
            lock (_lock) return _bucket.NextAt;
        }
    }

    public bool TryTake(Instant now)
    {
        lock (_lock) return _bucket.TryTake(now, out _bucket);
    }
}

/// <summary>One identifier of one socket, on loan to one request.</summary>
internal sealed class RadiusTicket(RadiusSocket socket, byte identifier, RadiusCode request, IActorRef owner)
{
    private const int MostUnread = 16;
    private int _unread;
    private bool _lied;

    public RadiusSocket Socket { get; } = socket;
    public byte Identifier { get; } = identifier;
    public RadiusCode Request { get; } = request;
    public IActorRef Owner { get; } = owner;

    /// <summary>Of the request that was sent: what its answer is verified by.</summary>
    public byte[] Authenticator { get; } = new byte[RadiusPacketView.AuthenticatorLength];

    /// <summary>True for the first bad answer: one line in the log for each request, however many there are.</summary>
    public bool IsFirstLie() => !_lied && (_lied = true);

    /// <summary>False: so many answers to this one request wait to be read that nobody honest sent them.</summary>
    public bool TryArrive()
    {
        if (Interlocked.Increment(ref _unread) <= MostUnread) return true;
        Interlocked.Decrement(ref _unread);
        return false;
    }

    /// <summary>An answer has been read.</summary>
    public void Read() => Interlocked.Decrement(ref _unread);

    public void Return() => Socket.Return(this);
}

/// <summary>One service (authentication or accounting) of one server: its address, secret, and as many sockets as identifiers are needed.</summary>
internal sealed class RadiusTarget : IDisposable
{
    private readonly IPEndPoint _endpoint;
    private readonly IPAddress? _source;
    private readonly LnsNodeContext _node;
    private volatile RadiusServerSettings _settings;
    private volatile RadiusPace? _pace;
    private volatile RadiusTarget? _successor;
    private readonly List<RadiusSocket> _sockets = [];
    private readonly Lock _lock = new(); // only taken to find or make a socket, never while one waits

    public RadiusTarget(RadiusServerSettings settings, IPEndPoint endpoint, RadiusPace? pace, LnsNodeContext node)
    {
        (_pace, _node, _settings) = (pace, node, settings);
        (_endpoint, _source, Secret) = (endpoint, settings.Source, settings.Secret.Octets);
        Name = $"{settings.Name} ({endpoint})";
    }

    public string Name { get; }
    public RadiusServerSettings Settings => _settings;
    public byte[] Secret { get; }

    /// <summary>null: it may be asked as fast as workers can.</summary>
    public RadiusPace? Pace => _pace;

    /// <summary>This one, or what has taken its place: the same server with another secret or source, which the next packet goes by.</summary>
    public RadiusTarget Latest
    {
        get
        {
            var latest = this;
            while (latest._successor is { } next) latest = next;
            return latest;
        }
    }

    /// <summary>The same service of the same server.</summary>
    public bool IsOf(RadiusServerSettings settings, IPEndPoint endpoint) => settings.Name == _settings.Name && endpoint.Equals(_endpoint);

    /// <summary>For <see cref="IsOf"/>: itself when its sockets still do, else its successor.</summary>
    public RadiusTarget Change(RadiusServerSettings settings, RadiusPace? pace)
    {
        if (settings.Secret != _settings.Secret || !Equals(settings.Source, _source)) return _successor = new RadiusTarget(settings, _endpoint, pace, _node);
        (_settings, _pace) = (settings, pace);
        return this;
    }

    /// <summary>A free identifier: 256 to a socket, so there are more sockets when more are under way.</summary>
    /// <exception cref="SocketException">The system gives no socket.</exception>
    public RadiusTicket Take(RadiusCode request, IActorRef owner)
    {
        lock (_lock)
        {
            foreach (var socket in _sockets)
                if (socket.TryTake(request, owner, out var ticket)) return ticket;
            var made = new RadiusSocket(_endpoint, _source, Name, Secret, _node);
            _sockets.Add(made);
            return made.TryTake(request, owner, out var first) ? first : throw new InvalidOperationException("a new socket has 256 free identifiers");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var socket in _sockets) socket.Dispose();
            _sockets.Clear();
        }
    }
}

/// <summary>A connected UDP socket with its 256 identifiers and the thread that reads it; connected, so that a closed port is known at once.</summary>
internal sealed class RadiusSocket : IDisposable
{
    private const int BufferOctets = 1 << 20;
    private readonly Socket _socket;
    private readonly RadiusTicket?[] _tickets = new RadiusTicket?[256];
    private readonly Lock _lock = new();
    private byte _next;
    private int _used;
    private readonly string _name;
    private readonly byte[] _secret;
    private readonly LnsNodeContext _node;
    private volatile bool _closed;

    public RadiusSocket(IPEndPoint endpoint, IPAddress? source, string name, byte[] secret, LnsNodeContext node)
    {
        (_name, _secret, _node) = (name, secret, node);
        _socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = BufferOctets, SendBufferSize = BufferOctets };
        try
        {
            if (source is not null) _socket.Bind(new IPEndPoint(source, 0));
            _socket.Connect(endpoint);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        (Ours, Theirs) = ((IPEndPoint)_socket.LocalEndPoint!, endpoint);
        new Thread(Receive) { IsBackground = true, Name = $"radius {endpoint}" }.Start();
    }

    /// <summary>Of the socket.</summary>
    public IPEndPoint Ours { get; }

    /// <summary>Of the server.</summary>
    public IPEndPoint Theirs { get; }

    public bool TryTake(RadiusCode request, IActorRef owner, out RadiusTicket ticket)
    {
        lock (_lock)
        {
            ticket = null!;
            if (_used == _tickets.Length) return false;
            while (_tickets[_next] is not null) _next++;
            ticket = _tickets[_next] = new RadiusTicket(this, _next, request, owner);
            _next++; // the longest unused comes next: a late answer finds nobody
            _used++;
            return true;
        }
    }

    public void Return(RadiusTicket ticket)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_tickets[ticket.Identifier], ticket)) return;
            _tickets[ticket.Identifier] = null;
            _used--;
        }
    }

    /// <summary>False: the network refused it, as a lost packet would be: the exchange's clock goes on.</summary>
    public bool Send(ReadOnlySpan<byte> packet)
    {
        try
        {
            try
            {
                _socket.Send(packet);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                OnRefused(); // it is about a packet before this one, which has not been sent yet
                _socket.Send(packet);
            }
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void Receive()
    {
        var buffer = new byte[RadiusPacketView.MaxLength];
        while (!_closed)
        {
            try
            {
                var length = _socket.Receive(buffer);
                OnArrived(buffer.AsSpan(0, length));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                OnRefused();
            }
            catch (SocketException) when (!_closed)
            {
                continue; // what the network reports of one packet is not the socket's end
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Here, and not by who waits: what does not prove itself comes into no mailbox, so however many forged answers there are, the right one finds its way.
    /// </summary>
    private void OnArrived(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < RadiusPacketView.HeaderLength)
        {
            _node.Counters.CountDropped(RadiusError.Truncated);
            return;
        }
        if (Volatile.Read(ref _tickets[answer[1]]) is not { } ticket)
        {
            _node.Counters.CountDropped(RadiusError.UnknownIdentifier);
            return;
        }
        if (!RadiusPacketView.TryRead(answer, out var packet, out var error)
            || (error = packet.VerifyResponse(ticket.Request, ticket.Identifier, ticket.Authenticator, _secret, _node.Settings.Radius.RequireMessageAuthenticator)) != RadiusError.None)
        {
            _node.Counters.CountDropped(error);
            if (ticket.IsFirstLie()) _node.Log.RadiusAnswerDropped(_name, error.ToString());
        }
        else if (!ticket.TryArrive())
        {
            _node.Counters.CountRadiusFlooded();
        }
        else
        {
            ticket.Owner.Tell(new RadiusArrived(ticket, answer.ToArray()), ActorRefs.NoSender);
        }
    }

    private void OnRefused()
    {
        foreach (var ticket in _tickets)
            ticket?.Owner.Tell(new RadiusUnreachable(ticket), ActorRefs.NoSender);
    }

    public void Dispose()
    {
        _closed = true;
        _socket.Dispose();
    }
}
