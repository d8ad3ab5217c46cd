using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>An event at <see cref="SubscriberSession"/>.</summary>
public abstract record SubscriberEvent
{
    /// <summary>The shell has started.</summary>
    public sealed record Started : SubscriberEvent
    {
        public static readonly Started Instance = new();
    }

    /// <summary>The ordered address is there.</summary>
    public sealed record AddressGiven(Ipv4Address Address) : SubscriberEvent;

    /// <summary>There is no address for this subscriber.</summary>
    public sealed record AddressRefused(string Why) : SubscriberEvent;

    /// <summary>The network protocols agreed: IP packets may pass.</summary>
    /// <param name="PeerMru">MRU of the subscriber in octets, from LCP.</param>
    public sealed record NetworkOpened(int PeerMru) : SubscriberEvent;

    /// <summary>The network protocols negotiate again: IP packets must not pass.</summary>
    public sealed record NetworkClosed : SubscriberEvent
    {
        public static readonly NetworkClosed Instance = new();
    }

    /// <summary>The data plane forwards.</summary>
    public sealed record ForwardingStarted : SubscriberEvent
    {
        public static readonly ForwardingStarted Instance = new();
    }

    /// <summary>The data plane does not forward any more.</summary>
    /// <param name="Why">Null: the network restarts; else the link is gone for this reason.</param>
    /// <param name="Counters">Final.</param>
    public sealed record ForwardingStopped(EndReason? Why, TrafficCounters Counters) : SubscriberEvent;

    /// <summary>The data plane cannot forward.</summary>
    public sealed record ForwardingFailed(string Why) : SubscriberEvent;

    /// <summary>End this session, beginning with LCP.</summary>
    public sealed record CloseRequested(EndReason Why) : SubscriberEvent;

    /// <summary>A CoA-Request for this session.</summary>
    /// <param name="Request">Names the request in its confirmation.</param>
    /// <param name="Counters">As they are now; null: the path is closed.</param>
    public sealed record ChangeRequested(long Request, SessionChange What, TrafficCounters? Counters) : SubscriberEvent;

    /// <summary>The actor of the link failed.</summary>
    public sealed record LinkFailed : SubscriberEvent
    {
        public static readonly LinkFailed Instance = new();
    }

    /// <summary>A deadline may have come.</summary>
    /// <param name="Counters">As they are now; null: the path is closed.</param>
    public sealed record Tick(TrafficCounters? Counters) : SubscriberEvent;

    /// <summary>The shell stops: give everything back. In a state other than Ending it stops because of an exception.</summary>
    /// <param name="Counters">As they are now; null: the path is closed.</param>
    public sealed record Stopped(TrafficCounters? Counters) : SubscriberEvent;
}
