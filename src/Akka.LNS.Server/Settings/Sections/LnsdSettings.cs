using Akka.LNS.Actors.Settings;
using Akka.LNS.Clustering;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>All of <c>lns { }</c>, checked.</summary>
public sealed record LnsdSettings
{
    /// <summary>Settings of the actors and the data plane.</summary>
    public LnsSettings Node { get; init; } = new();

    public ClusterSettings Cluster { get; init; } = new();

    public ApiSettings Api { get; init; } = new();

    public DashboardSettings Dashboard { get; init; } = new();

    public MetricsSettings Metrics { get; init; } = new();

    public LogSettings Log { get; init; } = new();
}
