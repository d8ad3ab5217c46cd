using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Standing of a server.</summary>
public enum ServerStanding
{
    /// <summary>It answers, or nothing is known of it.</summary>
    Up,
    /// <summary>Its last exchange timed out: it is asked after the others, and probed.</summary>
    Suspect,
    /// <summary>Too many exchanges timed out in a row: it is not asked, only probed.</summary>
    Dead,
    /// <summary>It was dead for its dead time: one exchange may try it.</summary>
    HalfOpen,
}

/// <summary>Whether a server is probed with Status-Server (RFC 5997).</summary>
public enum StatusServerUse
{
    /// <summary>
    /// It is probed, and once at the start. A lost probe counts only for a server that has answered one before: many servers do not know
    /// Status-Server and are silent.
    /// </summary>
    Auto,
    /// <summary>It is probed, and a lost probe counts like a lost request.</summary>
    On,
    /// <summary>It is never probed.</summary>
    Off,
}

/// <summary>Limits and times of <see cref="ServerHealth"/>.</summary>
/// <param name="DeadAfter">Number of exchanges that time out in a row until the server is dead; at least 1.</param>
/// <param name="DeadTime">
/// Time until one exchange may try a dead server; <see cref="Patience"/> times as long when probes tell whether it is alive.
/// </param>
/// <param name="SuspectTime">Time until a suspect without an answer or a timeout is up again.</param>
/// <param name="ProbeInterval">Time from the end of one probe to the next.</param>
/// <param name="ProbeTimeout">Time until a probe counts as lost.</param>
public sealed record ServerHealthSettings(int DeadAfter, TimeSpan DeadTime, TimeSpan SuspectTime, StatusServerUse StatusServer,
    TimeSpan ProbeInterval, TimeSpan ProbeTimeout)
{
    public static readonly ServerHealthSettings Default = new(3, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), StatusServerUse.Auto,
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3));

    /// <summary>
    /// Factor of <see cref="DeadTime"/> while probes test a dead server: a login tries it late, but a server that no longer answers probes
    /// is tried at last.
    /// </summary>
    public const int Patience = 10;
}

/// <summary>What is known of one service of a server.</summary>
/// <param name="TimeoutsInRow">Exchanges and probes that timed out since the last answer.</param>
/// <param name="Until">When the standing changes by time; null: never.</param>
/// <param name="NextProbe">When the next probe goes out; null: none is planned.</param>
/// <param name="ProbeDue">When the probe under way counts as lost; null: none is under way.</param>
/// <param name="TrialTaken">An exchange tries the half-open server.</param>
/// <param name="SmoothedRoundTrip">
/// Round trip, smoothed by 1/8 of each new one (RFC 6298 section 2); zero before the first. Rejected logins are not in it.
/// </param>
/// <param name="KnowsStatusServer">The server has answered a probe.</param>
public sealed record ServerHealthState(ServerStanding Standing, int TimeoutsInRow, Instant? Until, Instant? NextProbe, Instant? ProbeDue,
    bool TrialTaken, TimeSpan SmoothedRoundTrip, long Answers, long Timeouts, long ProbesSent, bool KnowsStatusServer = false)
{
    /// <summary>A server of which nothing is known is up.</summary>
    public static readonly ServerHealthState Initial = new(ServerStanding.Up, 0, null, null, null, false, TimeSpan.Zero, 0, 0, 0);

    /// <summary>As <see cref="Initial"/>, with a probe at once when the settings have probes.</summary>
    public static ServerHealthState At(Instant start, ServerHealthSettings settings) =>
        settings.StatusServer == StatusServerUse.Off ? Initial : Initial with { NextProbe = start };

    /// <summary>Whether an exchange may ask it.</summary>
    public bool IsUsable => Standing is ServerStanding.Up or ServerStanding.Suspect || (Standing == ServerStanding.HalfOpen && !TrialTaken);
}

public abstract record ServerHealthEvent
{
    private ServerHealthEvent() { }

    /// <summary>The server answered an exchange.</summary>
    /// <param name="RoundTrip">null: not measured.</param>
    /// <param name="IsRejection">
    /// It rejected a login. Its round trip says nothing about the speed of the server, since servers delay rejections on purpose.
    /// </param>
    public sealed record Answered(TimeSpan? RoundTrip, bool IsRejection = false) : ServerHealthEvent;
    /// <summary>The server did not answer an exchange.</summary>
    public sealed record TimedOut : ServerHealthEvent { public static readonly TimedOut Instance = new(); }
    /// <summary>An exchange sends its first packet to the server. A half-open server has its trial then.</summary>
    public sealed record Asked : ServerHealthEvent { public static readonly Asked Instance = new(); }
    public sealed record ProbeAnswered : ServerHealthEvent { public static readonly ProbeAnswered Instance = new(); }
    public sealed record Tick : ServerHealthEvent { public static readonly Tick Instance = new(); }
}

public abstract record ServerHealthEffect
{
    private ServerHealthEffect() { }

    /// <summary>Send a Status-Server. Its answer is <see cref="ServerHealthEvent.ProbeAnswered"/>.</summary>
    public sealed record SendProbe : ServerHealthEffect { public static readonly SendProbe Instance = new(); }
    /// <summary>Log it, and tell admission, which refuses calls while no server is alive.</summary>
    public sealed record StandingChanged(ServerStanding From, ServerStanding To) : ServerHealthEffect;
}

/// <summary>
/// Circuit breaker of one service of a server. A verified answer closes it, timeouts open it, and a probe or one exchange tests it.
/// </summary>
public static class ServerHealth
{
    public static Transition<ServerHealthState, ServerHealthEffect> On(
        ServerHealthState state, ServerHealthEvent ev, Instant now, ServerHealthSettings settings) => ev switch
        {
            ServerHealthEvent.Answered a =>
                Revive(state with
                {
                    Answers = state.Answers + 1,
                    SmoothedRoundTrip = Smooth(state.SmoothedRoundTrip, a.IsRejection ? null : a.RoundTrip),
                }),
            ServerHealthEvent.ProbeAnswered => Revive(state with { KnowsStatusServer = true }), // also a late answer
            ServerHealthEvent.TimedOut => CountTimeout(state with { Timeouts = state.Timeouts + 1 }, now, settings),
            ServerHealthEvent.Asked when state.Standing == ServerStanding.HalfOpen =>
                new(state with { TrialTaken = true, Until = now + settings.DeadTime }),
            ServerHealthEvent.Tick when now >= state.ProbeDue && settings.StatusServer == StatusServerUse.Auto
                && !state.KnowsStatusServer =>
                new(state with { ProbeDue = null, NextProbe = state.Standing == ServerStanding.Up ? null : now + settings.ProbeInterval }),
            ServerHealthEvent.Tick when now >= state.ProbeDue =>
                CountTimeout(state with { ProbeDue = null, NextProbe = now + settings.ProbeInterval }, now, settings),
            ServerHealthEvent.Tick when now >= state.NextProbe && state.ProbeDue is null =>
                new(Probe(state, now, settings), ServerHealthEffect.SendProbe.Instance),
            ServerHealthEvent.Tick when now >= state.Until => Wait(state, now),
            _ => new(state),
        };

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(ServerHealthState state) =>
        Instant.Earliest(state.Until, state.ProbeDue ?? state.NextProbe);

    /// <summary>State of the same server with other settings: probes end or begin, everything else stays.</summary>
    public static ServerHealthState With(ServerHealthState state, ServerHealthSettings before, ServerHealthSettings next, Instant now) =>
        next.StatusServer == StatusServerUse.Off ? state with { NextProbe = null, ProbeDue = null }
        : before.StatusServer == StatusServerUse.Off ? state with { NextProbe = now }
        : state;

    private static Transition<ServerHealthState, ServerHealthEffect> Revive(ServerHealthState state)
    {
        var next = state with
        {
            Standing = ServerStanding.Up,
            TimeoutsInRow = 0,
            Until = null,
            NextProbe = null,
            ProbeDue = null,
            TrialTaken = false,
        };
        return state.Standing == ServerStanding.Up
            ? new(next) : new(next, new ServerHealthEffect.StandingChanged(state.Standing, ServerStanding.Up));
    }

    private static Transition<ServerHealthState, ServerHealthEffect> CountTimeout(
        ServerHealthState state, Instant now, ServerHealthSettings settings)
    {
        var row = state.TimeoutsInRow + 1;
        var counted = state with { TimeoutsInRow = row };
        return state.Standing switch
        {
            ServerStanding.Dead => new(counted), // of exchanges that were under way when it became dead
            // a lost probe is no news about a server that an exchange may try: the trial decides
            ServerStanding.HalfOpen when !state.TrialTaken => new(counted),
            ServerStanding.HalfOpen =>
                Become(ServerStanding.Dead, counted with { TrialTaken = false, Until = now + DeadTime(state, settings) }, now, settings),
            _ when row >= settings.DeadAfter =>
                Become(ServerStanding.Dead, counted with { Until = now + DeadTime(state, settings) }, now, settings),
            _ => Become(ServerStanding.Suspect, counted with { Until = now + settings.SuspectTime }, now, settings),
        };
    }

    private static TimeSpan DeadTime(ServerHealthState state, ServerHealthSettings settings) =>
        settings.StatusServer == StatusServerUse.On || (settings.StatusServer == StatusServerUse.Auto && state.KnowsStatusServer)
            ? settings.DeadTime * ServerHealthSettings.Patience
            : settings.DeadTime;

    private static Transition<ServerHealthState, ServerHealthEffect> Become(
        ServerStanding standing, ServerHealthState state, Instant now, ServerHealthSettings settings)
    {
        var probes = settings.StatusServer != StatusServerUse.Off && state.ProbeDue is null && state.NextProbe is null;
        var next = probes ? Probe(state, now, settings) : state;
        next = next with { Standing = standing };
        ImmutableArray<ServerHealthEffect> changed =
            state.Standing == standing ? [] : [new ServerHealthEffect.StandingChanged(state.Standing, standing)];
        return new(next, probes ? changed.Add(ServerHealthEffect.SendProbe.Instance) : changed);
    }

    /// <summary>The time of a standing is over.</summary>
    private static Transition<ServerHealthState, ServerHealthEffect> Wait(ServerHealthState state, Instant now) => state.Standing switch
    {
        ServerStanding.Dead => new(state with { Standing = ServerStanding.HalfOpen, Until = null },
            new ServerHealthEffect.StandingChanged(ServerStanding.Dead, ServerStanding.HalfOpen)),
        ServerStanding.HalfOpen => new(state with { TrialTaken = false, Until = null }), // the exchange that tried it has not reported
        ServerStanding.Suspect => new(state with { Standing = ServerStanding.Up, Until = null, NextProbe = null, ProbeDue = null },
            new ServerHealthEffect.StandingChanged(ServerStanding.Suspect, ServerStanding.Up)),
        _ => new(state with { Until = null }),
    };

    private static ServerHealthState Probe(ServerHealthState state, Instant now, ServerHealthSettings settings) =>
        state with { NextProbe = null, ProbeDue = now + settings.ProbeTimeout, ProbesSent = state.ProbesSent + 1 };

    private static TimeSpan Smooth(TimeSpan smoothed, TimeSpan? measured) =>
        measured is not { } m ? smoothed : smoothed == TimeSpan.Zero ? m : smoothed + (m - smoothed) / 8;
}
