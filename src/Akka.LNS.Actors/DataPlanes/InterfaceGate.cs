using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane;

namespace Akka.LNS.Actors.DataPlanes;

/// <summary>What sessions and bundles ask of the data plane; each goes through the gate, so the orders for one path keep their order.</summary>
internal abstract record GateOrder(PathKey Key)
{
    /// <summary>Answered by <see cref="PathOpened"/> or <see cref="PathFailed"/>.</summary>
    public sealed record OpenPath(PathKey Key, PathSettings Settings, IPppReceiver Receiver, IActorRef ReplyTo) : GateOrder(Key);

    /// <summary>Answered by <see cref="ForwardingStarted"/> or <see cref="PathFailed"/>.</summary>
    public sealed record StartForwarding(PathKey Key, ForwardingSettings Settings, IActorRef ReplyTo) : GateOrder(Key);

    /// <summary>Forwarding stops; <paramref name="ReplyTo"/> gets the counters, which do not move any more, as <see cref="ForwardingStopped"/>.</summary>
    /// <param name="Why">null: the network only restarts; else the link is going and this is the end.</param>
    public sealed record StopForwarding(PathKey Key, EndReason? Why, IActorRef ReplyTo) : GateOrder(Key);

    public sealed record ClosePath(PathKey Key) : GateOrder(Key);
}

internal sealed record PathOpened
{
    public static readonly PathOpened Instance = new();
}

internal sealed record PathFailed(string Why);

internal sealed record ForwardingStarted
{
    public static readonly ForwardingStarted Instance = new();
}

/// <inheritdoc cref="GateOrder.StopForwarding"/>
internal sealed record ForwardingStopped(EndReason? Why, PathCounters Counters);

/// <summary>
/// The only way to the data plane's orders: one at a time, with <c>lns.interface-gate.pause</c> between them, in the order they came.
/// An open that its close has overtaken does nothing.
/// </summary>
internal sealed class InterfaceGate(LnsNodeContext node) : UntypedActor, IWithTimers
{
    private sealed record Next : INoSerializationVerificationNeeded
    {
        public static readonly Next Instance = new();
    }

    private readonly TimeSpan _pause = node.Settings.InterfaceGate.Pause;
    private readonly Queue<GateOrder> _waiting = new(); // only with a pause
    private readonly HashSet<PathKey> _overtaken = [];  // a close waits for these: their other orders are void
    private MailboxMeter _meter = null!;
    private bool _paused;

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the first message

    protected override void PreStart() => _meter = MailboxMeters.Of(Context.System).Serial;

    protected override void PostStop() => _meter.Add(-_waiting.Count);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GateOrder order when _pause == TimeSpan.Zero: Run(order); break;
            case GateOrder order: Wait(order); break;
            case Next: _paused = false; Advance(); break;
            default: Unhandled(message); break;
        }
    }

    private void Wait(GateOrder order)
    {
        if (order is GateOrder.ClosePath) _overtaken.Add(order.Key);
        _waiting.Enqueue(order);
        _meter.Add(1);
        Advance();
    }

    private void Advance()
    {
        while (!_paused && _waiting.TryDequeue(out var order))
        {
            _meter.Add(-1);
            if (order is GateOrder.ClosePath) _overtaken.Remove(order.Key);
            else if (order is not GateOrder.StopForwarding && _overtaken.Contains(order.Key)) continue;
            Run(order);
            _paused = true;
            Timers.StartSingleTimer(nameof(Next), Next.Instance, _pause);
        }
    }

    private void Run(GateOrder order)
    {
        switch (order)
        {
            case GateOrder.OpenPath o:
                Try(o.ReplyTo, PathOpened.Instance, "open a path", o, static (plane, o) => plane.Open(o.Key, o.Settings, o.Receiver));
                break;
            case GateOrder.StartForwarding f:
                Try(f.ReplyTo, ForwardingStarted.Instance, "start forwarding", f, static (plane, f) => plane.Forward(f.Key, f.Settings));
                break;
            case GateOrder.StopForwarding s:
                var counters = default(PathCounters);
                Try(null, null, "stop forwarding", s, (plane, s) =>
                {
                    plane.Forward(s.Key, null);
                    plane.TryReadCounters(s.Key, out counters);
                });
                s.ReplyTo.Tell(new ForwardingStopped(s.Why, counters)); // in any case: its owner waits to end
                break;
            case GateOrder.ClosePath c:
                Try(null, null, "close a path", c, static (plane, c) => plane.Close(c.Key));
                break;
        }
    }

    /// <summary>What the kernel refuses for one subscriber is that subscriber's failure, not the gate's.</summary>
    private void Try<TOrder>(IActorRef? replyTo, object? done, string operation, TOrder order, Action<IDataPlane, TOrder> run) where TOrder : GateOrder
    {
        try
        {
            run(node.Plane, order);
            if (done is not null) replyTo?.Tell(done);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            node.Log.PlaneFailed(operation, order.Key.ToString(), e.Message);
            replyTo?.Tell(new PathFailed(e.Message));
        }
    }
}
