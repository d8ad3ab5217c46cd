using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Node;
using Akka.LNS.Server.Settings.Sections;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Akka.LNS.Server.Node;

namespace Akka.LNS.Server.Metrics;

/// <summary>
/// Exports the instruments of the node and of the runtime: to Prometheus by <c>/metrics</c>, and to a collector by OTLP. Each has a
/// provider of its own.
/// </summary>
internal static class MetricsExport
{
    private const string Runtime = "System.Runtime";

    /// <summary>
    /// Other names for instruments of the runtime that end in <c>_count</c>: Prometheus reserves that ending for histograms.
    /// </summary>
    /// <remarks>OTLP keeps the names of the runtime.</remarks>
    private static readonly (string Name, string Prometheus)[] Renamed =
        [("dotnet.process.cpu.count", "dotnet.process.cpus"), ("dotnet.timer.count", "dotnet.timers"),
            ("dotnet.assembly.count", "dotnet.assemblies")];

    /// <summary>Counters of the runtime whose values can fall. The node has gauges instead.</summary>
    private static readonly string[] NoCounters = ["dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length"];

    public static MeterProvider ForPrometheus(LnsNode node)
    {
        var builder = Of(node);
        foreach (var (name, other) in Renamed) builder.AddView(name, other);
        foreach (var name in NoCounters) builder.AddView(name, MetricStreamConfiguration.Drop);
        return builder.AddPrometheusExporter(static o =>
        {
            // there is one scope and one target, so these labels never differ
            o.ScopeInfoEnabled = false;
            o.TargetInfoEnabled = false;
        }).Build();
    }

    /// <summary>Starts to push by OTLP; null: the settings name no collector.</summary>
    public static IDisposable? Push(LnsNode node, OtlpSettings settings, ILoggerFactory log)
    {
        if (settings.Endpoint is not { } endpoint) return null;
        var complaints = new OtlpComplaints(log, endpoint, node.Clock);
        var provider = Of(node).AddOtlpExporter((otlp, reader) =>
        {
            otlp.Protocol = settings.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            otlp.Endpoint = settings.Protocol == OtlpProtocol.Http && endpoint.AbsolutePath == "/" ? new Uri(endpoint, "/v1/metrics")
                : endpoint;
            otlp.TimeoutMilliseconds = (int)Math.Min(5000, settings.Interval.TotalMilliseconds);
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)settings.Interval.TotalMilliseconds;
        }).Build();
        return new Pusher(provider, complaints);
    }

    private static MeterProviderBuilder Of(LnsNode node)
    {
        // the default limit is 2,000 series per name; these have one per entry of tunnels.peers and reason or class
        var most = Math.Max(2000, 1000 + (16 * node.Settings.Tunnels.Peers.Length));
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                .AddService("akka-lns", node.Settings.Group.Name, LnsdVersion.Text, autoGenerateServiceInstanceId: false,
                    node.Settings.NodeName))
            .AddMeter(NodeMeter.Name, Runtime);
        foreach (var name in (string[])["refusals", "lac.setups.failed", "lac.disconnects"])
            builder.AddView($"akka.lns.{name}", new MetricStreamConfiguration { CardinalityLimit = most });
        return builder;
    }

    private sealed class Pusher(MeterProvider provider, OtlpComplaints complaints) : IDisposable
    {
        public void Dispose()
        {
            provider.Dispose();
            complaints.Dispose();
        }
    }
}
