using System.Diagnostics.CodeAnalysis;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Calls;

/// <summary>Objects shared by the actors of all calls. Created once, after the actors that it refers to.</summary>
internal record CallContext
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

    /// <inheritdoc cref="LiveSettings.Current"/>
    public LnsSettings Settings => Live.Current;
}

/// <summary>Objects shared by sessions and links, which order bundles.</summary>
internal sealed record LinkContext : CallContext
{
    /// <param name="bundles">Parent of the bundles, which has <paramref name="calls"/> itself.</param>
    [SetsRequiredMembers]
    public LinkContext(CallContext calls, IActorRef bundles) : base(calls) => Bundles = bundles;

    public IActorRef Bundles { get; }
}
