using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>Status-Server probes (RFC 5997): at most one for each service of a server. Only the router uses them.</summary>
internal sealed class ServerProbes(RadiusServers servers, ILogger log)
{
    private readonly Dictionary<RadiusTicket, ServerId> _probes = [];

    /// <summary>Sends a probe. An earlier one to the server is lost.</summary>
    /// <param name="owner">Actor that gets the answer.</param>
    public void Send(ServerId server, string nasIdentifier, IActorRef owner)
    {
        foreach (var (old, to) in _probes)
        {
            if (to != server) continue;
            _probes.Remove(old);
            old.Return();
            break;
        }
        var sockets = servers.SocketsOf(server);
        RadiusTicket ticket;
        try
        {
            ticket = sockets.Take(RadiusCode.StatusServer, owner);
        }
        catch (SocketException e)
        {
            // the timeout of the probe counts it as lost
            log.RadiusServerState(servers.NameOf(server), $"socket not opened: {e.Message}");
            return;
        }
        Span<byte> packet = stackalloc byte[256];
        Span<byte> authenticator = stackalloc byte[RadiusPacketView.AuthenticatorLength];
        RandomNumberGenerator.Fill(authenticator);
        var length = AccessRequest.WriteStatusServer(packet, ticket.Identifier, authenticator, sockets.Secret, nasIdentifier);
        authenticator.CopyTo(ticket.Authenticator);
        _probes.Add(ticket, server);
        ticket.Socket.Send(packet[..length]);
    }

    /// <summary>An answer to a probe. Null: the probe had been given up.</summary>
    public ServerId? Answered(RadiusArrived arrived)
    {
        arrived.Ticket.Read();
        if (!_probes.Remove(arrived.Ticket, out var server)) return null;
        arrived.Ticket.Return();
        return server;
    }

    /// <summary>Drops the probes of servers that are not in the pool.</summary>
    public void Keep(ServerPool pool)
    {
        foreach (var (ticket, server) in _probes)
        {
            if (pool.Contains(server)) continue;
            _probes.Remove(ticket);
            ticket.Return();
        }
    }
}
