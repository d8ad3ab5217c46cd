using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Actors.Gate;

/// <summary>What sessions and bundles ask of the data plane; each goes through the gate, so the orders for one path keep their order.</summary>
internal abstract record GateOrder(PathKey Key) : INoSerializationVerificationNeeded
{
    /// <summary>Answered by <see cref="PathOpened"/> or <see cref="PathFailed"/>.</summary>
    public sealed record OpenPath(PathKey Key, PathSettings Settings, IPppReceiver Receiver, IActorRef ReplyTo) : GateOrder(Key);

    /// <summary>Another way to the LAC for an open path; answered by <see cref="PathFailed"/> only.</summary>
    public sealed record ChangePath(PathKey Key, PathSettings Settings, IPppReceiver Receiver, IActorRef ReplyTo) : GateOrder(Key);

    /// <summary>Answered by <see cref="ForwardingStarted"/> or <see cref="PathFailed"/>.</summary>
    public sealed record StartForwarding(PathKey Key, ForwardingSettings Settings, IActorRef ReplyTo) : GateOrder(Key);

    /// <summary>Forwarding stops; <paramref name="ReplyTo"/> gets the counters, which do not move any more, as <see cref="ForwardingStopped"/>.</summary>
    /// <param name="Why">null: the network only restarts; else the link is going and this is the end.</param>
    /// <param name="Ends">For accounting, which hears of it here, in the order of the gate.</param>
    public sealed record StopForwarding(PathKey Key, EndReason? Why, IActorRef ReplyTo, AccountingEnds? Ends = null) : GateOrder(Key);

    public sealed record ClosePath(PathKey Key) : GateOrder(Key);
}

internal sealed record PathOpened
{
    public static readonly PathOpened Instance = new();
}

/// <param name="IsOvertaken">Nothing was done, since the path's close waits already: whoever asked is ending, for a better reason than this.</param>
internal sealed record PathFailed(string Why, bool IsOvertaken = false)
{
    public static readonly PathFailed Overtaken = new("its close overtook it", IsOvertaken: true);
}

internal sealed record ForwardingStarted
{
    public static readonly ForwardingStarted Instance = new();
}

/// <inheritdoc cref="GateOrder.StopForwarding"/>
internal sealed record ForwardingStopped(EndReason? Why, PathCounters Counters);

/// <summary>
/// The only way to the data plane's orders: in the order they came, one operation at a time, with <c>lns.interface-gate.pause</c> between them. What waits
/// when an operation begins goes in one, up to <c>max-batch</c> orders; which of them are void, <see cref="PathOrderQueue{TKey,TOrder}"/> decides.
/// </summary>
/// <remarks>Without a pause it waits too, for what is in its mailbox already: a burst of orders is one operation, and what is overtaken in it does nothing.</remarks>
internal sealed class InterfaceGate(LnsNodeContext node) : UntypedActor, IWithTimers
{
    private sealed record Next : INoSerializationVerificationNeeded
    {
        public static readonly Next Instance = new();
    }

    private readonly PathOrderQueue<PathKey, GateOrder> _waiting = new();
    private readonly List<DueOrder<GateOrder>> _batch = [];
    private PlaneOrder[] _operation = []; // max-batch of them
    private MailboxMeter _meter = null!;
    private bool _isNextDue; // Next is on its way, or its timer runs

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the first message

    protected override void PreStart() => _meter = MailboxMeters.Of(Context.System).Serial;

    /// <summary>The end of the node: what still waits runs, without a pause.</summary>
    protected override void PostStop()
    {
        while (_waiting.Count > 0) Operate();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GateOrder order: Wait(order); break;
            case Next: Advance(); break;
            default: Unhandled(message); break;
        }
    }

    private void Wait(GateOrder order)
    {
        if (order is GateOrder.StopForwarding { ReplyTo: null }) throw new ArgumentException("nobody to answer to", nameof(order));
        _waiting.Add(order.Key, KindOf(order), order);
        _meter.Add(1);
        if (_isNextDue) return;
        _isNextDue = true;
        Self.Tell(Next.Instance); // behind the orders that have come meanwhile
    }

    private static PathOrderKind KindOf(GateOrder order) => order switch
    {
        GateOrder.OpenPath => PathOrderKind.Open,
        GateOrder.StopForwarding => PathOrderKind.Stop,
        GateOrder.ClosePath => PathOrderKind.Close,
        _ => PathOrderKind.Change,
    };

    private void Advance()
    {
        _isNextDue = false;
        var hasRun = Operate();
        if (hasRun && node.Settings.InterfaceGate.Pause is var pause && pause > TimeSpan.Zero)
        {
            _isNextDue = true;
            Timers.StartSingleTimer(nameof(Next), Next.Instance, pause);
        }
        else if (_waiting.Count > 0)
        {
            _isNextDue = true;
            Self.Tell(Next.Instance);
        }
    }

    /// <summary>One operation; false: nothing waited that runs.</summary>
    private bool Operate()
    {
        var most = node.Settings.InterfaceGate.MaxBatch;
        if (_operation.Length != most) _operation = new PlaneOrder[most];
        _batch.Clear(); // of one that an exception has cut short
        var count = _waiting.Take(_operation.Length, _batch);
        _meter.Add(-_batch.Count);
        var operation = _operation.AsSpan(0, count);
        var next = 0;
        foreach (var due in _batch)
            if (!due.IsVoid) operation[next++] = ToPlane(due.Order);
        if (count > 0) Apply(operation);
        next = 0;
        foreach (var due in _batch)
        {
            if (due.IsVoid) AnswerVoid(due.Order);
            else Answer(due.Order, operation[next++]);
        }
        _batch.Clear();
        operation.Clear(); // it holds receivers
        return count > 0;
    }

    private void Apply(Span<PlaneOrder> operation)
    {
        try
        {
            node.Plane.Apply(operation);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // not one path's failure but the plane's: nobody may wait for an answer for ever
        {
            foreach (ref var order in operation) order.Failure ??= e.Message;
        }
    }

    private static PlaneOrder ToPlane(GateOrder order) => order switch
    {
        GateOrder.OpenPath o => PlaneOrder.Open(o.Key, o.Settings, o.Receiver),
        GateOrder.ChangePath c => PlaneOrder.Open(c.Key, c.Settings, c.Receiver),
        GateOrder.StartForwarding f => PlaneOrder.Forward(f.Key, f.Settings),
        GateOrder.StopForwarding => PlaneOrder.Stop(order.Key),
        _ => PlaneOrder.Close(order.Key),
    };

    /// <summary>What the kernel refuses for one subscriber is that subscriber's failure, not the gate's.</summary>
    private void Answer(GateOrder order, in PlaneOrder done)
    {
        node.Traces.On?.Gate(order.Key, Outcome(order, done));
        if (done.Failure is { } why) node.Log.PlaneFailed(OperationOf(order), order.Key.ToString(), why);
        switch (order)
        {
            case GateOrder.OpenPath o: o.ReplyTo.Tell(done.Failure is { } no ? new PathFailed(no) : PathOpened.Instance); break;
            case GateOrder.ChangePath c:
                if (done.Failure is { } unchanged) c.ReplyTo.Tell(new PathFailed(unchanged));
                break;
            case GateOrder.StartForwarding f: f.ReplyTo.Tell(done.Failure is { } not ? new PathFailed(not) : ForwardingStarted.Instance); break;
            case GateOrder.StopForwarding s: AnswerStop(s, done.Counters); break; // in any case: its owner waits to end
        }
    }

    private void AnswerStop(GateOrder.StopForwarding stop, in PathCounters counters)
    {
        if (stop.Ends is { } ends && node.HasAccounted) node.Accounting.Tell(ends);
        stop.ReplyTo.Tell(new ForwardingStopped(stop.Why, counters));
    }

    private void AnswerVoid(GateOrder order)
    {
        node.Traces.On?.Gate(order.Key, $"{OperationOf(order)}: its close overtook it");
        switch (order)
        {
            case GateOrder.OpenPath o: o.ReplyTo.Tell(PathFailed.Overtaken); break;
            case GateOrder.StartForwarding f: f.ReplyTo.Tell(PathFailed.Overtaken); break;
            case GateOrder.StopForwarding s: AnswerStop(s, default); break;
        }
    }

    /// <summary>For a trace.</summary>
    private static string Outcome(GateOrder order, in PlaneOrder done) => done.Failure is { } why ? $"{OperationOf(order)}: {why}"
        : order is GateOrder.StopForwarding or GateOrder.ClosePath
            ? $"{OperationOf(order)}: done, in {done.Counters.InOctets} octets, out {done.Counters.OutOctets} octets"
            : $"{OperationOf(order)}: done";

    private static string OperationOf(GateOrder order) => order switch
    {
        GateOrder.OpenPath => "open a path",
        GateOrder.ChangePath => "change a path",
        GateOrder.StartForwarding => "start forwarding",
        GateOrder.StopForwarding => "stop forwarding",
        _ => "close a path",
    };
}
