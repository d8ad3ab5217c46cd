using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.L2tp;

namespace Akka.LNS.Actors.Node;

/// <summary>What the actors of one node share: settings, plane, clocks, log, counters, and the references of those that exist once.</summary>
/// <remarks>Filled by <see cref="LnsSupervisor"/> before any subscriber's actor is made; read-only afterwards, but for <see cref="Settings"/>.</remarks>
internal sealed class LnsNodeContext(LnsSettings settings, IDataPlane plane, NodeClock clock, ILogger log, SessionIdSource sessionIds, IAccountingSpool spool)
{
    private int _incarnation;
    private volatile LnsSettings _settings = settings;
    private volatile CallSettings _callSettings = new(settings.Sessions.ConnectTimeout);
    private volatile bool _hasAccounted = settings.Radius.Accounts;
    private volatile RadiusCondition _radiusCondition = RadiusCondition.Initial;

    /// <summary>As they are now; <see cref="LnsSupervisor"/> changes them. Who reads more than one thing that must fit together reads this once.</summary>
    public LnsSettings Settings
    {
        get => _settings;
        set
        {
            _callSettings = new CallSettings(value.Sessions.ConnectTimeout);
            _settings = value;
            if (value.Radius.Accounts) _hasAccounted = true;
        }
    }

    public CallSettings CallSettings => _callSettings;

    /// <summary>Accounting is on, or was: there may be sessions that owe a Stop.</summary>
    public bool HasAccounted => _hasAccounted;

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

    /// <summary>null: nobody may change sessions by RADIUS. Belongs to its actor.</summary>
    public DynamicAuthorizationSocket? DynamicAuthorization { get; set; }

    public IActorRef Bundles { get; set; } = ActorRefs.Nobody;
    public IActorRef Gate { get; set; } = ActorRefs.Nobody;
    public IActorRef Pools { get; set; } = ActorRefs.Nobody;
    public IActorRef Radius { get; set; } = ActorRefs.Nobody;
    public IActorRef Accounting { get; set; } = ActorRefs.Nobody;

    /// <summary>Written by the router, read by anybody.</summary>
    public RadiusCondition RadiusCondition { get => _radiusCondition; set => _radiusCondition = value; }

    /// <summary>Tells reuses of the same two ids apart.</summary>
    public uint NextIncarnation() => (uint)Interlocked.Increment(ref _incarnation);
}
