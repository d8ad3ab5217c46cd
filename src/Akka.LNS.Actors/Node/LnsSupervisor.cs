using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Tunnels;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Node;

/// <summary>
/// Supervisor of the node: makes the actors that exist once, samples the Load, empties the node (<see cref="Drain"/>), and stops everything
/// in
/// order.
/// </summary>
internal sealed class LnsSupervisor(LnsNodeContext node, ControlIntake intake, AddressPools pools, TaskCompletionSource drained) : UntypedActor, IWithTimers
{
    private sealed record Sample
    {
        public static readonly Sample Instance = new();
    }

    private sealed record CheckStopped
    {
        public static readonly CheckStopped Instance = new();
    }

    internal static readonly EndReason DrainDeadline = new(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "the LNS is being drained, and time is up");
    /// <summary>Parts that confirm new settings: pools, RADIUS, tunnels, and the supervisor for the rest.</summary>
    internal const int SettingsParts = 4;

    private static readonly TimeSpan StopPoll = TimeSpan.FromMilliseconds(20);
    private readonly string _nodeSession = node.SessionIds.Next();
    private readonly List<IActorRef> _stopAskers = [];
    private IActorRef _tunnels = ActorRefs.Nobody;
    private DrainState _drain = DrainState.Serving.Instance;
    private NodeStopped? _stopped;
    private Instant _stopBy;
    private TimeSpan _stopWithin;
    private bool _offSent;

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the first message

    /// <summary>
    /// An actor that exists once resumes with its state and its children; only the message that failed is lost. A restart would lose leases
    /// and
    /// accounting records, or end all sessions. Each sender that waits for an answer has a deadline.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(e =>
    {
        if (e is ActorInitializationException) return Directive.Restart;
        node.Log.MessageLost(e, Sender.Path.Name);
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
            node.Log.MessageLost(e, Self.Path.Name);
            return true;
        }
    }

    protected override void PreStart()
    {
        node.Pools = Context.ActorOf(LnsProps.Serial(() => new AddressPoolsActor(pools, node.Log)), "pools");
        node.Gate = Context.ActorOf(LnsProps.Serial(() => new InterfaceGate(node.Plane, () => node.Settings.InterfaceGate,
            () => node.HasAccounted ? node.Accounting : null, node.Traces, node.Log)), "interface-gate");
        node.Radius = Context.ActorOf(LnsProps.Parallel(() =>
            new RadiusRouter(() => node.Settings, node.Clock, node.Log, node.Counters, node.Meter, node.Traces,
                condition => node.RadiusCondition = condition)), "radius");
        node.Accounting = Context.ActorOf(LnsProps.Serial(() => new AccountingActor(
            node.Spool, node.SessionIds.Epoch, () => node.Settings, node.Clock, node.Log, node.Counters, node.Radius)), "accounting");
        Account(AccountingKind.On, null); // before the first call: it would end a Start that came before it
        var calls = CallContext.Of(node);
        node.Calling = calls with { Bundles = Context.ActorOf(LnsProps.Serial(() => new BundlesActor(calls)), "bundles") };
        _tunnels = Context.ActorOf(LnsProps.Serial(() => new TunnelsActor(node, intake)), "tunnels");
        if (node.DynamicAuthorization is { } socket)
            Context.ActorOf(LnsProps.Serial(() => new DynamicAuthorizationActor(socket, () => node.Settings, node.Calls,
                node.Counters.DynamicAuthorization, node.Clock, node.Log, LnsNode.Drop)), "dynamic-authorization");
        Timers.StartPeriodicTimer(nameof(Sample), Sample.Instance, node.Settings.Overload.SampleInterval);
    }

    protected override void PostStop() => node.Meter.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Sample:
                node.Admission.Tick();
                StepDrain(DrainEvent.Tick.Instance);
                break;
            case DrainOrdered order: StepDrain(order.What); break;
            case SettingsChanged change: OnSettings(change); break;
            case StopNode stop: OnStop(stop); break;
            case CheckStopped: node.Accounting.Tell(AskAccountingBacklog.Instance); break;
            case AccountingBacklog backlog: OnBacklog(backlog); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>
    /// Pools and RADIUS get the new settings before the other actors can see them, so that they know every name they are asked for. Tunnels
    /// get
    /// them afterwards, and look up what is valid then.
    /// </summary>
    private void OnSettings(SettingsChanged change)
    {
        var (before, next) = (node.Settings, change.Settings);
        try
        {
            node.Pools.Tell(change);
            node.Radius.Tell(change);
            node.Admission.Change(next);
            node.DynamicAuthorization?.Change(next.Radius.DynamicAuthorization.Clients);
            node.Settings = next;
            _tunnels.Tell(change);
            if (!next.Tun.Routes.SequenceEqual(before.Tun.Routes)) node.Plane.Route(next.Tun.Routes);
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
        (_stopBy, _stopWithin) = (node.Clock.Now + stop.Within, stop.Within);
        node.Admission.Stop(stop.Why);
        node.Log.NodeStops(node.Counters.Tunnels - node.Counters.TunnelsClosing, node.Counters.Sessions, stop.Why);
        _tunnels.Tell(new StopTunnels(stop.Why));
        Self.Tell(CheckStopped.Instance);
    }

    private void StepDrain(DrainEvent ev)
    {
        if (_stopAskers.Count > 0) return; // it stops already
        var counters = node.Counters;
        var (next, effects) = Drain.On(_drain, ev, node.Clock.Now, Math.Max(counters.Sessions, counters.Bundles), node.Settings.Drain.ReportInterval);
        if (next == _drain && effects.IsEmpty) return;
        _drain = node.Admission.Drain = next; // before sessions are counted: a call was taken before and counts, or is refused
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case DrainEffect.SayBegun b:
                    var deadline = b.Within is { } within ? $"{within.TotalSeconds:F0} s" : "none";
                    node.Log.DrainBegins(counters.Sessions, b.Exit ? "exits" : "stays", deadline, b.Why ?? "not given");
                    break;
                case DrainEffect.SayRemaining: node.Log.DrainRemaining(counters.Sessions); break;
                case DrainEffect.SayCalledOff: node.Log.DrainCalledOff(counters.Sessions); break;
                case DrainEffect.SayDrained d: node.Log.NodeDrained((long)d.After.TotalSeconds); break;
                case DrainEffect.EndSessions:
                    node.Log.DrainTimeUp(counters.Sessions);
                    _tunnels.Tell(new EndCalls(next.Reason is { } why ? DrainDeadline with { Text = $"{DrainDeadline.Text}: {why}" } : DrainDeadline));
                    break;
                case DrainEffect.ExitNode: drained.TrySetResult(); break;
                default: throw new InvalidOperationException($"no shell for {effect}");
            }
        }
    }

    private void OnBacklog(AccountingBacklog backlog)
    {
        var counters = node.Counters;
        var left = _stopBy - node.Clock.Now;
        var timeUp = left <= TimeSpan.Zero;
        // a LAC that does not acknowledge its StopCCN may take half of the time: the rest is for accounting and for the last paths at the gate
        var gone = counters is { Sessions: 0, Bundles: 0 } && node.Plane.PathCount == 0 && (counters.Tunnels == 0 || left < _stopWithin / 2);
        if (gone && !_offSent)
        {
            // after the last Stop: to the server, Off ends all sessions of the node
            _offSent = true;
            Account(AccountingKind.Off, new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "the node stops"));
        }
        else if ((gone && backlog.UnderWay == 0 && (backlog.Waiting == 0 || backlog.IsKept)) || timeUp)
        {
            _stopped = new NodeStopped(gone && (backlog.Waiting + backlog.UnderWay == 0 || backlog.IsKept)); // the next start sends what a file keeps
            if (!_stopped.Clean) node.Log.NodeStopsUnfinished(counters.Tunnels, counters.Sessions, backlog.Waiting + backlog.UnderWay);
            foreach (var asker in _stopAskers) asker.Tell(_stopped);
            return;
        }
        Timers.StartSingleTimer(nameof(CheckStopped), CheckStopped.Instance, StopPoll);
    }

    private void Account(AccountingKind kind, EndReason? why)
    {
        var radius = node.Settings.Radius;
        if (!radius.Accounts || !radius.Accounting.OnOff) return;
        var group = node.Settings.Group;
        var port = new NasPort(group.NasIdentifier, group.NasIpAddress, null, 0, "", "", "", "", "", "", null);
        node.Accounting.Tell(new AccountingOffered(AccountingRecord.OfNode(kind, _nodeSession, port, node.Clock.UtcNow, why), Self));
    }
}
