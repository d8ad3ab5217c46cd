using System.Net;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Clustering;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>All of <c>lns { }</c>, checked.</summary>
public sealed record LnsdSettings
{
    /// <summary>Settings of the actors and the data plane.</summary>
    public LnsSettings Node { get; init; } = new();

    /// <summary>
    /// Addresses that no subscriber may have, besides those of <see cref="Node"/>. Names that need DNS are not among them.
    /// </summary>
    internal IEnumerable<NamedAddress> NeededAddresses
    {
        get
        {
            foreach (var endpoint in Api.Enabled ? Api.Listen.Select(static l => l.EndPoint).OfType<IPEndPoint>() : [])
                yield return new NamedAddress(endpoint.Address, "an API address of the LNS", IsOwn: true);
            if (Metrics.Otlp.Endpoint is { } collector && IPAddress.TryParse(collector.Host, out var push))
                yield return new NamedAddress(push, "the collector of metrics");
            if (!Cluster.Enabled) yield break;
            if (IPAddress.TryParse(Cluster.Remoting.Hostname, out var own))
                yield return new NamedAddress(own, "the cluster address of this node", IsOwn: true);
            foreach (var seed in Cluster.Seeds)
                if (IPAddress.TryParse(seed.Host, out var host)) yield return new NamedAddress(host, $"the seed {seed} of the cluster");
        }
    }

    public ClusterSettings Cluster { get; init; } = new();

    public ApiSettings Api { get; init; } = new();

    public DashboardSettings Dashboard { get; init; } = new();

    public MetricsSettings Metrics { get; init; } = new();

    public LogSettings Log { get; init; } = new();
}
