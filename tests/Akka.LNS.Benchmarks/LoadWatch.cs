using Akka.LNS.Stress.Figures;

namespace Akka.LNS.Benchmarks;

/// <summary>The deepest queues that an lnsd had while it was watched.</summary>
internal readonly record struct LoadPeak(long Serial, long Parallel, long Load, int Samples);

/// <summary>Asks lnsd how busy it is, again and again, until it is disposed of.</summary>
internal sealed class LoadWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _stop = new();
    private readonly LnsApi _api;
    private readonly Task _watching;
    private volatile Box _peak = new(default);

    private sealed record Box(LoadPeak Peak);

    public LoadWatch(string api)
    {
        _api = new LnsApi(api);
        _watching = Task.Run(Watch);
    }

    /// <summary>The deepest queues until now.</summary>
    public LoadPeak Peak => _peak.Peak;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _api.Dispose();
        _stop.Dispose();
    }

    private async Task Watch()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (await _api.GetLoadAsync(_stop.Token) is not { } load) continue;
                var peak = Peak;
                _peak = new Box(new LoadPeak(Math.Max(peak.Serial, load.SerialDepth ?? 0), Math.Max(peak.Parallel, load.ParallelDepth ?? 0),
                    Math.Max(peak.Load, (long)(load.Load ?? 0)), peak.Samples + 1));
            }
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }
}
