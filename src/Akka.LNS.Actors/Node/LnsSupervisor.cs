using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Actors.Tunnels;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Node;

/// <summary>
/// Supervisor of the node: creates the actors that exist once, samples the Load, drains the node (<see cref="Drain"/>), and stops all parts
/// in order.
/// </summary>
internal sealed class LnsSupervisor : UntypedActor, IWithTimers
{
    private sealed record Sample
    {
        public static readonly Sample Instance = new();
    }

    private sealed record NasWaited
    {
        public static readonly NasWaited Instance = new();
    }

    private sealed record CheckStopped
    {
        public static readonly CheckStopped Instance = new();
    }

    internal static readonly EndReason DrainDeadline =
        new(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "drain deadline reached");
    /// <summary>Parts that confirm new settings: pools, RADIUS, tunnels, and the supervisor for the rest.</summary>
    internal const int SettingsParts = 4;

    private static readonly TimeSpan StopPoll = TimeSpan.FromMilliseconds(20);
    private readonly NodeParts _node;
    private readonly IActorRef _pools, _radius, _accounting, _tunnels;
    private readonly NodeAccounting _nodeAccounting;
    private readonly List<IActorRef> _stopAskers = [];
    private DrainState _drain = DrainState.Serving.Instance;
    private NodeStopped? _stopped;
    private Instant _stopBy;
    private TimeSpan _stopWithin;
    private bool _offSent;

    /// <summary>Makes each actor after those that it needs.</summary>
    public LnsSupervisor(NodeParts node)
    {
        _node = node;
        _nodeAccounting = new NodeAccounting(node.Live, node.Clock, node.Log, node.SessionIds.Next(), node.Nas);
        var (live, clock, log, counters, traces) = (node.Live, node.Clock, node.Log, node.Counters, node.Traces);
        _pools = Context.ActorOf(LnsProps.Serial(() => new AddressPoolsActor(node.Pools, node.Needed, log)), "pools");
        var radius = _radius = Context.ActorOf(LnsProps.Parallel(() =>
            new RadiusRouter(live, clock, log, counters, node.Meter, traces, node.Radius)), "radius");
        var accounting = _accounting = Context.ActorOf(LnsProps.Serial(() =>
            new AccountingActor(node.Spool, node.SessionIds.Epoch, live, clock, log, counters, radius)), "accounting");
        _nodeAccounting.Begin(accounting, Self);
        var gate = Context.ActorOf(LnsProps.Serial(() =>
            new InterfaceGate(new TracingPlane(node.Plane, traces), live, accounting, traces, log)), "interface-gate");
        var calls = CallsOf(node, gate, radius, accounting, _pools);
        var bundles = Context.ActorOf(LnsProps.Serial(() => new BundlesActor(calls)), "bundles");
        var tunnels = TunnelsOf(node, new LinkContext(calls, bundles));
        _tunnels = Context.ActorOf(LnsProps.Serial(() => new TunnelsActor(tunnels, node.Intake)), "tunnels");
        if (node.DynamicAuthorization is not { } socket) return;
        Context.ActorOf(LnsProps.Serial(() => new DynamicAuthorizationActor(
            socket, live, node.Calls, counters.DynamicAuthorization, clock, log, LnsNode.Drop)), "dynamic-authorization");
    }

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the first message

    private static CallContext CallsOf(NodeParts node, IActorRef gate, IActorRef radius, IActorRef accounting, IActorRef pools) => new()
    {
        Live = node.Live,
        Plane = node.Plane,
        Clock = node.Clock,
        Log = node.Log,
        Counters = node.Counters,
        Meter = node.Meter,
        SessionIds = node.SessionIds,
        Table = node.Calls,
        Disconnects = node.Disconnects,
        Traces = node.Traces,
        Admission = node.Admission,
        Gate = gate,
        Radius = radius,
        Accounting = accounting,
        Pools = pools,
    };

    private static TunnelContext TunnelsOf(NodeParts node, LinkContext calls) => new()
    {
        Live = node.Live,
        Plane = node.Plane,
        Clock = node.Clock,
        Log = node.Log,
        Counters = node.Counters,
        Table = node.Tunnels,
        State = node.TunnelState,
        Traces = node.Traces,
        Admission = node.Admission,
        Calls = calls,
        Needed = node.Needed,
    };

    /// <summary>
    /// An actor that exists once resumes with its state and its children; only the message that failed is lost. A restart would lose leases
    /// and accounting records, or end all sessions. Each sender that waits for an answer has a deadline.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(e =>
    {
        if (e is ActorInitializationException) return Directive.Restart;
        _node.Log.MessageLost(e, Sender.Path.Name);
        return Directive.Resume;
    });

    /// <summary>The same for the supervisor itself, which Akka would stop or restart.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _node.Log.MessageLost(e, Self.Path.Name);
            return true;
        }
    }

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Sample), Sample.Instance, _node.Live.Current.Overload.SampleInterval);
        if (_nodeAccounting.IsHeld) Timers.StartSingleTimer(nameof(NasWaited), NasWaited.Instance, NodeAccounting.HoldAtMost);
    }

    protected override void PostStop() => _node.Meter.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Sample:
                _node.Admission.Tick();
                StepDrain(DrainEvent.Tick.Instance);
                break;
            case DrainOrdered order: StepDrain(order.What); break;
            case SettingsChanged change: OnSettings(change); break;
            case StopNode stop: OnStop(stop); break;
            case NasDecided decided: _nodeAccounting.Learn(decided.Verdict, _accounting); break;
            case NasWaited: _nodeAccounting.Decide(_accounting); break;
            case Describe: _pools.Forward(message); break; // asks for the pools
            case CheckStopped: _accounting.Tell(AskAccountingBacklog.Instance); break;
            case AccountingBacklog backlog: OnBacklog(backlog); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>
    /// Pools and RADIUS get the new settings before the other actors can see them, so that every requested name exists there. Tunnels
    /// get them afterwards, and look up the values that are valid then.
    /// </summary>
    private void OnSettings(SettingsChanged change)
    {
        var (before, next) = (_node.Live.Current, change.Settings);
        try
        {
            _pools.Tell(change);
            _radius.Tell(change);
            _node.Admission.Change(next);
            _node.DynamicAuthorization?.Change(next.Radius.DynamicAuthorization.Clients);
            _node.Live.Replace(next);
            _node.Needed.Set(next);
            _tunnels.Tell(change);
            if (!next.Tun.Routes.SequenceEqual(before.Tun.Routes)) _node.Plane.Route(next.Tun.Routes);
            if (next.Overload.SampleInterval != before.Overload.SampleInterval)
                Timers.StartPeriodicTimer(nameof(Sample), Sample.Instance, next.Overload.SampleInterval);
        }
        finally
        {
            change.Applied.Done();
        }
    }

    private void OnStop(StopNode stop)
    {
        if (_stopped is { } already)
        {
            Sender.Tell(already);
            return;
        }
        _stopAskers.Add(Sender);
        if (_stopAskers.Count > 1) return; // it stops already
        (_stopBy, _stopWithin) = (_node.Clock.Now + stop.Within, stop.Within);
        _node.Admission.Stop(stop.Why);
        _node.Log.NodeStops(_node.Counters.Tunnels - _node.Counters.TunnelsClosing, _node.Counters.Sessions, stop.Why);
        _tunnels.Tell(new StopTunnels(stop.Why));
        Self.Tell(CheckStopped.Instance);
    }

    private void StepDrain(DrainEvent ev)
    {
        if (_stopAskers.Count > 0) return; // it stops already
        var counters = _node.Counters;
        var (next, effects) = Drain.On(_drain, ev, _node.Clock.Now, Math.Max(counters.Sessions, counters.Bundles),
            _node.Live.Current.Drain.ReportInterval);
        if (next == _drain && effects.IsEmpty) return;
        _drain = _node.Admission.Drain = next; // before sessions are counted: a call was taken before and counts, or is refused
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case DrainEffect.SayBegun b:
                    var deadline = b.Within is { } within ? $"{within.TotalSeconds:F0} s" : "none";
                    _node.Log.DrainBegins(counters.Sessions, b.Exit ? "exits" : "stays", deadline, b.Why ?? "not given");
                    break;
                case DrainEffect.SayRemaining: _node.Log.DrainRemaining(counters.Sessions); break;
                case DrainEffect.SayCalledOff: _node.Log.DrainCalledOff(counters.Sessions); break;
                case DrainEffect.SayDrained d: _node.Log.NodeDrained((long)d.After.TotalSeconds); break;
                case DrainEffect.EndSessions:
                    _node.Log.DrainTimeUp(counters.Sessions);
                    _tunnels.Tell(new EndCalls(next.Reason is { } why
                        ? DrainDeadline with { Text = $"{DrainDeadline.Text}: {why}" } : DrainDeadline));
                    break;
                case DrainEffect.ExitNode: _node.Drained.TrySetResult(); break;
                default: throw new InvalidOperationException($"no shell for {effect}");
            }
        }
    }

    private void OnBacklog(AccountingBacklog backlog)
    {
        var counters = _node.Counters;
        var left = _stopBy - _node.Clock.Now;
        var timeUp = left <= TimeSpan.Zero;
        // a LAC that does not acknowledge its StopCCN may take half of the time: the rest is for accounting and for the last paths at the
        // gate
        var gone = counters is { Sessions: 0, Bundles: 0 } && _node.Plane.PathCount == 0
            && (counters.Tunnels == 0 || left < _stopWithin / 2);
        if (gone && !_offSent)
        {
            _offSent = true;
            _nodeAccounting.End(_accounting, Self);
        }
        else if ((gone && backlog.UnderWay == 0 && (backlog.Waiting == 0 || backlog.IsKept)) || timeUp)
        {
            // the next start sends what a file keeps
            _stopped = new NodeStopped(gone && (backlog.Waiting + backlog.UnderWay == 0 || backlog.IsKept));
            if (!_stopped.Clean) _node.Log.NodeStopsUnfinished(counters.Tunnels, counters.Sessions, backlog.Waiting + backlog.UnderWay);
            foreach (var asker in _stopAskers) asker.Tell(_stopped);
            return;
        }
        Timers.StartSingleTimer(nameof(CheckStopped), CheckStopped.Instance, StopPoll);
    }
}
