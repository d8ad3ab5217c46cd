using System.Diagnostics;
using System.Globalization;
using System.Text;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Benchmarks;

/// <summary>A server that `beside` measures.</summary>
/// <param name="Program">Path of lnsd or lnsd.dll. Null: l2tpns.</param>
internal sealed record BesideServer(string Name, string? Program);

/// <summary>Time and cost of one phase.</summary>
/// <param name="Elapsed">Set-up: until IPCP of the last session is open. End: until the LNS has acknowledged all and its last accounting
/// Stop has arrived.</param>
/// <param name="Cpu">CPU time of the LNS, with its accounting.</param>
/// <param name="ToolCpu">CPU time of LACs and RADIUS.</param>
/// <param name="Retransmits">Control messages and PPP requests that the LACs and subscribers sent again.</param>
internal readonly record struct BesidePhase(TimeSpan Elapsed, TimeSpan Cpu, TimeSpan ToolCpu, long Retransmits);

/// <summary>One LNS that has just started, in a network namespace of its own, with LACs and a RADIUS server in this process.</summary>
internal sealed class BesideNode : IDisposable
{
    private const string RadiusSecret = "benchmark radius secret";
    private const int Tunnels = 50;
    private const int Networks = 50;
    private static int _nodes; // the kernel removes the devices of an ended node a little later
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Working = Quiet / 10; // CPU time of an LNS that still ends sessions
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AttachTime = TimeSpan.FromSeconds(1);
    private readonly BesideOptions _options;
    private readonly CancellationToken _cancel;
    private readonly ForwardNetwork _network;
    private readonly RadiusResponder _radius;
    private readonly MeasuredLns _lns;
    private readonly LoadGenerator _load;
    private long _lastStop; // Stopwatch ticks

    /// <param name="options">Arguments of the benchmark.</param>
    /// <param name="server">The LNS.</param>
    /// <param name="cores">Processors of the LNS, as taskset reads them. Null: any.</param>
    /// <param name="sessions">Subscribers.</param>
    /// <param name="cancel">Ends a phase early, with an OperationCanceledException.</param>
    /// <exception cref="BesideException">The LNS does not start or opens no tunnel.</exception>
    public BesideNode(BesideOptions options, BesideServer server, string? cores, int sessions, CancellationToken cancel)
    {
        (_options, _cancel) = (options, cancel);
        _network = new ForwardNetwork(_nodes++ % Networks);
        _radius = new RadiusResponder(new RadiusResponderSettings
        {
            Address = _network.Lac, Secret = Encoding.UTF8.GetBytes(RadiusSecret), Password = "secret",
            AuthenticationPort = 1812, AccountingPort = 1813, // l2tpns always takes two ports in a row
            RequireMessageAuthenticator = false, // l2tpns sends none
        })
        { OnAccounting = OnAccounting };
        var listen = new UdpEndpoint(_network.Lns, 1701);
        string[] launcher = [.. _network.InsideUntilWeEnd, .. cores is null ? Array.Empty<string>() : ["taskset", "-c", cores]];
        _lns = server.Program is null
            ? new L2tpnsProcess(listen, _network.Pool, ForwardNetwork.ServerDevice, _radius, RadiusSecret, launcher, options.Keep)
            : new MeasuredLnsd(new LnsdProcess(new LnsdSettings
            {
                Plane = "tun", Listen = listen, RadiusSecret = RadiusSecret, Log = options.Log, Keep = options.Keep,
                Program = server.Program, Launcher = [.. launcher, "env", .. options.Environment],
                More = [$"lns.pools.stress.ranges = [\"{_network.Pool}\"]", .. options.Settings],
            }, _radius));
        _load = new LoadGenerator(new LoadSettings
        {
            Lns = listen, Sessions = sessions, Tunnels = Tunnels, FirstLac = _network.FirstLac, InFlight = options.InFlight,
            Retry = RetryPolicy.Default,
        });
        try
        {
            if (!_load.HoldUntil(IsReadyNow(), Start, cancel)) throw Broken("it does not start");
            Hold(Settle);
            EmptyOctets = _lns.Use.ResidentOctets;
            if (!_load.OpenTunnels(Patience, cancel)) throw Broken("the tunnels do not open");
            Hold(Settle);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Resident octets of the LNS without tunnels and sessions.</summary>
    public long EmptyOctets { get; }
    public ProcessUse Use => _lns.Use;

    /// <summary>What went wrong until now, besides the results. Empty: nothing.</summary>
    public string Complaints
    {
        get
        {
            var counters = _load.Counters;
            var text = new StringBuilder();
            if (counters.Refused > 0) text.Append(CultureInfo.InvariantCulture, $" {counters.Refused} calls refused,");
            if (counters.Failed > 0) text.Append(CultureInfo.InvariantCulture, $" {counters.Failed} calls failed,");
            if (counters.Lost > 0) text.Append(CultureInfo.InvariantCulture, $" {counters.Lost} sessions lost,");
            if (MissingRecords > 0) text.Append(CultureInfo.InvariantCulture, $" {MissingRecords} accounting records missing,");
            if (_radius.Counts.Rejected > 0) text.Append(CultureInfo.InvariantCulture, $" {_radius.Counts.Rejected} logins rejected,");
            return text.ToString().Trim(' ', ',');
        }
    }

    /// <summary>Accounting Starts and Stops that the LNS did not send.</summary>
    public long MissingRecords { get; private set; }

    /// <summary>Brings the first subscribers up.</summary>
    /// <exception cref="BesideException">Not all came up.</exception>
    public BesidePhase BringUp(string name, int count) => Measure(name, () =>
    {
        var (expected, start) = (_radius.Counts.Starts + count, Stopwatch.GetTimestamp());
        var isUp = _load.BringUp(count, Patience, _cancel);
        var elapsed = Stopwatch.GetElapsedTime(start);
        _cancel.ThrowIfCancellationRequested();
        if (!isUp) throw Broken("the sessions do not come up");
        Await(static c => c.Starts, expected);
        return elapsed;
    });

    /// <summary>Ends all sessions.</summary>
    public BesidePhase TakeDown(string name, HangUp how) => End(name, () => _load.TakeDown(how, Patience, _cancel));

    /// <summary>Ends all tunnels without a CDN.</summary>
    public BesidePhase BreakTunnels(string name)
    {
        _load.Retry = null;
        return End(name, () => _load.BreakTunnels(Patience, _cancel));
    }

    /// <summary>Takes some subscribers down and up again.</summary>
    /// <param name="count">Subscribers of a round.</param>
    public BesidePhase Churn(string name, int count, int rounds) => Measure(name, () =>
    {
        var random = new Random(1);
        var chosen = Enumerable.Range(0, _load.Sessions).ToArray();
        var (before, start) = (_radius.Counts, Stopwatch.GetTimestamp());
        for (var round = 0; round < rounds; round++)
        {
            random.Shuffle(chosen);
            foreach (var index in chosen.AsSpan(0, count)) _load.Drop(index, HangUp.CallDisconnect);
            foreach (var index in chosen.AsSpan(0, count)) _load.Call(index);
            var isUp = _load.WaitUntilUp(Patience, _cancel);
            _cancel.ThrowIfCancellationRequested();
            if (!isUp) throw Broken("the sessions do not come up again");
        }
        var elapsed = Stopwatch.GetElapsedTime(start);
        Await(static c => c.Starts, before.Starts + (long)count * rounds);
        Await(static c => c.Stops, before.Stops + (long)count * rounds);
        return elapsed;
    });

    /// <summary>Calls one after the other. Returns the median of the set-up times.</summary>
    /// <param name="rate">Calls per second.</param>
    public TimeSpan Call(string name, double rate)
    {
        _load.Rate = rate;
        BringUp(name, _load.Sessions);
        return _load.Report().Latency(0.5);
    }

    /// <summary>Keeps the sessions for a time.</summary>
    public BesidePhase Rest(string name, TimeSpan time) => Measure(name, () =>
    {
        Hold(time);
        return time;
    });

    /// <summary>As <see cref="Rest"/>, without a measurement.</summary>
    public void Hold(TimeSpan time)
    {
        _load.Hold(time, _cancel);
        _cancel.ThrowIfCancellationRequested();
        if (_lns.HasExited) throw Broken("it ended");
    }

    public void Dispose()
    {
        _load.Dispose();
        _lns.Dispose();
        _radius.Dispose();
        _network.Dispose();
    }

    private BesidePhase Measure(string name, Func<TimeSpan> phase)
    {
        using var attached = Attach(name);
        var (cpu, tools, sent) = (_lns.Use.Cpu, ToolCpu, Retransmits);
        var elapsed = phase();
        return new BesidePhase(elapsed, _lns.Use.Cpu - cpu, ToolCpu - tools, Retransmits - sent);
    }

    private BesidePhase End(string name, Func<bool> end) => Measure(name, () =>
    {
        var counts = _radius.Counts;
        var start = Stopwatch.GetTimestamp();
        var isDown = end();
        var acknowledged = Stopwatch.GetTimestamp();
        _cancel.ThrowIfCancellationRequested();
        if (!isDown) throw Broken("it does not acknowledge each end");
        Await(static c => c.Stops, counts.Starts);
        return Stopwatch.GetElapsedTime(start, Math.Max(acknowledged, Volatile.Read(ref _lastStop)));
    });

    private long Retransmits => _load.Counters.ControlRetransmits + _load.Counters.PppRetransmits;

    private TimeSpan ToolCpu => _load.CpuTime + _radius.CpuTime;

    /// <summary>Waits for accounting records, but not for those that the LNS does not send.</summary>
    private void Await(Func<RadiusCounts, long> count, long expected)
    {
        var (seen, at, cpu) = (-1L, 0L, TimeSpan.Zero);
        _load.HoldUntil(() =>
        {
            var now = count(_radius.Counts);
            if (now >= expected)
            {
                seen = now;
                return true;
            }
            var isLong = Stopwatch.GetElapsedTime(at) > Quiet;
            if (now == seen && !isLong) return false;
            var used = _lns.Use.Cpu;
            if (now == seen && used - cpu < Working) return true; // it does nothing any more
            (seen, at, cpu) = (now, Stopwatch.GetTimestamp(), used);
            return false;
        }, Patience, _cancel);
        _cancel.ThrowIfCancellationRequested();
        MissingRecords += Math.Max(0, expected - seen);
    }

    private void OnAccounting(RadiusPacketView request)
    {
        const uint stop = 2; // RFC 2866 section 5.1
        if (request.TryFind(RadiusAttributeType.AcctStatusType, out var status) && status.TryReadUInt32(out var value) && value == stop)
            Volatile.Write(ref _lastStop, Stopwatch.GetTimestamp());
    }

    private Func<bool> IsReadyNow()
    {
        var asked = 0L;
        return () =>
        {
            if (_lns.HasExited) throw Broken("it ended");
            if (asked != 0 && Stopwatch.GetElapsedTime(asked) < Poll) return false;
            asked = Stopwatch.GetTimestamp();
            return _lns.IsReady;
        };
    }

    private Attachment? Attach(string name)
    {
        if (_options.Attach is not { } command || _lns is not MeasuredLnsd lnsd) return null;
        var attachment = new Attachment(command, name, lnsd);
        Hold(AttachTime);
        return attachment;
    }

    private BesideException Broken(string what)
    {
        var report = _load.Report();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{what}: {_load.Counters.Up} of {report.Sessions} sessions up, {Complaints}\n");
        foreach (var (why, count) in report.Failures) text.Append(CultureInfo.InvariantCulture, $"  {count} x {why}\n");
        return new BesideException(text.Append(_lns.Said).ToString());
    }
}

/// <summary>A measurement failed. The message states the reason.</summary>
internal sealed class BesideException(string message) : Exception(message);
