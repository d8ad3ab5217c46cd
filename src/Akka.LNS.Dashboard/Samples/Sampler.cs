using System.Collections.Immutable;
using System.Security.Claims;
using Akka.LNS.Client;
using Akka.LNS.Dashboard.Logins;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Dashboard.Samples;

/// <summary>
/// Reads load and RADIUS report from the API once per interval, for all open pages. The plots have a history even if no page was open.
/// Memory is bounded.
/// </summary>
internal sealed partial class Sampler(DashboardOptions options, IOwnApi own, TimeProvider clock, ILogger<Sampler> log) : BackgroundService
{
    /// <summary>Maximum number of points in a plot.</summary>
    private const int MostPoints = 150;

    private readonly Lock _lock = new();
    private readonly Queue<(long Number, Sample Sample)> _ring = [];
    private long _number;

    /// <summary>Raised for each sample. A handler must return quickly.</summary>
    public event Action? Sampled;

    /// <summary>Latest report; null: none yet.</summary>
    public LoadReport? Latest { get; private set; }

    public RadiusReport? LatestRadius { get; private set; }

    private int Capacity => Math.Max(2, (int)(options.History / options.SampleInterval));

    /// <summary>
    /// The points of a plot, oldest first. If there are many samples, fixed groups of samples become one point each, so that a point does
    /// not change later.
    /// </summary>
    public ImmutableArray<Sample> Points()
    {
        var group = (Capacity + MostPoints - 1) / MostPoints;
        var points = ImmutableArray.CreateBuilder<Sample>(MostPoints + 2);
        var last = -1L;
        lock (_lock)
            foreach (var (number, sample) in _ring)
            {
                if (number / group == last) points[^1] = Sample.Peak(points[^1], sample);
                else points.Add(sample);
                last = number / group;
            }
        return points.ToImmutable();
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
            var (load, radius) = (await api.GetLoadAsync(stopping), await api.GetRadiusAsync(stopping));
            var sample = Sample.Of(load, Latest, radius);
            lock (_lock)
            {
                while (_ring.Count >= Capacity) _ring.Dequeue();
                _ring.Enqueue((_number++, sample));
            }
            (Latest, LatestRadius) = (load, radius);
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
