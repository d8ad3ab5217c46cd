using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// The current <see cref="ServerPool"/> and the sockets to its servers. The router changes it; workers take tokens and sockets.
/// </summary>
internal sealed class RadiusServers(LiveSettings live, NodeCounters counters, ILogger log)
{
    private readonly record struct Retired(int Generation, ServerId Server, ServerSockets Sockets);

    private readonly Lock _lock = new(); // for the pool: workers take tokens while the router changes it
    private readonly List<Retired> _retired = [];
    private ServerPool _pool = ServerPool.Empty;
    private volatile ImmutableDictionary<ServerId, ServerSockets> _sockets = ImmutableDictionary<ServerId, ServerSockets>.Empty;

    public ServerPool Pool => Volatile.Read(ref _pool);

    /// <summary>Name of a server of the pool, for log lines.</summary>
    public string NameOf(ServerId server) => Pool.Of(server.Service).First(s => s.Id == server).DisplayName;

    /// <summary>True when sockets of earlier settings wait for <see cref="Release"/>.</summary>
    public bool HasRetired => _retired.Count > 0;

    /// <summary>The next generation of the pool. Sockets of a server stay, unless its address, secret or source address changes.</summary>
    public void Change(ImmutableArray<RadiusServerSettings> servers, ServerSets sets, Instant now)
    {
        ServerPool before, next;
        lock (_lock)
        {
            before = _pool;
            next = before.With([.. servers.Select(ToPool)], sets.Names, now);
            var sockets = _sockets.ToBuilder();
            foreach (var server in Both(next))
            {
                var own = servers.First(s => s.Name == server.Id.Name);
                if (sockets.TryGetValue(server.Id, out var known))
                {
                    if (known.IsFor(own)) continue;
                    _retired.Add(new Retired(next.Generation, server.Id, known));
                }
                sockets[server.Id] = Open(server, own);
            }
            foreach (var server in Both(before))
                if (!next.Contains(server.Id)) _retired.Add(new Retired(next.Generation, server.Id, sockets[server.Id]));
            _sockets = sockets.ToImmutable(); // before the pool: each server of a pool has sockets
            Volatile.Write(ref _pool, next);
        }
    }

    /// <summary>Closes the sockets that no request can use any more.</summary>
    /// <param name="oldest">Generation of the oldest pool that a running request uses.</param>
    public void Release(int oldest)
    {
        for (var i = _retired.Count - 1; i >= 0; i--)
        {
            var retired = _retired[i];
            if (retired.Generation > oldest) continue;
            retired.Sockets.Dispose();
            if (_sockets.GetValueOrDefault(retired.Server) == retired.Sockets) _sockets = _sockets.Remove(retired.Server);
            _retired.RemoveAt(i);
        }
    }

    /// <summary>Sockets for the next packet to a server, also to a removed one that a running request uses.</summary>
    public ServerSockets SocketsOf(ServerId server) => _sockets[server];

    /// <inheritdoc cref="ServerPool.Reserve"/>
    public ServerReservation Reserve(RadiusService service, int set, uint random, Instant now)
    {
        lock (_lock)
        {
            var reserved = _pool.Reserve(service, set, random, now);
            Volatile.Write(ref _pool, reserved.Pool);
            return reserved;
        }
    }

    /// <summary>Takes a token for one packet to the server. False: its rate limit is reached.</summary>
    /// <param name="nextToken">If false: time from which a packet is allowed.</param>
    public bool TryTakeToken(ServerId server, Instant now, out Instant nextToken)
    {
        lock (_lock)
        {
            var taken = _pool.TryTakeToken(server.Name, now, out var next, out nextToken);
            Volatile.Write(ref _pool, next);
            return taken;
        }
    }

    /// <inheritdoc cref="ServerPool.On"/>
    public ImmutableArray<ServerHealthEffect> On(ServerId server, ServerHealthEvent ev, Instant now)
    {
        lock (_lock)
        {
            var (next, effects) = _pool.On(server, ev, now);
            Volatile.Write(ref _pool, next);
            return effects;
        }
    }

    /// <summary>Closes all sockets.</summary>
    public void Close()
    {
        foreach (var (_, sockets) in _sockets) sockets.Dispose();
        foreach (var retired in _retired) retired.Sockets.Dispose();
    }

    private static IEnumerable<PoolServer> Both(ServerPool pool) =>
        [.. pool.Of(RadiusService.Authentication), .. pool.Of(RadiusService.Accounting)];

    private ServerSockets Open(PoolServer server, RadiusServerSettings own)
    {
        var endpoint = server.Id.Service == RadiusService.Authentication ? own.Authentication : own.Accounting;
        var secret = own.Secret.Octets;
        return new ServerSockets(
            own, secret, () => new RadiusSocket(endpoint, own.Source, server.DisplayName, secret, live, counters, log));
    }

    private static PoolServerSettings ToPool(RadiusServerSettings server) => new(
        server.Name, ToPool(server.Authentication), ToPool(server.Accounting),
        new RadiusServerPolicy(server.Priority, server.Weight, server.Timeout, server.Retries + 1),
        ServerHealthSettings.Default with { DeadAfter = server.DeadAfter, DeadTime = server.DeadTime, StatusServer = server.StatusServer },
        server.RequestsPerSecond is { } rate ? new ServerPace(rate, server.Burst) : null);

    private static string? ToPool(IPEndPoint endpoint) => endpoint.Port == 0 ? null : endpoint.ToString();
}
