using System.Collections.Immutable;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// Front of the RADIUS servers: a bounded <see cref="RadiusBacklog{T}"/> and a fixed number of workers. A free worker takes the next
/// request, so that a slow answer delays no other request, and the servers never have more requests than there are workers.
/// </summary>
/// <remarks>
/// A request is outstanding from its first packet to its answer, or until it is given up. A retransmission or failover is the same request.
/// A Status-Server probe is not counted: there is at most one for each service of a server, only while that service does not answer.
/// </remarks>
internal sealed class RadiusRouter : UntypedActor
{
    private static readonly TimeSpan PublishInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Current request of a worker.</summary>
    private sealed class Seat
    {
        public RadiusTurn Turn;
        public RadiusWork? Work;
        public ServerTally? Tally; // counters of the server that is asked; null: the worker is idle
        public int Generation; // generation of the pool at the start of the request
    }

    private readonly LiveSettings _live;
    private readonly NodeClock _clock;
    private readonly ILogger _log;
    private readonly NodeCounters _counters;
    private readonly NodeMeter _nodeMeter;
    private readonly Traces _traces;
    private readonly RadiusMonitor _monitor;
    private readonly RadiusServers _servers;
    private readonly RadiusBacklog<RadiusWork> _backlog;
    private readonly Func<RadiusClass, int, bool> _reserve;
    private readonly Stack<IActorRef> _idle = new();
    private readonly Dictionary<IActorRef, Seat> _seats = [];
    private readonly ServerTallies _tallies = new();
    private readonly ServerProbes _probes;
    private readonly LoginDesk _desk;
    private readonly long[] _refused = new long[RadiusClasses.Count], _expired = new long[RadiusClasses.Count];
    private LnsSettings _settings; // the settings that server sets and pool are made of
    private ServerSets _sets;
    private ImmutableArray<ServerCandidate> _order; // result of _reserve
    private MailboxMeter _meter = null!;
    private int _metered, _maxOutstanding;
    private Instant? _tokenAt, _publishAt;
    private Instant _published;
    private DeadlineTimer _timer;

    /// <param name="monitor">
    /// Gets the condition of RADIUS, ten times a second at most while something changes, and at once when a server becomes up or dead.
    /// </param>
    public RadiusRouter(LiveSettings live, NodeClock clock, ILogger log, NodeCounters counters, NodeMeter meter, Traces traces,
        RadiusMonitor monitor)
    {
        (_live, _clock, _log, _counters, _nodeMeter, _traces, _monitor) = (live, clock, log, counters, meter, traces, monitor);
        _settings = live.Current;
        _sets = new ServerSets(_settings);
        _servers = new RadiusServers(live, counters, log);
        _servers.Change(_settings.Radius.Servers, _sets, clock.Now);
        _backlog = new RadiusBacklog<RadiusWork>(PolicyOf(_settings.Radius), _sets.Count);
        _probes = new ServerProbes(_servers, log);
        _desk = new LoginDesk(_settings.Radius, log);
        _reserve = Reserve;
    }

    private static RadiusBacklogPolicy PolicyOf(RadiusSettings radius) =>
        new(radius.Workers, radius.Backlog.Authentication, radius.Backlog.StartStop, radius.Backlog.Interim, radius.Authenticates);

    // its request fails with a reason
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Restart);

    protected override void PreStart()
    {
        _meter = MailboxMeters.Of(Context.System).Parallel;
        for (var i = 0; i < _settings.Radius.Workers; i++) // each begins with WorkerIdle
        {
            var worker = LnsProps.Parallel(() => new RadiusWorker(_servers, _live, _clock, _log, _counters, _traces));
            Context.ActorOf(worker, $"worker-{i + 1}");
        }
        Publish(_clock.Now);
    }

    protected override void PostStop()
    {
        _meter.Add(-_metered);
        _servers.Close();
    }

    protected override void OnReceive(object message)
    {
        var now = _clock.Now;
        switch (message)
        {
            case RadiusWork work: OnWork(work, now); break;
            case WorkerIdle idle: OnIdle(Sender, idle.Accepted, now); break;
            case ServerSeen seen: OnSeen(seen, Sender, now); break;
            case SettingsChanged change: OnSettings(change, now); break;
            case ServerAskedAgain again: TallyOf(again.Server).CountRetry(); break;
            case RadiusArrived arrived: OnProbeAnswered(arrived, now); break;
            case RadiusUnreachable: break; // a probe, which its timeout counts as lost
            case DeadlineReached due: if (_timer.Fired(due)) OnTick(now); break;
            default: Unhandled(message); break;
        }
        Pump(now);
        if (message is not DeadlineReached) _publishAt ??= _published + PublishInterval;
        if (_publishAt <= now) Publish(now);
        var next = Instant.Earliest(Instant.Earliest(_publishAt, _tokenAt), _backlog.NextDeadline);
        next = Instant.Earliest(next, _desk.NextDeadline);
        _timer.Rearm(Context, Instant.Earliest(next, _servers.Pool.NextDeadline), now);
    }

    private ServerTally TallyOf(ServerId server) => _tallies.Of(server, _servers.Pool);

    /// <summary>
    /// Waiting requests go to the servers of the new settings. A request that a worker has keeps the servers of its start.
    /// </summary>
    private void OnSettings(SettingsChanged change, Instant now)
    {
        try
        {
            _settings = change.Settings;
            _sets = new ServerSets(_settings);
            _servers.Change(_settings.Radius.Servers, _sets, now);
            _backlog.Change(PolicyOf(_settings.Radius), _sets.Count, work => _sets.SetOf(work.UserName));
            _desk.Change(_settings.Radius, now);
            FailDead(RadiusService.Authentication);
            FailDead(RadiusService.Accounting);
            _tallies.Keep(_servers.Pool);
            _probes.Keep(_servers.Pool);
            _monitor.Latencies.Keep([.. _settings.Radius.Servers.Select(static server => server.Name)]);
            Release();
            OnTick(now); // a new server is asked at once whether it knows Status-Server
            Publish(now);
        }
        finally
        {
            change.Applied.Done();
        }
    }

    private void Release()
    {
        if (!_servers.HasRetired) return;
        var oldest = _servers.Pool.Generation;
        foreach (var seat in _seats.Values)
            if (seat.Tally is not null) oldest = Math.Min(oldest, seat.Generation);
        _servers.Release(oldest);
    }

    private void OnWork(RadiusWork work, Instant now)
    {
        var (of, set) = (work.Class, _sets.SetOf(work.UserName));
        if (!_servers.Pool.IsAlive(RadiusClasses.ServiceOf(of), set))
        {
            work.Failed(RequestFailure.NoServer);
            return;
        }
        if (work is LoginAsked login)
        {
            var step = _desk.Judge(login, now);
            if (step is LoginGuardStep.RefuseFailing or LoginGuardStep.RefuseFrequent) return;
            if (step == LoginGuardStep.AskBehind) of = RadiusClass.FailingLogin;
        }
        if (_backlog.TryAdd(of, set, work.Lac, work, now, work.Deadline)) return;
        _refused[(int)of]++;
        work.Failed(RequestFailure.BacklogFull(of, _backlog.WaitingOf(of)));
    }

    private void OnIdle(IActorRef worker, bool? accepted, Instant now)
    {
        if (!_seats.TryGetValue(worker, out var seat)) _seats.Add(worker, seat = new Seat());
        if (seat.Tally is { } tally)
        {
            tally.CountDone();
            _backlog.Done(seat.Turn, accepted);
            if (seat.Work is LoginAsked login && accepted is { } verdict) _desk.On(login, verdict, now);
            (seat.Tally, seat.Work) = (null, null);
            Release();
        }
        _idle.Push(worker);
    }

    private void OnSeen(ServerSeen seen, IActorRef worker, Instant now)
    {
        switch (seen.What)
        {
            case ServerHealthEvent.Asked when _seats.TryGetValue(worker, out var seat) && seat.Tally is { } before: // failover
                before.CountDone();
                seat.Tally = TallyOf(seen.Server);
                seat.Tally.CountAsked();
                break;
            case ServerHealthEvent.Answered { RoundTrip: { } roundTrip, IsRejection: var isRejection }:
                var tally = TallyOf(seen.Server);
                var result = seen.Server.Service == RadiusService.Accounting ? RadiusResult.Accounting
                    : isRejection ? RadiusResult.Reject : RadiusResult.Accept;
                tally.CountLatency(roundTrip);
                _nodeMeter.RadiusAnswered(tally.Tags, result, roundTrip);
                _monitor.Latencies.Add(seen.Server.Name, result, roundTrip, now);
                break;
            case ServerHealthEvent.TimedOut:
                _monitor.Latencies.CountTimeout(seen.Server.Name, seen.Server.Service == RadiusService.Accounting, now);
                break;
        }
        StepHealth(seen.Server, seen.What, now);
    }

    /// <summary>Sends late refusals, fails the requests whose deadline has passed, and gives free workers the requests that may
    /// go.</summary>
    private void Pump(Instant now)
    {
        _desk.Refuse(now);
        while (_backlog.TryExpire(now, out var late, out var of))
        {
            _expired[(int)of]++;
            _publishAt ??= _published + PublishInterval;
            late.Failed(RequestFailure.Expired);
        }
        _tokenAt = null;
        while (_idle.TryPeek(out var worker) && _backlog.TryTake(_reserve, out var work, out var turn))
        {
            if (_order.IsEmpty) // another request tries the only server that may be alive
            {
                _backlog.Done(turn);
                work.Failed(RequestFailure.NoServer);
                continue;
            }
            _idle.Pop();
            var pool = _servers.Pool;
            var servers = pool.Of(RadiusClasses.ServiceOf(turn.Class));
            var server = servers[_order[0].Index].Id;
            var seat = _seats[worker];
            (seat.Turn, seat.Work, seat.Tally, seat.Generation) = (turn, work, TallyOf(server), pool.Generation);
            seat.Tally.CountAsked();
            _maxOutstanding = Math.Max(_maxOutstanding, _backlog.Outstanding);
            StepHealth(server, ServerHealthEvent.Asked.Instance, now);
            worker.Tell(new Assignment(work, servers, _order));
        }
        // a record that waits is no Load, since it delays no login
        var logins = _backlog.WaitingOf(RadiusClass.Authentication);
        _meter.Add(logins - _metered);
        _metered = logins;
    }

    private bool Reserve(RadiusClass of, int set)
    {
        var reserved = _servers.Reserve(RadiusClasses.ServiceOf(of), set, (uint)Random.Shared.Next(), _clock.Now);
        _order = reserved.Order;
        _tokenAt = Instant.Earliest(_tokenAt, reserved.NextToken);
        return reserved.IsGranted;
    }

    /// <summary>
    /// Fails the requests that wait for servers of which none is alive. Only when such a server changes: a request for a half-open server
    /// may wait for its trial.
    /// </summary>
    private void FailDead(RadiusService service)
    {
        foreach (var of in Enum.GetValues<RadiusClass>())
        {
            if (RadiusClasses.ServiceOf(of) != service) continue;
            for (var set = 0; set < _sets.Count; set++)
            {
                if (_servers.Pool.IsAlive(service, set)) continue;
                while (_backlog.TryDrain(of, set, out var work)) work.Failed(RequestFailure.NoServer);
            }
        }
    }

    private void Publish(Instant now)
    {
        (_published, _publishAt) = (now, null);
        var pool = _servers.Pool;
        _monitor.Publish(new RadiusCondition(
            CanAuthenticate: pool.Of(RadiusService.Authentication).IsEmpty || pool.IsAlive(RadiusService.Authentication, set: 0),
            _backlog.OldestOf(RadiusClass.Authentication), _settings.Radius.Workers, _backlog.Outstanding, _maxOutstanding,
            ConditionOf(RadiusClass.Authentication), ConditionOf(RadiusClass.StartStop), ConditionOf(RadiusClass.Interim),
            [.. _tallies.ConditionsOf(pool)])
        {
            OldestLogins = _backlog.OldestBySource(RadiusClass.Authentication),
            FailingLogins = ConditionOf(RadiusClass.FailingLogin),
            Refusals = _desk.Report(now),
        });
    }

    private RadiusClassCondition ConditionOf(RadiusClass of) =>
        new(_backlog.WaitingOf(of), _backlog.OutstandingOf(of), _refused[(int)of], _expired[(int)of]);

    private void OnTick(Instant now)
    {
        foreach (var server in _servers.Pool.Due(now)) StepHealth(server, ServerHealthEvent.Tick.Instance, now);
    }

    private void StepHealth(ServerId server, ServerHealthEvent what, Instant now)
    {
        foreach (var effect in _servers.On(server, what, now))
        {
            switch (effect)
            {
                case ServerHealthEffect.StandingChanged c:
                    _log.RadiusServerState(_servers.NameOf(server), $"{c.From} -> {c.To}");
                    FailDead(server.Service);
                    _publishAt = now; // because admission depends on the condition
                    break;
                case ServerHealthEffect.SendProbe: _probes.Send(server, _settings.Group.NasIdentifier, Self); break;
                default: throw new InvalidOperationException($"no shell for {effect}");
            }
        }
    }

    private void OnProbeAnswered(RadiusArrived arrived, Instant now)
    {
        if (_probes.Answered(arrived) is { } server) StepHealth(server, ServerHealthEvent.ProbeAnswered.Instance, now);
        else _counters.CountRadiusLate();
    }
}
