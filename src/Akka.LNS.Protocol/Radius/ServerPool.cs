using System.Collections.Immutable;
using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Protocol.Radius;

/// <summary>
/// The RADIUS servers of one generation of the settings, with health and tokens of each. Immutable: each change gives another pool.
/// </summary>
/// <remarks>
/// A request keeps the pool that it began with, and reports by <see cref="ServerId"/>. A report that comes after a reload counts for the
/// server that has this identity now, or for none. A server set is a list of names; set 0 is all servers.
/// </remarks>
public sealed class ServerPool
{
    /// <param name="Sets">Of each server set, which servers are in it; empty: all are.</param>
    private sealed record Members(
        ImmutableArray<PoolServer> Servers, ImmutableArray<RadiusServerPolicy> Policies, ImmutableArray<ImmutableArray<bool>> Sets)
    {
        public static readonly Members None = new([], [], []);

        public int IndexOf(ServerId id)
        {
            for (var i = 0; i < Servers.Length; i++)
                if (Servers[i].Id == id) return i;
            return -1;
        }

        public PoolServer? Find(string name, string endpoint)
        {
            foreach (var server in Servers)
                if (server.Id.Name == name && server.Endpoint == endpoint) return server;
            return null;
        }
    }

    /// <param name="HasLeft">The server is not in the pool: requests that it still has keep to its rate until the next generation.</param>
    private readonly record struct Tokens(string Name, ServerPace Pace, TokenBucket Bucket, bool HasLeft);

    /// <summary>A pool without servers, before the first settings.</summary>
    public static readonly ServerPool Empty = new(0, Members.None, [], Members.None, [], []);

    private readonly Members _authentication, _accounting;
    private readonly ImmutableArray<ServerHealthState> _authenticationHealth, _accountingHealth;
    private readonly ImmutableArray<Tokens> _tokens;

    private ServerPool(int generation, Members authentication, ImmutableArray<ServerHealthState> authenticationHealth,
        Members accounting, ImmutableArray<ServerHealthState> accountingHealth, ImmutableArray<Tokens> tokens)
    {
        Generation = generation;
        (_authentication, _authenticationHealth) = (authentication, authenticationHealth);
        (_accounting, _accountingHealth) = (accounting, accountingHealth);
        _tokens = tokens;
    }

    /// <summary>Number of settings that the pool has had.</summary>
    public int Generation { get; }

    /// <summary>
    /// The servers that have this service, in the order of the settings. <see cref="ServerCandidate.Index"/> is a place in it.
    /// </summary>
    public ImmutableArray<PoolServer> Of(RadiusService service) => MembersOf(service).Servers;

    /// <summary>Health of the servers of <see cref="Of"/>, in the same order.</summary>
    public ImmutableArray<ServerHealthState> HealthOf(RadiusService service) =>
        service == RadiusService.Authentication ? _authenticationHealth : _accountingHealth;

    /// <summary>Whether the server is in the pool.</summary>
    public bool Contains(ServerId id) => MembersOf(id.Service).IndexOf(id) >= 0;

    /// <summary>When a server wants <see cref="ServerHealthEvent.Tick"/>; null: never.</summary>
    public Instant? NextDeadline
    {
        get
        {
            Instant? due = null;
            foreach (var health in _authenticationHealth) due = Instant.Earliest(due, ServerHealth.NextDeadline(health));
            foreach (var health in _accountingHealth) due = Instant.Earliest(due, ServerHealth.NextDeadline(health));
            return due;
        }
    }

    /// <summary>Servers that want <see cref="ServerHealthEvent.Tick"/> now.</summary>
    public ImmutableArray<ServerId> Due(Instant now)
    {
        var due = ImmutableArray.CreateBuilder<ServerId>();
        foreach (var service in (ReadOnlySpan<RadiusService>)[RadiusService.Authentication, RadiusService.Accounting])
        {
            var (servers, health) = (Of(service), HealthOf(service));
            for (var i = 0; i < servers.Length; i++)
                if (ServerHealth.NextDeadline(health[i]) <= now) due.Add(servers[i].Id);
        }
        return due.DrainToImmutable();
    }

    /// <summary>Whether a server of the set may be asked. A set without any server of this service means all servers.</summary>
    public bool IsAlive(RadiusService service, int set)
    {
        var (health, among) = (HealthOf(service), MembersOf(service).Sets[set]);
        for (var i = 0; i < health.Length; i++)
            if (health[i].IsUsable && (among.IsEmpty || among[i])) return true;
        return false;
    }

    /// <summary>
    /// The next generation. A server with the same name, service and address stays: it keeps identity, health and tokens.
    /// </summary>
    /// <param name="sets">Server sets by names; the first is empty, which means all.</param>
    public ServerPool With(ImmutableArray<PoolServerSettings> servers, ImmutableArray<ImmutableArray<string>> sets, Instant now)
    {
        var generation = Generation + 1;
        var (authentication, authenticationHealth) = NextOf(RadiusService.Authentication);
        var (accounting, accountingHealth) = NextOf(RadiusService.Accounting);
        return new ServerPool(generation, authentication, authenticationHealth, accounting, accountingHealth, NextTokens(servers, now));

        (Members, ImmutableArray<ServerHealthState>) NextOf(RadiusService service)
        {
            var (before, healthBefore) = (MembersOf(service), HealthOf(service));
            var members = ImmutableArray.CreateBuilder<PoolServer>();
            var health = ImmutableArray.CreateBuilder<ServerHealthState>();
            foreach (var server in servers)
            {
                if (server.EndpointOf(service) is not { } endpoint) continue;
                var known = before.Find(server.Name, endpoint);
                var id = known?.Id ?? new ServerId(server.Name, service, generation);
                members.Add(new PoolServer(id, endpoint, server.Policy, server.Health));
                health.Add(known is null ? ServerHealthState.At(now, server.Health)
                    : ServerHealth.With(healthBefore[before.IndexOf(known.Id)], known.HealthSettings, server.Health, now));
            }
            var list = members.DrainToImmutable();
            var next = new Members(list, [.. list.Select(static s => s.Policy)], [.. sets.Select(names => Among(list, names))]);
            return (next, health.DrainToImmutable());
        }
    }

    /// <summary>The pool after an event of one server; the same pool when the server has left.</summary>
    public Transition<ServerPool, ServerHealthEffect> On(ServerId id, ServerHealthEvent ev, Instant now)
    {
        var members = MembersOf(id.Service);
        if (members.IndexOf(id) is not (>= 0 and var index)) return new(this);
        var health = HealthOf(id.Service);
        var (next, effects) = ServerHealth.On(health[index], ev, now, members.Servers[index].HealthSettings);
        if (ReferenceEquals(next, health[index])) return new(this, effects);
        health = health.SetItem(index, next);
        return new(id.Service == RadiusService.Authentication
            ? new ServerPool(Generation, _authentication, health, _accounting, _accountingHealth, _tokens)
            : new ServerPool(Generation, _authentication, _authenticationHealth, _accounting, health, _tokens), effects);
    }

    /// <summary>
    /// The servers for a request, the first with a token. A server without a token is passed over while another one has a token.
    /// </summary>
    /// <param name="random">Any number; see <see cref="ServerOrder"/>.</param>
    public ServerReservation Reserve(RadiusService service, int set, uint random, Instant now)
    {
        var members = MembersOf(service);
        var order = ServerOrder.Of(members.Policies.AsSpan(), HealthOf(service).AsSpan(), random, members.Sets[set].AsSpan());
        if (order.IsEmpty) return new ServerReservation(this, IsGranted: true, order, null);
        Instant? nextToken = null;
        for (var i = 0; i < order.Length; i++)
        {
            if (TryTakeToken(members.Servers[order[i].Index].Id.Name, now, out var next, out var at))
                return new ServerReservation(next, IsGranted: true, i == 0 ? order : order.RemoveAt(i).Insert(0, order[i]), nextToken);
            nextToken = Instant.Earliest(nextToken, at);
        }
        return new ServerReservation(this, IsGranted: false, order, nextToken);
    }

    /// <summary>True: one packet may go to the server, and <paramref name="next"/> is the pool without its token.</summary>
    /// <param name="nextToken">When false: the moment of the next token.</param>
    public bool TryTakeToken(string server, Instant now, out ServerPool next, out Instant nextToken)
    {
        (next, nextToken) = (this, now);
        for (var i = 0; i < _tokens.Length; i++)
        {
            if (_tokens[i].Name != server) continue;
            if (!_tokens[i].Bucket.TryTake(now, out var bucket))
            {
                nextToken = bucket.NextAt;
                return false;
            }
            next = new ServerPool(Generation, _authentication, _authenticationHealth, _accounting, _accountingHealth,
                _tokens.SetItem(i, _tokens[i] with { Bucket = bucket }));
            return true;
        }
        return true;
    }

    private Members MembersOf(RadiusService service) => service == RadiusService.Authentication ? _authentication : _accounting;

    private static ImmutableArray<bool> Among(ImmutableArray<PoolServer> servers, ImmutableArray<string> names) =>
        servers.Any(s => names.Contains(s.Id.Name)) ? [.. servers.Select(s => names.Contains(s.Id.Name))] : [];

    private ImmutableArray<Tokens> NextTokens(ImmutableArray<PoolServerSettings> servers, Instant now)
    {
        var next = ImmutableArray.CreateBuilder<Tokens>();
        foreach (var server in servers)
        {
            if (server.Pace is not { } pace) continue;
            var stays = Stays(server, RadiusService.Authentication) || Stays(server, RadiusService.Accounting);
            var known = _tokens.FirstOrDefault(t => t.Name == server.Name && t.Pace == pace && !t.HasLeft);
            next.Add(stays && known.Name is not null ? known
                : new Tokens(server.Name, pace, TokenBucket.Of(pace.PerSecond, pace.Burst, now), HasLeft: false));
        }
        foreach (var tokens in _tokens)
            if (!tokens.HasLeft && !servers.Any(s => s.Name == tokens.Name)) next.Add(tokens with { HasLeft = true });
        return next.DrainToImmutable();
    }

    private bool Stays(PoolServerSettings server, RadiusService service) =>
        server.EndpointOf(service) is { } endpoint && MembersOf(service).Find(server.Name, endpoint) is not null;
}
