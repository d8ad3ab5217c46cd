using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Actors.Tunnels;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Actors.Node;

/// <summary>
/// The parts of one node that exist before its actors. <see cref="LnsNode"/> creates them in order. <see cref="LnsSupervisor"/> passes
/// each actor those that it needs. No other class uses this record.
/// </summary>
internal sealed record NodeParts
{
    public required LiveSettings Live { get; init; }
    public required IDataPlane Plane { get; init; }
    public required NodeClock Clock { get; init; }
    public required ILogger Log { get; init; }
    public required NodeCounters Counters { get; init; }
    public required NodeMeter Meter { get; init; }
    public required SessionIdSource SessionIds { get; init; }
    public required IAccountingSpool Spool { get; init; }
    public required CallTable Calls { get; init; }
    public required TunnelTable Tunnels { get; init; }

    /// <summary>Null: nothing is kept.</summary>
    public required TunnelStateFile? TunnelState { get; init; }
    public required DisconnectLog Disconnects { get; init; }
    public required Traces Traces { get; init; }
    public required RadiusMonitor Radius { get; init; }
    public required LoadMonitor Load { get; init; }
    public required AdmissionControl Admission { get; init; }
    public required AddressPools Pools { get; init; }

    /// <summary>Whether the node is the only one of its NAS, as known at the start.</summary>
    public required NasVerdict Nas { get; init; }

    public required ControlIntake Intake { get; init; }
    public required ProtectedAddresses Needed { get; init; }

    /// <summary>Null: dynamic authorization is off.</summary>
    public required DynamicAuthorizationSocket? DynamicAuthorization { get; init; }

    /// <summary>Completes when a drain with exit has ended or its time is up.</summary>
    public TaskCompletionSource Drained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
