using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>Objects shared by the listener and all tunnels. Created once, before the first tunnel.</summary>
internal sealed record TunnelContext
{
    public required LiveSettings Live { get; init; }
    public required IDataPlane Plane { get; init; }
    public required NodeClock Clock { get; init; }
    public required ILogger Log { get; init; }
    public required NodeCounters Counters { get; init; }
    public required TunnelTable Table { get; init; }
    public required Traces Traces { get; init; }
    public required AdmissionControl Admission { get; init; }

    /// <summary>Learns which LACs have a tunnel.</summary>
    public required ProtectedAddresses Needed { get; init; }

    /// <summary>Tunnels for the next process; null: nothing is kept.</summary>
    public required TunnelStateFile? State { get; init; }

    /// <summary>For the calls of the tunnels.</summary>
    public required LinkContext Calls { get; init; }

    /// <inheritdoc cref="LiveSettings.Current"/>
    public LnsSettings Settings => Live.Current;
}
