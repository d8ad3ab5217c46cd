using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Node;

/// <summary>Objects that the actors of one node share: settings, plane, clocks, log, counters, and the actors that exist once.</summary>
/// <remarks><see cref="LnsSupervisor"/> fills it before it makes other actors. Afterwards only <see cref="Settings"/> changes.</remarks>
internal sealed class LnsNodeContext(
    LnsSettings settings, IDataPlane plane, NodeClock clock, ILogger log, SessionIdSource sessionIds, IAccountingSpool spool)
{
    private volatile RadiusCondition _radiusCondition = RadiusCondition.Initial;

    /// <summary>The settings that a reload replaces.</summary>
    public LiveSettings Live { get; } = new(settings);

    /// <inheritdoc cref="LiveSettings.Current"/>
    public LnsSettings Settings { get => Live.Current; set => Live.Current = value; }

    /// <inheritdoc cref="LiveSettings.HasAccounted"/>
    public bool HasAccounted => Live.HasAccounted;

    public IDataPlane Plane { get; } = plane;
    public NodeClock Clock { get; } = clock;
    public ILogger Log { get; } = log;
    public SessionIdSource SessionIds { get; } = sessionIds;
    public IAccountingSpool Spool { get; } = spool;
    public NodeCounters Counters { get; } = new();
    public NodeMeter Meter { get; } = new();
    public CallTable Calls { get; } = new();
    public TunnelTable TunnelTable { get; } = new();
    public Traces Traces { get; } = new(settings.Traces, clock);
    public DisconnectLog Disconnects { get; } = new(settings.Disconnects.Keep, settings.Disconnects.KeepPerUser, settings.Disconnects.KeepPerLac);
    public AdmissionControl Admission { get; set; } = null!; // LnsNode.Start sets it before anybody can ask

    /// <summary>Socket of its actor; null: dynamic authorization is off.</summary>
    public DynamicAuthorizationSocket? DynamicAuthorization { get; set; }

    /// <summary>What the actors of calls take; set by <see cref="LnsSupervisor"/> before the first call.</summary>
    public CallContext Calling { get; set; } = null!;

    public IActorRef Gate { get; set; } = ActorRefs.Nobody;
    public IActorRef Pools { get; set; } = ActorRefs.Nobody;
    public IActorRef Radius { get; set; } = ActorRefs.Nobody;
    public IActorRef Accounting { get; set; } = ActorRefs.Nobody;

    /// <summary>Written by the router, read by any thread.</summary>
    public RadiusCondition RadiusCondition { get => _radiusCondition; set => _radiusCondition = value; }
}
