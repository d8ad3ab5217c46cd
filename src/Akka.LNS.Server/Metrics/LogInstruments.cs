using System.Diagnostics.Metrics;
using Akka.LNS.Server.Node;

namespace Akka.LNS.Server.Metrics;

/// <summary>Instruments of the log.</summary>
internal static class LogInstruments
{
    public static void AddTo(Meter meter, LogQueues queues)
    {
        meter.CreateObservableCounter("akka.lns.log.dropped",
            () => queues.All.Select(static q => new Measurement<long>(q.Dropped, Sink(q.Sink))), "{line}",
            "Log lines dropped because of a full queue, by sink");
        meter.CreateObservableGauge("akka.lns.log.waiting",
            () => queues.All.Select(static q => new Measurement<long>(q.Waiting, Sink(q.Sink))), "{line}",
            "Log lines that wait to be written, by sink");
    }

    private static KeyValuePair<string, object?> Sink(string name) => new("sink", name);
}
