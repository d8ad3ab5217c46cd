using System.Net.Sockets;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>Worker to router: free again.</summary>
internal sealed record WorkerIdle
{
    public static readonly WorkerIdle Instance = new();
}

/// <summary>Worker to router: what an exchange learnt of a server.</summary>
internal sealed record ServerSeen(ServerGroup Group, int Server, ServerHealthEvent What);

/// <summary>Router to worker: do this, and ask the servers in this order.</summary>
internal sealed record Assignment(RadiusWork Work, ServerGroup Group, System.Collections.Immutable.ImmutableArray<ServerCandidate> Order);

/// <summary>The servers of one service, in the order of the settings. Health belongs to the router alone.</summary>
internal sealed class ServerGroup
{
    public ServerGroup(RadiusTarget[] targets)
    {
        Targets = targets;
        Policies = [.. targets.Select(static t => new RadiusServerPolicy(t.Settings.Priority, t.Settings.Weight, t.Settings.Timeout, t.Settings.Retries + 1))];
        Settings = [.. targets.Select(static t => ServerHealthSettings.Default with { DeadAfter = t.Settings.DeadAfter, DeadTime = t.Settings.DeadTime })];
        Health = [.. targets.Select(static _ => ServerHealthState.Initial)];
    }

    public RadiusTarget[] Targets { get; }
    public RadiusServerPolicy[] Policies { get; }
    public ServerHealthSettings[] Settings { get; }
    public ServerHealthState[] Health { get; }
}

/// <summary>
/// In front of the RADIUS servers: a bounded backlog and a fixed number of workers. A free worker takes the next request, logins before accounting, so one
/// slow answer holds back nobody whom another worker could serve, and the servers never see more requests than there are workers.
/// </summary>
internal sealed class RadiusRouter : UntypedActor
{
    private readonly LnsNodeContext _node;
    private readonly ServerGroup _authentication, _accounting;
    private readonly Queue<LoginAsked> _logins = new();
    private readonly Queue<AccountingAsked> _records = new();
    private readonly Stack<IActorRef> _idle = new();
    private readonly Dictionary<RadiusTicket, (ServerGroup Group, int Server)> _probes = [];
    private MailboxMeter _meter = null!;
    private DeadlineTimer _timer;

    public RadiusRouter(LnsNodeContext node)
    {
        _node = node;
        var servers = node.Settings.Radius.Servers;
        _authentication = new ServerGroup([.. servers.Where(static s => s.Authentication.Port != 0).Select(static s => new RadiusTarget(s, s.Authentication))]);
        _accounting = new ServerGroup([.. servers.Where(static s => s.Accounting.Port != 0).Select(static s => new RadiusTarget(s, s.Accounting))]);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Restart); // its request fails with a reason

    protected override void PreStart()
    {
        _meter = MailboxMeters.Of(Context.System).Parallel;
        for (var i = 0; i < _node.Settings.Radius.Workers; i++)
            Context.ActorOf(LnsProps.Parallel(() => new RadiusWorker(_node)), $"worker-{i + 1}"); // each says that it is idle
    }

    protected override void PostStop()
    {
        _meter.Add(-(_logins.Count + _records.Count));
        foreach (var target in _authentication.Targets.Concat(_accounting.Targets)) target.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LoginAsked login: OnLogin(login); break;
            case AccountingAsked record: OnRecord(record); break;
            case WorkerIdle: OnIdle(Sender); break;
            case ServerSeen seen: StepHealth(seen.Group, seen.Server, seen.What); break;
            case RadiusArrived arrived: OnProbeAnswered(arrived); break;
            case RadiusUnreachable: break; // a probe: silence says the same
            case DeadlineReached due: if (_timer.Fired(due)) OnTick(); break;
            default: Unhandled(message); break;
        }
    }

    private void OnLogin(LoginAsked login)
    {
        if (_idle.TryPop(out var worker))
        {
            Assign(worker, login);
            return;
        }
        if (_logins.Count >= _node.Settings.Radius.Backlog)
        {
            login.Link.Tell(new LoginAnswered.Unavailable(login.Attempt, $"{_logins.Count} logins wait for RADIUS already"));
            return;
        }
        _logins.Enqueue(login);
        _meter.Add(1);
    }

    private void OnRecord(AccountingAsked record)
    {
        if (_idle.TryPop(out var worker))
        {
            Assign(worker, record);
            return;
        }
        // not bounded here: who offers it, keeps one record of a session under way
        _records.Enqueue(record);
        _meter.Add(1);
    }

    private void OnIdle(IActorRef worker)
    {
        var now = _node.Clock.Now;
        while (_logins.TryDequeue(out var login))
        {
            _meter.Add(-1);
            if (login.Until > now)
            {
                Assign(worker, login);
                return;
            }
            login.Link.Tell(new LoginAnswered.Unavailable(login.Attempt, "waited too long for a RADIUS worker"));
        }
        if (_records.TryDequeue(out var record))
        {
            _meter.Add(-1);
            Assign(worker, record);
            return;
        }
        _idle.Push(worker);
    }

    private void Assign(IActorRef worker, RadiusWork work)
    {
        var group = work is LoginAsked ? _authentication : _accounting;
        var order = ServerOrder.Of(group.Policies, group.Health, (uint)Random.Shared.Next());
        if (!order.IsEmpty && group.Health[order[0].Index].Standing == ServerStanding.HalfOpen) StepHealth(group, order[0].Index, ServerHealthEvent.Asked.Instance);
        worker.Tell(new Assignment(work, group, order));
    }

    private void StepHealth(ServerGroup group, int server, ServerHealthEvent what)
    {
        var now = _node.Clock.Now;
        var (next, effects) = ServerHealth.On(group.Health[server], what, now, group.Settings[server]);
        group.Health[server] = next;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case ServerHealthEffect.StandingChanged c: _node.Log.RadiusServerState(group.Targets[server].Name, $"{c.From} -> {c.To}"); break;
                case ServerHealthEffect.SendProbe: Probe(group, server); break;
            }
        }
        _timer.Rearm(Context, ServerHealth.NextDeadline(next), now);
    }

    private void OnTick()
    {
        var now = _node.Clock.Now;
        Instant? due = null;
        foreach (var group in (ReadOnlySpan<ServerGroup>)[_authentication, _accounting])
        {
            for (var i = 0; i < group.Targets.Length; i++)
            {
                if (ServerHealth.NextDeadline(group.Health[i]) <= now) StepHealth(group, i, ServerHealthEvent.Tick.Instance);
                due = Instant.Earliest(due, ServerHealth.NextDeadline(group.Health[i]));
            }
        }
        _timer.Rearm(Context, due, now);
    }

    private void Probe(ServerGroup group, int server)
    {
        foreach (var (old, at) in _probes)
        {
            if (at != (group, server)) continue;
            _probes.Remove(old); // lost
            old.Return();
            break;
        }
        var target = group.Targets[server];
        RadiusTicket ticket;
        try
        {
            ticket = target.Take(Self);
        }
        catch (SocketException e)
        {
            _node.Log.RadiusServerState(target.Name, $"no socket: {e.Message}"); // as a lost probe
            return;
        }
        Span<byte> packet = stackalloc byte[256];
        Span<byte> authenticator = stackalloc byte[16];
        System.Security.Cryptography.RandomNumberGenerator.Fill(authenticator);
        var length = AccessRequest.WriteStatusServer(packet, ticket.Identifier, authenticator, target.Secret, _node.Settings.Group.NasIdentifier);
        authenticator.CopyTo(ticket.Authenticator);
        _probes.Add(ticket, (group, server));
        ticket.Socket.Send(packet[..length]);
    }

    private void OnProbeAnswered(RadiusArrived arrived)
    {
        if (!_probes.TryGetValue(arrived.Ticket, out var at)) return;
        var target = at.Group.Targets[at.Server];
        if (!Wire.Radius.RadiusPacketView.TryRead(arrived.Octets, out var packet, out _)) return;
        if (packet.VerifyResponse(Wire.Radius.RadiusCode.StatusServer, arrived.Ticket.Identifier, arrived.Ticket.Authenticator, target.Secret,
                _node.Settings.Radius.RequireMessageAuthenticator) != Wire.Radius.RadiusError.None) return;
        _probes.Remove(arrived.Ticket);
        arrived.Ticket.Return();
        StepHealth(at.Group, at.Server, ServerHealthEvent.ProbeAnswered.Instance);
    }
}
