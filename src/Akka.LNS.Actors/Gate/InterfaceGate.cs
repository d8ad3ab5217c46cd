using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Actors.Gate;

/// <summary>
/// Gives orders to the data plane: in sequence, one operation at a time, with <c>lns.interface-gate.pause</c> between operations. An
/// operation takes up to <c>max-batch</c> of the orders that wait. <see cref="PathOrderQueue{TKey,TOrder}"/> decides which of them are
/// void.
/// </summary>
/// <remarks>Even without a pause, an operation begins behind the orders in the mailbox, so a burst of orders is one operation.</remarks>
/// <param name="plane">Traces its orders itself. Orders that are void never reach it.</param>
/// <param name="accounting">Receiver of <see cref="AccountingEnds"/>, once accounting has been on.</param>
internal sealed class InterfaceGate(
    IDataPlane plane, LiveSettings live, IActorRef accounting, Traces traces, ILogger log) : UntypedActor
{
    private sealed record Next : INoSerializationVerificationNeeded
    {
        public static readonly Next Instance = new();
    }

    private readonly PathOrderQueue<PathKey, GateOrder> _waiting = new();
    private readonly List<DueOrder<GateOrder>> _batch = [];
    private PlaneOrder[] _operation = []; // max-batch orders
    private MailboxMeter _meter = null!;
    private bool _isNextDue; // Next is on its way, or its timer runs
    private DeadlineTimer _timer; // of the pause

    protected override void PreStart() => _meter = MailboxMeters.Of(Context.System).Serial;

    /// <summary>End of the node: runs what still waits, without a pause.</summary>
    protected override void PostStop()
    {
        _timer.Stop(Context);
        while (_waiting.Count > 0) Operate();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GateOrder order: Wait(order); break;
            case Next: Advance(); break;
            case DeadlineReached due: if (_timer.Fired(due)) Advance(); break;
            default: Unhandled(message); break;
        }
    }

    private void Wait(GateOrder order)
    {
        if (order is GateOrder.StopForwarding { ReplyTo: null }) throw new ArgumentException("no receiver for the answer", nameof(order));
        _waiting.Add(order.Key, KindOf(order), order);
        _meter.Add(1);
        if (_isNextDue) return;
        _isNextDue = true;
        Self.Tell(Next.Instance); // behind the orders in the mailbox
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
        if (hasRun && live.Current.InterfaceGate.Pause is var pause && pause > TimeSpan.Zero)
        {
            _isNextDue = true;
            _timer.Rearm(Context, default(Instant) + pause, default);
        }
        else if (_waiting.Count > 0)
        {
            _isNextDue = true;
            Self.Tell(Next.Instance);
        }
    }

    /// <summary>Runs one operation.</summary>
    /// <returns>False: no order ran.</returns>
    private bool Operate()
    {
        var most = live.Current.InterfaceGate.MaxBatch;
        if (_operation.Length != most) _operation = new PlaneOrder[most];
        _batch.Clear(); // left by an exception
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
        operation.Clear(); // let go of the receivers
        return count > 0;
    }

    private void Apply(Span<PlaneOrder> operation)
    {
        try
        {
            plane.Apply(operation);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a failure of the whole plane: each order still gets an answer
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

    /// <summary>Answers an order that ran. What the kernel refuses is a failure of that path only.</summary>
    private void Answer(GateOrder order, in PlaneOrder done)
    {
        if (done.Failure is { } why) log.PlaneFailed(OperationOf(order), order.Key.ToString(), why);
        switch (order)
        {
            case GateOrder.OpenPath o: o.ReplyTo.Tell(done.Failure is { } no ? new PathFailed(no) : PathOpened.Instance); break;
            case GateOrder.ChangePath c:
                if (done.Failure is { } unchanged) c.ReplyTo.Tell(new PathFailed(unchanged));
                break;
            case GateOrder.StartForwarding f:
                f.ReplyTo.Tell(done.Failure is { } not
                ? new PathFailed(not) : ForwardingStarted.Instance); break;
            case GateOrder.StopForwarding s: AnswerStop(s, done.Counters); break; // even after a failure: its sender waits to end
        }
    }

    private void AnswerStop(GateOrder.StopForwarding stop, in PathCounters counters)
    {
        if (stop.Ends is { } ends && live.HasAccounted) accounting.Tell(ends);
        stop.ReplyTo.Tell(new ForwardingStopped(stop.Why, counters));
    }

    private void AnswerVoid(GateOrder order)
    {
        traces.On?.Path(order.Key, OperationOf(order), "the path was closed before it was open");
        switch (order)
        {
            case GateOrder.OpenPath o: o.ReplyTo.Tell(PathFailed.Overtaken); break;
            case GateOrder.StartForwarding f: f.ReplyTo.Tell(PathFailed.Overtaken); break;
            case GateOrder.StopForwarding s: AnswerStop(s, default); break;
        }
    }

    private static string OperationOf(GateOrder order) => order switch
    {
        GateOrder.OpenPath => PathOperation.Open,
        GateOrder.ChangePath => PathOperation.Change,
        GateOrder.StartForwarding => PathOperation.Forward,
        GateOrder.StopForwarding => PathOperation.Stop,
        _ => PathOperation.Close,
    };
}
