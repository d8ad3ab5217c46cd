using System.Collections.Immutable;
using System.Net.Sockets;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

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

/// <summary>Worker to router: a packet went out once more.</summary>
internal sealed record ServerAskedAgain(ServerGroup Group, int Server);

/// <summary>What is counted of one service of one server. Belongs to the router alone.</summary>
internal sealed class ServerTally(RadiusServerTags tags)
{
    public readonly RadiusServerTags Tags = tags;
    public int Outstanding, MaxOutstanding;
    public long Retries;
    public readonly long[] Latency = new long[RadiusServerCondition.LatencyBounds.Length + 1];

    public void Asked() => MaxOutstanding = Math.Max(MaxOutstanding, ++Outstanding);

    public void Answered(TimeSpan roundTrip)
    {
        var slot = 0;
        while (slot < RadiusServerCondition.LatencyBounds.Length && roundTrip > RadiusServerCondition.LatencyBounds[slot]) slot++;
        Latency[slot]++;
    }
}

/// <summary>The servers of one service, in the order of the settings. Health belongs to the router alone.</summary>
internal sealed class ServerGroup
{
    private (ServerGroup Group, int[] Servers)? _next;

    /// <param name="lanes">The names of the servers of each lane; empty: all. So also when none of them has this service.</param>
    /// <param name="before">The same service before a reload: what is known of a server that stays is kept.</param>
    public ServerGroup(RadiusTarget[] targets, ImmutableArray<ImmutableArray<string>> lanes, Instant now, bool isAccounting, ServerGroup? before = null)
    {
        (Targets, IsAccounting) = (targets, isAccounting);
        Among = [.. lanes.Select(names => targets.Any(t => names.Contains(t.Settings.Name)) ? targets.Select(t => names.Contains(t.Settings.Name)).ToArray() : [])];
        Policies = [.. targets.Select(static t => new RadiusServerPolicy(t.Settings.Priority, t.Settings.Weight, t.Settings.Timeout, t.Settings.Retries + 1))];
        Settings = [.. targets.Select(static t => ServerHealthSettings.Default with
        {
            DeadAfter = t.Settings.DeadAfter, DeadTime = t.Settings.DeadTime, StatusServer = t.Settings.StatusServer,
        })];
        Health = [.. Settings.Select(s => ServerHealthState.At(now, s))];
        Tallies = [.. targets.Select(t => new ServerTally(new RadiusServerTags(t.Settings.Name, isAccounting)))];
        if (before is null) return;
        var places = before.Targets.Select(old => Array.IndexOf(targets, old.Latest)).ToArray();
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] is not (>= 0 and var place)) continue;
            Tallies[place] = before.Tallies[i];
            Health[place] = before.Health[i];
            if (Settings[place].StatusServer == StatusServerUse.Off) Health[place] = Health[place] with { NextProbe = null, ProbeDue = null };
            else if (before.Settings[i].StatusServer == StatusServerUse.Off) Health[place] = Health[place] with { NextProbe = now };
        }
        before._next = (this, places);
    }

    public bool IsAccounting { get; }

    /// <summary>Where a server is after reloads that have come meanwhile; false: it is gone.</summary>
    public static bool TryFollow(ref ServerGroup group, ref int server)
    {
        while (group._next is { } next)
        {
            server = next.Servers[server];
            group = next.Group;
            if (server < 0) return false;
        }
        return true;
    }

    public RadiusTarget[] Targets { get; }
    public RadiusServerPolicy[] Policies { get; }
    public ServerHealthSettings[] Settings { get; }
    public ServerHealthState[] Health { get; }
    public ServerTally[] Tallies { get; }

    /// <summary>Of each lane, which servers may be asked; empty: all.</summary>
    public bool[][] Among { get; }

    public bool IsAlive(int lane)
    {
        var among = Among[lane];
        for (var i = 0; i < Health.Length; i++)
            if (Health[i].IsUsable && (among.Length == 0 || among[i])) return true;
        return false;
    }
}

/// <summary>
/// In front of the RADIUS servers: a bounded backlog (<see cref="RadiusBacklog{T}"/>) and a fixed number of workers. A free worker takes the next request, so one
/// slow answer holds back nobody whom another worker could serve, and the servers never have to answer more requests than there are workers.
/// </summary>
/// <remarks>
/// A request is outstanding from its first packet until its answer or until it is given up; a retransmission and a failover are the same request. A Status-Server
/// probe is none: there is at most one for each service of a server, only while the server does not answer.
/// </remarks>
internal sealed class RadiusRouter : UntypedActor
{
    private static readonly TimeSpan PublishInterval = TimeSpan.FromMilliseconds(100);

    private sealed class Seat
    {
        public RadiusClass Class;
        public ServerGroup? Group; // null: free
        public int Server;
    }

    private readonly LnsNodeContext _node;
    private ServerGroup _authentication, _accounting;
    private readonly List<ServerGroup> _leaving = []; // of before a reload; a worker still has a request for one of its servers
    private readonly RadiusBacklog<RadiusWork> _backlog;
    private LnsSettings _settings; // those that lanes and groups were made of
    private ImmutableArray<ImmutableArray<string>> _lanes; // sets of servers by their names; the first is all of them
    private readonly Dictionary<RealmSettings, int> _laneOf = new(ReferenceEqualityComparer.Instance);
    private readonly Func<RadiusClass, int, bool> _reserve;
    private readonly Stack<IActorRef> _idle = new();
    private readonly Dictionary<IActorRef, Seat> _seats = [];
    private readonly Dictionary<RadiusTicket, (ServerGroup Group, int Server)> _probes = [];
    private readonly long[] _refused = new long[3], _expired = new long[3];
    private System.Collections.Immutable.ImmutableArray<ServerCandidate> _order; // what _reserve found
    private MailboxMeter _meter = null!;
    private int _metered, _maxOutstanding;
    private Instant? _tokenAt, _publishAt;
    private Instant _published;
    private DeadlineTimer _timer;

    public RadiusRouter(LnsNodeContext node)
    {
        (_node, _settings) = (node, node.Settings);
        var now = node.Clock.Now;
        _lanes = MakeLanes();
        (_authentication, _accounting) = MakeGroups(null, null, now);
        _backlog = new RadiusBacklog<RadiusWork>(PolicyOf(_settings.Radius), _lanes.Length);
        _reserve = Reserve;
    }

    private static RadiusBacklogPolicy PolicyOf(RadiusSettings radius) =>
        new(radius.Workers, radius.Backlog.Authentication, radius.Backlog.StartStop, radius.Backlog.Interim, radius.Authenticates);

    private ImmutableArray<ImmutableArray<string>> MakeLanes()
    {
        List<ImmutableArray<string>> lanes = [[]];
        _laneOf.Clear();
        foreach (var realm in _settings.Realms.Values)
        {
            var lane = lanes.FindIndex(l => l.Order(StringComparer.Ordinal).SequenceEqual(realm.Servers.Order(StringComparer.Ordinal)));
            if (lane < 0)
            {
                lane = lanes.Count;
                lanes.Add(realm.Servers);
            }
            _laneOf[realm] = lane;
        }
        return [.. lanes];
    }

    /// <summary>Both services of all servers; a server that was there before is the same one, with its sockets and what is known of it.</summary>
    private (ServerGroup Authentication, ServerGroup Accounting) MakeGroups(ServerGroup? authentication, ServerGroup? accounting, Instant now)
    {
        List<RadiusTarget> logins = [], records = [];
        foreach (var server in _settings.Radius.Servers)
        {
            var (ofLogins, ofRecords) = (Known(authentication, server, server.Authentication), Known(accounting, server, server.Accounting));
            var pace = server.RequestsPerSecond is not { } rate ? null
                : (ofLogins ?? ofRecords) is { Pace: { } same, Settings: var had } && had.RequestsPerSecond == rate && had.Burst == server.Burst ? same
                : new RadiusPace(rate, server.Burst, now);
            if (server.Authentication.Port != 0) logins.Add(ofLogins?.Change(server, pace) ?? new RadiusTarget(server, server.Authentication, pace, _node));
            if (server.Accounting.Port != 0) records.Add(ofRecords?.Change(server, pace) ?? new RadiusTarget(server, server.Accounting, pace, _node));
        }
        return (new ServerGroup([.. logins], _lanes, now, isAccounting: false, authentication), new ServerGroup([.. records], _lanes, now, isAccounting: true, accounting));

        static RadiusTarget? Known(ServerGroup? before, RadiusServerSettings server, System.Net.IPEndPoint endpoint) =>
            before is null ? null : Array.Find(before.Targets, t => t.IsOf(server, endpoint));
    }

    /// <summary>Who waits goes to the servers that there are now; what a worker has under way it brings to its end with the servers that it has.</summary>
    private void OnSettings(SettingsChanged change, Instant now)
    {
        try
        {
            _settings = change.Settings;
            _leaving.Add(_authentication);
            _leaving.Add(_accounting);
            _lanes = MakeLanes();
            (_authentication, _accounting) = MakeGroups(_authentication, _accounting, now);
            _backlog.Change(PolicyOf(_settings.Radius), _lanes.Length, LaneOf);
            FailDead(_authentication);
            FailDead(_accounting);
            foreach (var (ticket, at) in _probes)
            {
                var (group, server) = at;
                if (!ServerGroup.TryFollow(ref group, ref server)) _probes.Remove(ticket);
            }
            LetGo();
            OnTick(now); // a new server is asked at once whether it knows Status-Server
            Publish(now);
        }
        finally
        {
            change.Applied.Done();
        }
    }

    /// <summary>Sockets of servers that are gone are closed when no worker has a request for them.</summary>
    private void LetGo()
    {
        // the oldest first: a worker of one may have a ticket of what took its place before that was replaced in its turn
        while (_leaving.Count > 0 && _leaving[0] is var group && !_seats.Values.Any(seat => seat.Group == group))
        {
            _leaving.RemoveAt(0);
            foreach (var target in group.Targets)
                if (!_authentication.Targets.Contains(target) && !_accounting.Targets.Contains(target) && !_leaving.Any(g => g.Targets.Contains(target))) target.Dispose();
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Restart); // its request fails with a reason

    protected override void PreStart()
    {
        _meter = MailboxMeters.Of(Context.System).Parallel;
        for (var i = 0; i < _node.Settings.Radius.Workers; i++)
            Context.ActorOf(LnsProps.Parallel(() => new RadiusWorker(_node)), $"worker-{i + 1}"); // each says that it is idle
        Publish(_node.Clock.Now);
    }

    protected override void PostStop()
    {
        _meter.Add(-_metered);
        foreach (var group in _leaving.Append(_authentication).Append(_accounting))
            foreach (var target in group.Targets) target.Dispose();
    }

    protected override void OnReceive(object message)
    {
        var now = _node.Clock.Now;
        switch (message)
        {
            case RadiusWork work: OnWork(work, now); break;
            case WorkerIdle: OnIdle(Sender); break;
            case ServerSeen seen: OnSeen(seen, Sender, now); break;
            case SettingsChanged change: OnSettings(change, now); break;
            case ServerAskedAgain again: again.Group.Tallies[again.Server].Retries++; break;
            case RadiusArrived arrived: OnProbeAnswered(arrived, now); break;
            case RadiusUnreachable: break; // a probe: silence says the same
            case DeadlineReached due: if (_timer.Fired(due)) OnTick(now); break;
            default: Unhandled(message); break;
        }
        Pump(now);
        if (message is not DeadlineReached) _publishAt ??= _published + PublishInterval;
        if (_publishAt <= now) Publish(now);
        Rearm(now);
    }

    private ServerGroup GroupOf(RadiusClass of) => of == RadiusClass.Authentication ? _authentication : _accounting;

    private int LaneOf(RadiusWork work) => _lanes.Length > 1 && _settings.RealmOf(work.UserName) is { } realm ? _laneOf[realm] : 0;

    private void OnWork(RadiusWork work, Instant now)
    {
        var (of, lane) = (work.Class, LaneOf(work));
        if (!GroupOf(of).IsAlive(lane))
        {
            work.Failed(RequestFailure.NoServer);
        }
        else if (!_backlog.TryAdd(of, lane, work, now, work.Deadline))
        {
            _refused[(int)of]++;
            work.Failed(RequestFailure.BacklogFull(of, _backlog.WaitingOf(of)));
        }
    }

    private void OnIdle(IActorRef worker)
    {
        if (!_seats.TryGetValue(worker, out var seat)) _seats.Add(worker, seat = new Seat());
        if (seat.Group is { } group)
        {
            group.Tallies[seat.Server].Outstanding--;
            seat.Group = null;
            _backlog.Done(seat.Class);
            if (_leaving.Count > 0) LetGo();
        }
        _idle.Push(worker);
    }

    private void OnSeen(ServerSeen seen, IActorRef worker, Instant now)
    {
        switch (seen.What)
        {
            case ServerHealthEvent.Asked when _seats.TryGetValue(worker, out var seat) && seat.Group is { } before: // it goes on to another server
                before.Tallies[seat.Server].Outstanding--;
                seat.Server = seen.Server;
                seen.Group.Tallies[seen.Server].Asked();
                break;
            case ServerHealthEvent.Answered { RoundTrip: { } roundTrip }:
                seen.Group.Tallies[seen.Server].Answered(roundTrip);
                _node.Meter.RadiusAnswered(seen.Group.Tallies[seen.Server].Tags, roundTrip);
                break;
        }
        var (at, server) = (seen.Group, seen.Server);
        if (ServerGroup.TryFollow(ref at, ref server)) StepHealth(at, server, seen.What, now);
    }

    /// <summary>What has waited too long fails, and free workers take what may go.</summary>
    private void Pump(Instant now)
    {
        while (_backlog.TryExpire(now, out var late, out var of))
        {
            _expired[(int)of]++;
            _publishAt ??= _published + PublishInterval;
            late.Failed(RequestFailure.Expired);
        }
        _tokenAt = null;
        while (_idle.TryPeek(out var worker) && _backlog.TryTake(_reserve, out var work, out var of))
        {
            var group = GroupOf(of);
            if (_order.IsEmpty) // somebody else tries the only one that may live
            {
                _backlog.Done(of);
                work.Failed(RequestFailure.NoServer);
                continue;
            }
            _idle.Pop();
            var server = _order[0].Index;
            var seat = _seats[worker];
            (seat.Class, seat.Group, seat.Server) = (of, group, server);
            group.Tallies[server].Asked();
            _maxOutstanding = Math.Max(_maxOutstanding, _backlog.Outstanding);
            if (group.Health[server].Standing == ServerStanding.HalfOpen) StepHealth(group, server, ServerHealthEvent.Asked.Instance, now);
            worker.Tell(new Assignment(work, group, _order));
        }
        // a waiting record is no Load: it holds up no login, which goes first
        var logins = _backlog.WaitingOf(RadiusClass.Authentication);
        _meter.Add(logins - _metered);
        _metered = logins;
    }

    /// <summary>The order of the servers, the first with a token that has been taken for this request; false: none has one.</summary>
    private bool Reserve(RadiusClass of, int lane)
    {
        var group = GroupOf(of);
        _order = ServerOrder.Of(group.Policies, group.Health, (uint)Random.Shared.Next(), group.Among[lane]);
        if (_order.IsEmpty) return true;
        var now = _node.Clock.Now;
        foreach (var candidate in _order)
        {
            if (group.Targets[candidate.Index].Pace is { } pace && !pace.TryTake(now))
            {
                _tokenAt = Instant.Earliest(_tokenAt, pace.NextAt);
                continue;
            }
            if (candidate != _order[0]) _order = [candidate, .. _order.Where(c => c != candidate)];
            return true;
        }
        return false;
    }

    /// <summary>For servers of which none lives nobody waits.</summary>
    private void FailDead(ServerGroup group)
    {
        for (var lane = 0; lane < _lanes.Length; lane++)
            if (!group.IsAlive(lane)) FailAll(group, lane);
    }

    private void FailAll(ServerGroup group, int lane)
    {
        foreach (var of in (ReadOnlySpan<RadiusClass>)[RadiusClass.Authentication, RadiusClass.StartStop, RadiusClass.Interim])
        {
            if (GroupOf(of) != group) continue;
            while (_backlog.TryDrain(of, lane, out var work)) work.Failed(RequestFailure.NoServer);
        }
    }

    private void Publish(Instant now)
    {
        (_published, _publishAt) = (now, null);
        _node.RadiusCondition = new RadiusCondition(_authentication.Targets.Length == 0 || _authentication.IsAlive(lane: 0), _backlog.OldestOf(RadiusClass.Authentication),
            _node.Settings.Radius.Workers, _backlog.Outstanding, _maxOutstanding, Condition(RadiusClass.Authentication), Condition(RadiusClass.StartStop),
            Condition(RadiusClass.Interim), [.. Servers(_authentication), .. Servers(_accounting)]);
    }

    private RadiusClassCondition Condition(RadiusClass of) => new(_backlog.WaitingOf(of), _backlog.OutstandingOf(of), _refused[(int)of], _expired[(int)of]);

    private static IEnumerable<RadiusServerCondition> Servers(ServerGroup group)
    {
        for (var i = 0; i < group.Targets.Length; i++)
        {
            var (health, tally) = (group.Health[i], group.Tallies[i]);
            yield return new RadiusServerCondition(group.Targets[i].Settings.Name, group.IsAccounting, health.Standing, tally.Outstanding, tally.MaxOutstanding,
                health.Answers, health.Timeouts, tally.Retries, health.ProbesSent, health.SmoothedRoundTrip, [.. tally.Latency]);
        }
    }

    private void Rearm(Instant now)
    {
        var due = Instant.Earliest(Instant.Earliest(_publishAt, _tokenAt), _backlog.NextDeadline);
        foreach (var health in _authentication.Health) due = Instant.Earliest(due, ServerHealth.NextDeadline(health));
        foreach (var health in _accounting.Health) due = Instant.Earliest(due, ServerHealth.NextDeadline(health));
        _timer.Rearm(Context, due, now);
    }

    private void StepHealth(ServerGroup group, int server, ServerHealthEvent what, Instant now)
    {
        var (next, effects) = ServerHealth.On(group.Health[server], what, now, group.Settings[server]);
        group.Health[server] = next;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case ServerHealthEffect.StandingChanged c:
                    _node.Log.RadiusServerState(group.Targets[server].Name, $"{c.From} -> {c.To}");
                    FailDead(group);
                    _publishAt = now; // whoever refuses calls by it should know
                    break;
                case ServerHealthEffect.SendProbe: Probe(group, server); break;
            }
        }
    }

    private void OnTick(Instant now)
    {
        foreach (var group in (ReadOnlySpan<ServerGroup>)[_authentication, _accounting])
        {
            for (var i = 0; i < group.Targets.Length; i++)
                if (ServerHealth.NextDeadline(group.Health[i]) <= now) StepHealth(group, i, ServerHealthEvent.Tick.Instance, now);
        }
    }

    private void Probe(ServerGroup group, int server)
    {
        foreach (var (old, sent) in _probes)
        {
            var at = sent;
            if (!ServerGroup.TryFollow(ref at.Group, ref at.Server) || at != (group, server)) continue;
            _probes.Remove(old); // lost
            old.Return();
            break;
        }
        var target = group.Targets[server];
        RadiusTicket ticket;
        try
        {
            ticket = target.Take(RadiusCode.StatusServer, Self);
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

    private void OnProbeAnswered(RadiusArrived arrived, Instant now)
    {
        arrived.Ticket.Read();
        if (!_probes.TryGetValue(arrived.Ticket, out var at))
        {
            _node.Counters.CountRadiusLate();
            return;
        }
        _probes.Remove(arrived.Ticket);
        arrived.Ticket.Return();
        if (ServerGroup.TryFollow(ref at.Group, ref at.Server)) StepHealth(at.Group, at.Server, ServerHealthEvent.ProbeAnswered.Instance, now);
    }
}
