using System.Collections.Immutable;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>What the shell of <see cref="SubscriberSession"/> must do, in order.</summary>
public abstract record SubscriberEffect
{
    /// <summary>Order exactly this address.</summary>
    public sealed record ReserveAddress(Ipv4Address Address) : SubscriberEffect;

    /// <summary>Order an address of a pool: that of the profile, else that of the template.</summary>
    public sealed record LeaseAddress : SubscriberEffect
    {
        public static readonly LeaseAddress Instance = new();
    }

    /// <summary>Give the address back, or cancel its order. Once, and nothing follows but <see cref="CloseLink"/>.</summary>
    public sealed record ReleaseAddress : SubscriberEffect
    {
        public static readonly ReleaseAddress Instance = new();
    }

    /// <summary>No address: log it.</summary>
    public sealed record NoAddress(string Why) : SubscriberEffect;

    /// <summary>Start the network protocols.</summary>
    public sealed record StartNetwork(Ipv4Address Address) : SubscriberEffect;

    /// <summary>Order the data plane to forward.</summary>
    /// <param name="Mtu">Octets.</param>
    public sealed record StartForwarding(Ipv4Address Address, int Mtu) : SubscriberEffect;

    /// <summary>Order the data plane to stop.</summary>
    /// <param name="Why">Null: the network restarts.</param>
    public sealed record StopForwarding(EndReason? Why) : SubscriberEffect;

    /// <summary>Forwarding began: log it.</summary>
    /// <param name="Mtu">Octets.</param>
    public sealed record InterfaceUp(Ipv4Address Address, int Mtu) : SubscriberEffect;

    /// <summary>Forwarding ended: log it.</summary>
    public sealed record InterfaceDown(Ipv4Address Address) : SubscriberEffect;

    /// <summary>The user is on: send the accounting Start.</summary>
    /// <param name="Mtu">Octets.</param>
    public sealed record UserOn(Ipv4Address Address, int Mtu) : SubscriberEffect;

    /// <summary>Send an Interim-Update.</summary>
    public sealed record Interim(TimeSpan SessionTime, TrafficCounters Counters) : SubscriberEffect;

    /// <summary>The user is off: send the accounting Stop. One for each <see cref="UserOn"/>.</summary>
    public sealed record UserOff(Ipv4Address Address, EndReason Why, TimeSpan SessionTime, TrafficCounters Counters) : SubscriberEffect;

    /// <summary>All records that follow have these Class attributes.</summary>
    public sealed record ChangeClasses(ImmutableArray<ReadOnlyMemory<byte>> Classes) : SubscriberEffect;

    /// <summary>Confirm the change to the sender of <see cref="SubscriberEvent.ChangeRequested"/>.</summary>
    public sealed record ConfirmChange(long Request) : SubscriberEffect;

    /// <summary>Close the link with an LCP Terminate-Request.</summary>
    public sealed record CloseLink(EndReason Why) : SubscriberEffect;

    /// <summary>Stop the shell.</summary>
    public sealed record Stop : SubscriberEffect
    {
        public static readonly Stop Instance = new();
    }
}
