using System.Text;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;

namespace Akka.LNS.Benchmarks;

/// <summary>One row of the result of `forward`.</summary>
/// <param name="Build">lnsd or versus.</param>
/// <param name="Round">Counts from 1.</param>
/// <param name="Kind">Direction.</param>
/// <param name="Octets">Length of the IPv4 packets.</param>
/// <param name="PacketsPerSecond">Packets that passed the LNS. Both directions count.</param>
/// <param name="CpuPerPacket">CPU time of lnsd per packet in microseconds.</param>
/// <param name="Lost">Packets that did not arrive.</param>
/// <param name="RoundTripP50">Of echo: microseconds.</param>
/// <param name="RoundTripP99">Of echo: microseconds.</param>
internal sealed record ForwardRow(string Build, int Round, TrafficKind Kind, int Octets, double PacketsPerSecond, double CpuPerPacket,
    long Lost, double RoundTripP50, double RoundTripP99);

/// <summary>One lnsd in its own network namespace with its LAC, its subscribers and a server behind it.</summary>
internal sealed class ForwardNode : IDisposable
{
    private const string RadiusSecret = "benchmark radius secret";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);
    private readonly string _name;
    private readonly ForwardNetwork _network;
    private readonly RadiusResponder _radius;
    private readonly LnsdProcess _lnsd;
    private readonly LoadGenerator _load;
    private readonly DatagramSocket _server;
    private readonly ForwardTraffic _traffic;

    /// <param name="number">Number of the node, from 0.</param>
    /// <param name="name">Name of the build.</param>
    /// <param name="program">Path of lnsd.dll.</param>
    /// <param name="core">Processor of lnsd. Null: any.</param>
    /// <param name="options">Arguments of the benchmark.</param>
    public ForwardNode(int number, string name, string program, int? core, ForwardOptions options)
    {
        _name = name;
        _network = new ForwardNetwork(number);
        _radius = new RadiusResponder(new RadiusResponderSettings
        {
            Address = _network.Lac, Secret = Encoding.UTF8.GetBytes(RadiusSecret), Password = "secret",
        });
        var listen = new UdpEndpoint(_network.Lns, 1701);
        string[] pin = core is { } processor ? ["taskset", "-c", $"{processor}"] : [];
        _lnsd = new LnsdProcess(new LnsdSettings
        {
            Plane = "tun", Listen = listen, RadiusSecret = RadiusSecret, Keep = options.Keep, Program = program,
            Launcher = [.. _network.InsideUntilWeEnd, .. pin],
            More = [$"lns.pools.stress.ranges = [\"{_network.Pool}\"]", .. options.Settings],
        }, _radius);
        _load = new LoadGenerator(new LoadSettings { Lns = listen, Sessions = options.Sessions, FirstLac = _network.Lac });
        _server = new DatagramSocket(new UdpEndpoint(_network.Server, 0), 8 << 20);
        _traffic = new ForwardTraffic(_load, _server, options.Window);
    }

    /// <summary>Brings the sessions up. Null: all are up; otherwise what is wrong.</summary>
    public string? Start()
    {
        if (_load.OpenTunnels(Patience) && _load.BringUp(Patience)) return null;
        var report = _load.Report();
        return $"{_name}: {report.Up} of {report.Sessions} sessions are up; lnsd wrote:\n{_lnsd.Said}";
    }

    /// <summary>Measures one row.</summary>
    public ForwardRow Measure(int round, TrafficKind kind, int octets, TimeSpan time)
    {
        _traffic.Begin(kind, octets);
        _load.Traffic = _traffic;
        _load.Hold(WarmUp);
        _traffic.ClearCounters();
        var (cpu, clock) = (_lnsd.Use.Cpu, System.Diagnostics.Stopwatch.StartNew());
        _load.Hold(time);
        var (used, seconds) = (_lnsd.Use.Cpu - cpu, clock.Elapsed.TotalSeconds);
        var arrived = Math.Max(1, _traffic.Arrived);
        var row = new ForwardRow(_name, round, kind, octets, arrived / seconds, used.TotalMicroseconds / arrived, _traffic.Lost,
            _traffic.RoundTrip(0.50), _traffic.RoundTrip(0.99));
        _traffic.End();
        _load.Hold(Drain);
        _load.Traffic = null;
        return row;
    }

    /// <summary>Ends the sessions and lnsd. Null: nothing was lost; otherwise what is wrong.</summary>
    public string? Stop()
    {
        var lost = _load.Report().Lost;
        var isDown = _load.TakeDown(HangUp.CallDisconnect, Patience) & _load.CloseTunnels(Patience);
        var code = _lnsd.Stop(TimeSpan.FromSeconds(20));
        return lost > 0 ? $"{_name}: {lost} sessions were lost"
            : !isDown ? $"{_name}: not every end was acknowledged"
            : code is null ? $"{_name}: lnsd did not end and was killed"
            : code != 0 ? $"{_name}: lnsd ended with {code}" : null;
    }

    public void Dispose()
    {
        _lnsd.Dispose();
        _load.Dispose();
        _server.Dispose();
        _radius.Dispose();
        _network.Dispose();
    }
}
