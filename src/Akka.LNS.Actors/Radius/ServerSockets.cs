using System.Net.Sockets;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>The sockets to one service of a server, with one secret and source address: one for each 256 identifiers in use.</summary>
/// <param name="open">Opens another socket.</param>
internal sealed class ServerSockets(RadiusServerSettings settings, byte[] secret, Func<RadiusSocket> open) : IDisposable
{
    private readonly List<RadiusSocket> _sockets = [];
    private readonly Lock _lock = new(); // held only to find or open a socket, never during a wait

    public byte[] Secret { get; } = secret;

    /// <summary>True when the sockets fit these settings: secret and source address are the same.</summary>
    public bool IsFor(RadiusServerSettings next) => next.Secret == settings.Secret && Equals(next.Source, settings.Source);

    /// <summary>Lends a free identifier. Opens a new socket when all identifiers are in use.</summary>
    /// <exception cref="SocketException">The system gives no socket.</exception>
    public RadiusTicket Take(RadiusCode request, IActorRef owner)
    {
        lock (_lock)
        {
            foreach (var socket in _sockets)
                if (socket.TryTake(request, owner, out var ticket)) return ticket;
            var made = open();
            _sockets.Add(made);
            made.TryTake(request, owner, out var first); // a new socket has 256 free identifiers
            return first;
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
