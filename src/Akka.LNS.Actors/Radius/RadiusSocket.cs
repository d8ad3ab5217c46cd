using System.Net;
using System.Net.Sockets;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>A UDP socket to one service of a server, with its 256 identifiers and the thread that reads it.</summary>
/// <remarks>It is connected, so that the system reports a closed port at once, and drops packets from other addresses.</remarks>
internal sealed class RadiusSocket : IDisposable
{
    private const int BufferOctets = 1 << 20;
    private readonly Socket _socket;
    private readonly RadiusTicket?[] _tickets = new RadiusTicket?[256];
    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly byte[] _secret;
    private readonly LiveSettings _live;
    private readonly NodeCounters _counters;
    private readonly ILogger _log;
    private byte _next;
    private int _used;
    private volatile bool _closed;

    /// <param name="source">Address that packets leave from; null: the system chooses.</param>
    /// <param name="name">Name of the server for the log.</param>
    /// <exception cref="SocketException">The system gives no socket.</exception>
    public RadiusSocket(IPEndPoint endpoint, IPAddress? source, string name, byte[] secret, LiveSettings live,
        NodeCounters counters, ILogger log)
    {
        (_name, _secret, _live, _counters, _log) = (name, secret, live, counters, log);
        _socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = BufferOctets, SendBufferSize = BufferOctets,
        };
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
        counters.RadiusOverflows.Add(_socket);
        (Ours, Theirs) = ((IPEndPoint)_socket.LocalEndPoint!, endpoint);
        new Thread(Receive) { IsBackground = true, Name = $"radius {endpoint}" }.Start();
    }

    /// <summary>Address and port of the socket.</summary>
    public IPEndPoint Ours { get; }

    /// <summary>Address and port of the server.</summary>
    public IPEndPoint Theirs { get; }

    /// <summary>Lends an identifier. False: all 256 are in use.</summary>
    public bool TryTake(RadiusCode request, IActorRef owner, out RadiusTicket ticket)
    {
        lock (_lock)
        {
            ticket = null!;
            if (_used == _tickets.Length) return false;
            while (_tickets[_next] is not null) _next++;
            ticket = _tickets[_next] = new RadiusTicket(this, _next, request, owner);
            _next++; // use the identifiers in a circle, so that a late answer meets no new request
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

    /// <summary>Sends a packet. A packet that the system does not send counts as lost, and the timeout of the request continues.</summary>
    public void Send(ReadOnlySpan<byte> packet)
    {
        try
        {
            try
            {
                _socket.Send(packet);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                OnRefused(); // the error is about a packet before this one, and this one is not sent yet
                _socket.Send(packet);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
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
                continue; // an error that the network reports for one packet does not end the socket
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Verifies an answer on this thread, so that a forged one enters no mailbox and cannot displace the genuine one.</summary>
    private void OnArrived(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < RadiusPacketView.HeaderLength)
        {
            _counters.CountDropped(RadiusError.Truncated);
            return;
        }
        if (Volatile.Read(ref _tickets[answer[1]]) is not { } ticket)
        {
            _counters.CountDropped(RadiusError.UnknownIdentifier);
            return;
        }
        if (Verify(answer, ticket) is var error && error != RadiusError.None)
        {
            _counters.CountDropped(error);
            if (ticket.IsFirstBadAnswer()) _log.RadiusAnswerDropped(_name, error.ToString());
        }
        else if (!ticket.TryArrive())
        {
            _counters.CountRadiusFlooded();
        }
        else
        {
            ticket.Owner.Tell(new RadiusArrived(ticket, answer.ToArray()), ActorRefs.NoSender);
        }
    }

    private RadiusError Verify(ReadOnlySpan<byte> answer, RadiusTicket ticket)
    {
        if (!RadiusPacketView.TryRead(answer, out var packet, out var error)) return error;
        var mustBeSigned = _live.Current.Radius.RequireMessageAuthenticator;
        return packet.VerifyResponse(ticket.Request, ticket.Identifier, ticket.Authenticator, _secret, mustBeSigned);
    }

    private void OnRefused()
    {
        foreach (var ticket in _tickets)
            ticket?.Owner.Tell(new RadiusUnreachable(ticket), ActorRefs.NoSender);
    }

    public void Dispose()
    {
        _closed = true;
        _counters.RadiusOverflows.Remove(_socket);
        _socket.Dispose();
    }
}
