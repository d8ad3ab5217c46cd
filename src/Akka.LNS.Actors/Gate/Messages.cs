using Akka.LNS.Actors.Accounting;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Gate;

/// <summary>Session or bundle to the gate: an order for the data plane. The gate keeps the orders of one path in sequence.</summary>
internal abstract record GateOrder(PathKey Key) : INoSerializationVerificationNeeded
{
    /// <summary>Answered by <see cref="PathOpened"/> or <see cref="PathFailed"/>.</summary>
    public sealed record OpenPath(PathKey Key, PathSettings Settings, IPppReceiver Receiver, IActorRef ReplyTo) : GateOrder(Key);

    /// <summary>New settings for an open path. Answered only by <see cref="PathFailed"/>.</summary>
    public sealed record ChangePath(PathKey Key, PathSettings Settings, IPppReceiver Receiver, IActorRef ReplyTo) : GateOrder(Key);

    /// <summary>Answered by <see cref="ForwardingStarted"/> or <see cref="PathFailed"/>.</summary>
    public sealed record StartForwarding(PathKey Key, ForwardingSettings Settings, IActorRef ReplyTo) : GateOrder(Key);

    /// <summary>Stops forwarding. <paramref name="ReplyTo"/> gets the final counters as <see cref="ForwardingStopped"/>.</summary>
    /// <param name="Why">Null: only the network layer restarts; otherwise the reason why the link ends.</param>
    /// <param name="Ends">For accounting, which gets it from the gate, in the sequence of the gate.</param>
    public sealed record StopForwarding(PathKey Key, EndReason? Why, IActorRef ReplyTo, AccountingEnds? Ends = null) : GateOrder(Key);

    public sealed record ClosePath(PathKey Key) : GateOrder(Key);
}

internal sealed record PathOpened
{
    public static readonly PathOpened Instance = new();
}

/// <param name="IsOvertaken">
/// The order was not run, because the close of the path waits already. Its sender ends for another reason.
/// </param>
internal sealed record PathFailed(string Why, bool IsOvertaken = false)
{
    public static readonly PathFailed Overtaken = new("the path was closed before it was open", IsOvertaken: true);
}

internal sealed record ForwardingStarted
{
    public static readonly ForwardingStarted Instance = new();
}

/// <inheritdoc cref="GateOrder.StopForwarding"/>
internal sealed record ForwardingStopped(EndReason? Why, PathCounters Counters);
