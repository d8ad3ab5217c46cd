using System.Globalization;
using Akka.LNS.Stress.Figures;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>What a scenario plays with.</summary>
internal sealed class Stage(StressOptions options, int sessions, LoadGenerator load, RadiusResponder radius, Sampler sampler, LnsdProcess? lnsd, CancellationToken cancel)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Lock _lock = new();
    private readonly List<(TimeSpan At, string Name)> _steps = [];
    private readonly List<Expectation> _expectations = [];
    private readonly List<(string Name, string Value)> _figures = [];
    private long _lateLogins;
    private long _longestLoginTicks;

    public StressOptions Options => options;
    /// <summary>Subscribers of the scenario, without those on top.</summary>
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
    /// <summary>Logins that came to RADIUS after their deadline; with an LNS of ours only, whose deadline we know.</summary>
    public long LateLogins => Interlocked.Read(ref _lateLogins);
    public TimeSpan LongestLogin => System.Diagnostics.Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestLoginTicks));
    public TimeSpan LoginTimeout { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Time for so many sessions to come up, when nobody is in a hurry.</summary>
    public static TimeSpan TimeFor(int sessions) => TimeSpan.FromSeconds(120 + sessions / 30.0);

    public void Step(string name)
    {
        cancel.ThrowIfCancellationRequested();
        sampler.Step = name;
        lock (_lock) _steps.Add((sampler.Elapsed, name));
    }

    public void Expect(string what, bool held, string found) => _expectations.Add(new Expectation(what, held, found));
    public void Expect(string what, bool held, FormattableString found) => Expect(what, held, found.ToString(CultureInfo.InvariantCulture));
    /// <summary>An expectation of how quick it goes: judged unless the command line says not to.</summary>
    public void ExpectRate(string what, bool held, FormattableString found)
    {
        if (options.NoRates) Figure($"not judged: {what}", found);
        else Expect(what, held, found);
    }

    public void Figure(string name, FormattableString value) => _figures.Add((name, value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Everybody redials until it is up. Expects that all are, in the end.</summary>
    public void ExpectAllUp(int count, string when)
    {
        var (up, addresses) = load.AddressesInUse();
        Expect($"every subscriber is up {when}", up == count, $"{up:N0} of {count:N0}");
        Expect($"each has an address of its own {when}", addresses == up, $"{addresses:N0} addresses");
    }

    /// <summary>Notes how long after the subscriber's proof a login comes to RADIUS. On the responder's thread.</summary>
    public void OnLogin(ReadOnlySpan<byte> user, long at)
    {
        var digits = user.Length > 1 && user.IndexOf((byte)'@') is var end and > 1 ? user[1..end] : default;
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return;
        var proved = load.ProvedAt(index);
        if (proved == 0 || proved > at) return; // it has called again since
        if (at - proved > Interlocked.Read(ref _longestLoginTicks)) Interlocked.Exchange(ref _longestLoginTicks, at - proved);
        if (System.Diagnostics.Stopwatch.GetElapsedTime(proved, at) > LoginTimeout + TimeSpan.FromSeconds(0.5)) Interlocked.Increment(ref _lateLogins); // on its way it waits in sockets, too
    }

    /// <summary>Ends what is up and closes the tunnels; expects that nothing was lost, nothing is left, and the accounts are right.</summary>
    public void EndAndExpectNothingLeft()
    {
        if (load.Counters.Up > 0 || load.Wanted > 0)
        {
            Step("hang up");
            Expect("the LNS acknowledges each end of a call", load.TakeDown(HangUp.CallDisconnect, Patience, cancel), "");
        }
        Step("close the tunnels");
        load.Fuzzer = null;
        load.Retry = null;
        load.CloseTunnels(TimeSpan.FromSeconds(60), cancel);
        load.HoldUntil(() => radius.Findings is var f && f.Open == 0 && radius.Counts.Stops >= radius.Counts.Starts && radius.Counts.Starts >= load.Counters.SetUps, Patience, cancel);
        var cameToRest = sampler.HasApi && load.HoldUntil(() => Lns is { IsIdle: true }, TimeSpan.FromSeconds(90), cancel);
        Step("look at what is left");
        load.Hold(TimeSpan.FromSeconds(1), cancel);
        ExpectAccountsRight();
        var counters = load.Counters;
        Expect("no session is lost", counters.Lost == 0, $"{counters.Lost:N0}");
        if (options.Workers is { } workers)
        {
            var most = Math.Max(radius.Counts.MaxOutstanding, Lns?.Radius?.MaxOutstanding ?? 0);
            Expect($"never more than {workers} RADIUS requests outstanding", most <= workers, $"{most}");
        }
        if (Lns is { } lns)
        {
            // at rest once; later looks may meet a wake-up that has just come
            Expect("nothing is left in the LNS", cameToRest && lns.HasNobody, $"""
                {lns.Sessions} sessions, {lns.Links} links, {lns.Bundles} bundles, {lns.Paths} paths, {lns.SerialDepth} and {lns.ParallelDepth} messages waiting
                """.Trim());
        }
        if (lnsd is not null) Expect("the LNS is alive", !lnsd.HasExited, "");
    }

    private void ExpectAccountsRight()
    {
        var (counts, findings) = (radius.Counts, radius.Findings);
        if (counts.Starts + counts.Stops == 0 && !HasOwnLns) return; // another RADIUS server keeps the books
        Expect("each session has a Start, then a Stop, each once, with an id of its own", findings.IsRight,
            $"{findings.RepeatedStarts} Starts and {findings.RepeatedStops} Stops again, {findings.WithoutStart} without Start, {findings.AfterStop} after Stop");
        Expect("as many Stops as Starts, and a Start for each session that came up", findings.Open == 0 && counts.Starts == counts.Stops && counts.Starts >= load.Counters.SetUps,
            $"{load.Counters.SetUps:N0} set-ups, {counts.Starts:N0} Starts, {counts.Stops:N0} Stops, {findings.Open:N0} open");
    }
}
