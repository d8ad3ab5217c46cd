using System.Globalization;
using Akka.LNS.Stress.Figures;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>Everything that a scenario uses: generator, RADIUS server, measurements; collects steps, expectations and figures.</summary>
internal sealed class Stage(
    StressOptions options, int sessions, LoadGenerator load, RadiusResponder radius, Sampler sampler, LnsdProcess? lnsd,
    CancellationToken cancel)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Lock _lock = new();
    private readonly List<(TimeSpan At, string Name)> _steps = [];
    private readonly List<Expectation> _expectations = [];
    private readonly List<(string Name, string Value)> _figures = [];
    private long _lateLogins;
    private long _longestLoginTicks;

    public StressOptions Options => options;
    /// <summary>Subscribers of the scenario, without the additional callers.</summary>
    public int Sessions => sessions;
    public LoadGenerator Load => load;
    public RadiusResponder Radius => radius;
    public Sampler Sampler => sampler;
    public bool HasOwnLns => lnsd is not null;
    public Random Random { get; } = new(options.Seed);
    public CancellationToken Cancel => cancel;
    public IReadOnlyList<(TimeSpan At, string Name)> Steps
    {
        get { lock (_lock) return [.. _steps]; }
    }
    public IReadOnlyList<Expectation> Expectations => _expectations;
    public IReadOnlyList<(string Name, string Value)> Figures => _figures;
    public LnsLoad? Lns => sampler.Latest?.Lns;
    /// <summary>Logins that reached RADIUS after their deadline. Known only for an LNS that lns-stress starts.</summary>
    public long LateLogins => Interlocked.Read(ref _lateLogins);
    public TimeSpan LongestLogin => System.Diagnostics.Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestLoginTicks));
    public TimeSpan LoginTimeout { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Generous time limit for the set-up of so many sessions.</summary>
    public static TimeSpan TimeFor(int sessions) => TimeSpan.FromSeconds(120 + sessions / 30.0);

    public void Step(string name)
    {
        cancel.ThrowIfCancellationRequested();
        sampler.Step = name;
        lock (_lock) _steps.Add((sampler.Elapsed, name));
    }

    public void Expect(string what, bool held, string found) => _expectations.Add(new Expectation(what, held, found));
    public void Expect(string what, bool held, FormattableString found) => Expect(what, held, found.ToString(CultureInfo.InvariantCulture));
    /// <summary>An expectation of a rate. The option --no-rates turns it into a figure.</summary>
    public void ExpectRate(string what, bool held, FormattableString found)
    {
        if (options.NoRates) Figure($"not judged: {what}", found);
        else Expect(what, held, found);
    }

    public void ExpectRefusalsHaveText() => Expect("every refusal has an Error Message",
        load.Counters.RefusedWithText == load.Counters.Refused,
        $"{load.Counters.RefusedWithText:N0} of {load.Counters.Refused:N0}");

    public void ExpectNoLateLogin()
    {
        if (HasOwnLns) Expect("no login is sent after its deadline", LateLogins == 0, $"{LateLogins:N0}");
    }

    /// <summary>RADIUS has a Start for each set-up, and a Stop for each Start.</summary>
    public bool AllStopsAreThere => radius.Findings.Open == 0 && radius.Counts.Starts >= load.Counters.SetUps;

    public void Figure(string name, FormattableString value) => _figures.Add((name, value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Expects that all subscribers are up, each with its own address.</summary>
    public void ExpectAllUp(int count, string when)
    {
        var (up, addresses) = load.AddressesInUse();
        Expect($"every subscriber is up {when}", up == count, $"{up:N0} of {count:N0}");
        Expect($"each subscriber has its own address {when}", addresses == up, $"{addresses:N0} addresses");
    }

    /// <summary>Records the time from the subscriber's password to the login at RADIUS. Called on the thread of the responder.</summary>
    public void OnLogin(ReadOnlySpan<byte> user, long at)
    {
        if (user is not [(byte)'u', ..]) return; // of another generator
        var digits = user.Length > 1 && user.IndexOf((byte)'@') is var end and > 1 ? user[1..end] : default;
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return;
        var proved = load.ProvedAt(index);
        if (proved == 0 || proved > at) return; // the subscriber has called again since
        if (at - proved > Interlocked.Read(ref _longestLoginTicks)) Interlocked.Exchange(ref _longestLoginTicks, at - proved);
        var inSockets = TimeSpan.FromSeconds(0.5); // time that a login may wait in sockets
        if (System.Diagnostics.Stopwatch.GetElapsedTime(proved, at) > LoginTimeout + inSockets) Interlocked.Increment(ref _lateLogins);
    }

    /// <summary>Ends all sessions and closes the tunnels. Expects that no session was lost, that the LNS holds nothing, and that
    /// accounting is right.</summary>
    public void EndAndExpectNothingLeft()
    {
        if (load.Counters.Up > 0 || load.Wanted > 0)
        {
            Step("hang up");
            Expect("the LNS acknowledges the end of each session", load.TakeDown(HangUp.CallDisconnect, Patience, cancel), "");
        }
        Step("close the tunnels");
        load.Fuzzer = null;
        load.Retry = null;
        load.CloseTunnels(TimeSpan.FromSeconds(60), cancel);
        load.HoldUntil(() => AllStopsAreThere && radius.Counts.Stops >= radius.Counts.Starts, Patience, cancel);
        var cameToRest = sampler.HasApi && load.HoldUntil(() => Lns is { IsIdle: true }, TimeSpan.FromSeconds(90), cancel);
        Step("final checks");
        load.Hold(TimeSpan.FromSeconds(1), cancel);
        ExpectAccountingIsRight();
        var counters = load.Counters;
        Expect("no session is lost", counters.Lost == 0, $"{counters.Lost:N0}");
        if (options.Workers is { } workers)
        {
            var most = Math.Max(radius.Counts.MaxOutstanding, Lns?.Radius?.MaxOutstanding ?? 0);
            Expect($"at most {workers} RADIUS requests are outstanding", most <= workers, $"{most}");
        }
        if (Lns is { } lns)
        {
            // idle once is enough: a later sample may catch a timer
            var waiting = (lns.SerialDepth ?? 0) + (lns.ParallelDepth ?? 0);
            Expect("the LNS holds no session", cameToRest && lns.HasNoSubscriber,
                $"{lns.Sessions} sessions, {lns.Links} links, {lns.Bundles} bundles, {lns.Paths} paths, {waiting} messages waiting");
        }
        if (lnsd is not null) Expect("the LNS is running", !lnsd.HasExited, "");
    }

    private void ExpectAccountingIsRight()
    {
        var (counts, findings) = (radius.Counts, radius.Findings);
        if (counts.Starts + counts.Stops == 0 && !HasOwnLns) return; // accounting goes to another RADIUS server
        var (repeated, missing) = (findings.RepeatedStarts + findings.RepeatedStops, findings.WithoutStart + findings.AfterStop);
        Expect("each session has its own id, one Start and then one Stop", findings.IsRight,
            $"{repeated} repeated, {missing} without a Start or after the Stop");
        Expect("there is a Start for each session that came up, and as many Stops",
            findings.Open == 0 && counts.Starts == counts.Stops && counts.Starts >= load.Counters.SetUps,
            $"{load.Counters.SetUps:N0} set-ups, {counts.Starts:N0} Starts, {counts.Stops:N0} Stops, {findings.Open:N0} open");
    }
}
