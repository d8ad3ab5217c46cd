using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Calls;

/// <summary>What the actors of all calls share. Made once, when the actors that it names exist.</summary>
internal sealed record CallContext
{
    public required LiveSettings Live { get; init; }
    public required IDataPlane Plane { get; init; }
    public required NodeClock Clock { get; init; }
    public required ILogger Log { get; init; }
    public required NodeCounters Counters { get; init; }
    public required NodeMeter Meter { get; init; }
    public required SessionIdSource SessionIds { get; init; }
    public required CallTable Table { get; init; }
    public required DisconnectLog Disconnects { get; init; }
    public required Traces Traces { get; init; }
    public required AdmissionControl Admission { get; init; }
    public required IActorRef Gate { get; init; }
    public required IActorRef Radius { get; init; }
    public required IActorRef Accounting { get; init; }
    public required IActorRef Pools { get; init; }

    /// <summary>Parent of the bundles. Bundles themselves do not need it.</summary>
    public IActorRef Bundles { get; init; } = ActorRefs.Nobody;

    /// <inheritdoc cref="LiveSettings.Current"/>
    public LnsSettings Settings => Live.Current;

    public static CallContext Of(LnsNodeContext node) => new()
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
        Gate = node.Gate,
        Radius = node.Radius,
        Accounting = node.Accounting,
        Pools = node.Pools,
    };
}
