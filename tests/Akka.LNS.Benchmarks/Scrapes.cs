using System.Diagnostics;
using System.Net.Sockets;

namespace Akka.LNS.Benchmarks;

/// <summary>Duration of scrapes of /metrics, one after the other.</summary>
/// <param name="Times">Times from request to the last octet, sorted.</param>
/// <param name="Octets">Octets of the last answer.</param>
internal sealed record ScrapeTimes(IReadOnlyList<TimeSpan> Times, int Octets)
{
    public static readonly ScrapeTimes None = new([], 0);

    public TimeSpan Median => Times.Count == 0 ? default : Times[Times.Count / 2];
    public TimeSpan Max => Times.Count == 0 ? default : Times[^1];
}

/// <summary>Scrapes lnsd as Prometheus would, but by its Unix socket.</summary>
internal static class Scrapes
{
    /// <summary>Pause between scrapes. lnsd repeats an answer for 300 ms; each scrape must get a new one.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(400);

    public static async Task<ScrapeTimes> RunAsync(string socket, int count)
    {
        using var http = Over(socket);
        using var timer = new PeriodicTimer(Between);
        var (times, octets) = (new List<TimeSpan>(), 0);
        await http.GetByteArrayAsync(new Uri("http://lnsd/metrics")); // its code is compiled by this one
        while (times.Count < count && await timer.WaitForNextTickAsync())
        {
            var clock = Stopwatch.StartNew();
            octets = (await http.GetByteArrayAsync(new Uri("http://lnsd/metrics"))).Length;
            times.Add(clock.Elapsed);
        }
        times.Sort();
        return new ScrapeTimes(times, octets);
    }

    public static HttpClient Over(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
            return new NetworkStream(connection, ownsSocket: true);
        },
    });
}
