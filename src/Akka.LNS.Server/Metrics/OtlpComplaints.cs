using System.Diagnostics.Tracing;
using Akka.LNS.Actors;
using Akka.LNS.Protocol;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Server.Metrics;

/// <summary>
/// Logs that the collector does not accept metrics, at most once in ten minutes. The exporter reports errors to an event source only.
/// </summary>
internal sealed partial class OtlpComplaints(ILoggerFactory log, Uri endpoint, NodeClock clock) : EventListener
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);
    private readonly ILogger _log = log.CreateLogger("Akka.LNS.Metrics");
    private readonly Lock _lock = new();
    private Instant? _said;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol") EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var now = clock.Now;
        lock (_lock)
        {
            if (now - _said < Silence) return;
            _said = now;
        }
        LogNotTaken(_log, endpoint.ToString(), eventData.EventName ?? "",
            string.Join("; ", eventData.Payload?.Select(static p => $"{p}".Split('\n')[0].Trim()) ?? []));
    }

    [LoggerMessage(EventId = 195, Level = LogLevel.Warning, Message = "metrics were not pushed to {Endpoint}: {What}: {Why}")]
    private static partial void LogNotTaken(ILogger log, string endpoint, string what, string why);
}
