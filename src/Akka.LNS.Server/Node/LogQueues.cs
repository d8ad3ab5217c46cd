using Serilog.Sinks.Async;

namespace Akka.LNS.Server.Node;

/// <summary>Queues of log lines, one for each sink. A full queue drops lines, so that logging delays no session.</summary>
internal sealed class LogQueues
{
    /// <summary>Maximum number of lines that wait for a slow sink.</summary>
    public const int MaxWaiting = 100_000;

    private readonly List<(string Sink, IAsyncLogEventSinkInspector Queue)> _queues = [];

    /// <summary>Lines that were dropped and that wait, by sink: console, file.</summary>
    public IEnumerable<(string Sink, long Dropped, int Waiting)> All =>
        _queues.Select(static q => (q.Sink, q.Queue.DroppedMessagesCount, q.Queue.Count));

    public IAsyncLogEventSinkMonitor Of(string sink) => new Monitor(this, sink);

    private sealed class Monitor(LogQueues queues, string sink) : IAsyncLogEventSinkMonitor
    {
        public void StartMonitoring(IAsyncLogEventSinkInspector inspector) => queues._queues.Add((sink, inspector));

        public void StopMonitoring(IAsyncLogEventSinkInspector inspector)
        {
            // the counts stay readable until the end
        }
    }
}
