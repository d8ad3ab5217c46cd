using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>State of one subscriber's session (<see cref="SubscriberSession"/>). Plain data.</summary>
/// <param name="Profile">What the login granted, with all changes by CoA.</param>
public abstract record SubscriberState(SubscriberProfile Profile)
{
    /// <summary>Nothing has begun.</summary>
    public sealed record Idle(SubscriberProfile Profile) : SubscriberState(Profile);

    /// <summary>An address is ordered and not given yet.</summary>
    public sealed record WaitingForAddress(SubscriberProfile Profile, Instant GiveUpAt) : SubscriberState(Profile);

    /// <summary>The network protocols run, and IP packets may not pass.</summary>
    /// <param name="Mtu">Octets, of the forwarding before; 0: there was none.</param>
    public sealed record Negotiating(SubscriberProfile Profile, Ipv4Address Address, int Mtu) : SubscriberState(Profile);

    /// <summary>Both sides have agreed, and forwarding is ordered. The user is not on yet.</summary>
    public sealed record WaitingForForwarding(SubscriberProfile Profile, Ipv4Address Address, int Mtu) : SubscriberState(Profile);

    /// <summary>The user is on: accounting has its Start, and not its Stop.</summary>
    /// <param name="Since">Begin of the session.</param>
    /// <param name="Counters">Latest known.</param>
    /// <param name="EndsAt">The session limit; null: none.</param>
    /// <param name="IdleCheckAt">Earliest moment at which the idle limit may be reached; null: no limit.</param>
    /// <param name="NextInterimAt">The next Interim-Update; null: none.</param>
    public sealed record On(
        SubscriberProfile Profile, Ipv4Address Address, int Mtu, ForwardingPhase Forwarding, Instant Since, TrafficCounters Counters,
        Instant? EndsAt, Instant? IdleCheckAt, Instant? NextInterimAt) : SubscriberState(Profile);

    /// <summary>The link closes with an LCP Terminate-Request, and forwarding ends after that.</summary>
    /// <param name="Why">Reason of the whole session.</param>
    /// <param name="Of">The state without its limits: accounting goes on.</param>
    public sealed record Closing(EndReason Why, SubscriberState Of) : SubscriberState(Of.Profile);

    /// <summary>Forwarding has ended for good, and the shell stops.</summary>
    /// <param name="Of">What is still to be given back.</param>
    public sealed record Ending(EndReason Why, SubscriberState Of) : SubscriberState(Of.Profile);

    /// <summary>Everything is given back.</summary>
    public sealed record Ended(SubscriberProfile Profile, EndReason Why) : SubscriberState(Profile);
}

/// <summary>Forwarding of a session whose user is on: the last order to the data plane, and its last answer.</summary>
public enum ForwardingPhase : byte
{
    /// <summary>Stopped.</summary>
    Down,
    /// <summary>Ordered to start, and not started.</summary>
    Starting,
    /// <summary>Started.</summary>
    Up,
    /// <summary>Started, and ordered to stop.</summary>
    Stopping,
}
