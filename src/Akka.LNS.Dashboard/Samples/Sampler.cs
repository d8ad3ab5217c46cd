using System.Collections.Immutable;
using System.Security.Claims;
using Akka.LNS.Client;
using Akka.LNS.Dashboard.Logins;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Dashboard.Samples;

/// <summary>Reads load, history, problems and RADIUS report from the API once per interval, for all open pages.</summary>
internal sealed partial class Sampler(DashboardOptions options, IOwnApi own, TimeProvider clock, ILogger<Sampler> log) : BackgroundService
{
    private readonly Lock _lock = new();
    private readonly Queue<HistoryPoint> _ring = [];

    /// <summary>Raised for each sample. A handler must return quickly.</summary>
    public event Action? Sampled;

    /// <summary>Latest report; null: none yet.</summary>
    public LoadReport? Latest { get; private set; }

    public RadiusReport? LatestRadius { get; private set; }

    /// <summary>Latest point of the history; null: none yet.</summary>
    public HistoryPoint? LatestPoint { get; private set; }

    /// <summary>Present problems of the node; null: not known yet.</summary>
    public IReadOnlyList<NodeProblem>? Problems { get; private set; }

    private int Capacity => Math.Max(2, (int)(options.History / options.SampleInterval));

    /// <summary>The points of a plot, oldest first.</summary>
    public ImmutableArray<HistoryPoint> Points()
    {
        lock (_lock) return Thinning.Of(_ring, options.SampleInterval, Capacity);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var who = new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, "dashboard"), new Claim(ClaimTypes.Role, DashboardRoles.Read),
                new Claim(DashboardRoles.SamplerClaim, ""),
            ],
            DashboardRoles.ApiScheme));
        using var api = Viewer.Connect(own, () => who, from: null);
        using var timer = new PeriodicTimer(options.SampleInterval, clock);
        try
        {
            do await TakeAsync(api, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // lnsd stops
        }
    }

    private async Task TakeAsync(LnsApiClient api, CancellationToken stopping)
    {
        try
        {
            var history = await api.GetHistoryAsync(LatestPoint?.At, stopping);
            lock (_lock)
                foreach (var point in history.Points)
                {
                    while (_ring.Count >= Capacity) _ring.Dequeue();
                    _ring.Enqueue(LatestPoint = point);
                }
            (Latest, LatestRadius) = (await api.GetLoadAsync(stopping), await api.GetRadiusAsync(stopping));
            Problems = (await api.ListProblemsAsync(stopping)).Problems;
        }
        catch (LnsApiException e)
        {
            LogNoSample(log, e.Message);
        }
        Sampled?.Invoke();
    }

    [LoggerMessage(EventId = 195, Level = LogLevel.Warning, Message = "no sample for the plots: {Why}")]
    private static partial void LogNoSample(ILogger log, string why);
}
