using System.Diagnostics;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Figures;

/// <summary>State of generator, RADIUS server and LNS at one moment.</summary>
/// <param name="At">Time since the start.</param>
/// <param name="RadiusOutstanding">Maximum of requests without an answer since the last sample, counted at the RADIUS server.</param>
/// <param name="CpuShare">CPU of the LNS since the last sample; 1 is one processor.</param>
internal sealed record Sample(
    TimeSpan At, string Step, long Up, long InSetup, long Wanted, long SetUps, long Refused, long Lost, int RadiusOutstanding,
    double? CpuShare, long? ResidentOctets, LnsLoad? Lns);

/// <summary>Takes samples at a fixed interval and keeps them.</summary>
internal sealed class Sampler(LoadCounters counters, RadiusResponder radius, LnsApi? api, int? pid, TimeSpan interval)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<Sample> _samples = [];
    private readonly Lock _lock = new();
    private volatile Sample? _latest;
    private volatile string _step = "";
    private TimeSpan? _cpu;
    private TimeSpan _at;

    public Sample? Latest => _latest;
    public bool HasApi => api is not null;
    public IReadOnlyList<Sample> Samples
    {
        get { lock (_lock) return [.. _samples]; }
    }
    public string Step
    {
        get => _step;
        set => _step = value;
    }
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Resident memory of the LNS now. Null: unknown.</summary>
    public long? Resident => Use?.ResidentOctets ?? _latest?.Lns?.Process?.ResidentOctets;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            do await LookAsync(cancel);
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
            // it is over
        }
    }

    private ProcessUse? Use
    {
        get
        {
            try
            {
                return pid is { } id ? ProcessUse.Of(id) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
            {
                return null; // it has ended
            }
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        var lns = api is null ? null : await api.GetLoadAsync(cancel);
        var (use, at) = (Use, Elapsed);
        var cpu = use?.Cpu ?? (lns?.Process?.CpuSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        double? share = cpu is { } now && _cpu is { } before && at > _at ? Math.Max(0, (now - before) / (at - _at)) : null;
        (_cpu, _at) = (cpu, at);
        var sample = new Sample(at, _step, counters.Up, counters.InSetup, counters.Wanted, counters.SetUps, counters.Refused, counters.Lost,
            radius.TakePeak(), share,
            use?.ResidentOctets ?? lns?.Process?.ResidentOctets, lns);
        lock (_lock) _samples.Add(sample);
        _latest = sample;
    }
}
