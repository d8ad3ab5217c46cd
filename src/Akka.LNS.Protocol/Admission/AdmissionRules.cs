namespace Akka.LNS.Protocol.Admission;

/// <summary>Thresholds at which new tunnels and calls are refused.</summary>
/// <param name="RefuseFrom">Load from which a share is refused. The share rises linearly up to <paramref name="RefuseAll"/>.</param>
/// <param name="RefuseAll">Load from which all are refused. Sets the latch. Above <paramref name="RefuseFrom"/>.</param>
/// <param name="ReopenBelow">The latch opens when the Load stays below this for <paramref name="Hold"/>.</param>
/// <param name="MaxLoginWait">Wait of a login from which calls that need RADIUS are refused. They are accepted below half of it.</param>
public sealed record AdmissionSettings(long RefuseFrom, long RefuseAll, long ReopenBelow, TimeSpan Hold, TimeSpan MaxLoginWait);

/// <summary>State of admission. The default value is an idle node.</summary>
/// <param name="IsShut">The latch is set.</param>
/// <param name="CalmSince">Time since which the Load is below <see cref="AdmissionSettings.ReopenBelow"/>, while the latch is set.</param>
/// <param name="IsRadiusDown">No server can authenticate.</param>
/// <param name="IsRadiusSlow">Logins wait too long for RADIUS.</param>
/// <param name="Share">Number of calls of 65,536 that are refused at random because of the Load.</param>
public readonly record struct AdmissionState(bool IsShut, Instant? CalmSince, bool IsRadiusDown, bool IsRadiusSlow, int Share)
{
    /// <summary><see cref="Share"/> of "all".</summary>
    public const int All = 1 << 16;
}

/// <summary>
/// Decides by the Load. Below <c>refuse-from</c> all calls are accepted, from <c>refuse-all</c> on none. Between them a random share is
/// refused, so that the retries of LACs do not synchronize. A latch keeps refusing until the Load has stayed below <c>reopen-below</c> for
/// the hold time.
/// </summary>
public static class AdmissionRules
{
    public static AdmissionState On(AdmissionState state, long load, RadiusOutlook radius, Instant now, AdmissionSettings settings)
    {
        var (shut, calm) = Latch(state, load, now, settings);
        var slow = radius.LoginWait >= (state.IsRadiusSlow ? settings.MaxLoginWait / 2 : settings.MaxLoginWait);
        return new AdmissionState(shut, calm, !radius.CanAuthenticate, slow, shut ? AdmissionState.All : Ramp(load, settings));
    }

    /// <summary>Reason to refuse a call; null: it is accepted.</summary>
    /// <param name="needsRadius">The call cannot come up without RADIUS.</param>
    /// <param name="random">16 random bits; higher bits are ignored.</param>
    public static RefusalReason? Judge(AdmissionState state, bool needsRadius, uint random) =>
        needsRadius && state.IsRadiusDown ? RefusalReason.RadiusUnavailable
        : state.IsShut ? RefusalReason.Load
        : needsRadius && state.IsRadiusSlow ? RefusalReason.RadiusSlow
        : (random & 0xFFFF) < state.Share ? RefusalReason.Load
        : null;

    private static (bool Shut, Instant? Calm) Latch(AdmissionState state, long load, Instant now, AdmissionSettings settings)
    {
        if (load >= settings.RefuseAll) return (true, null);
        if (!state.IsShut || load >= settings.ReopenBelow) return (state.IsShut, null);
        var since = state.CalmSince ?? now;
        return now - since >= settings.Hold ? (false, null) : (true, since);
    }

    private static int Ramp(long load, AdmissionSettings settings) => load < settings.RefuseFrom ? 0
        : (int)((load - settings.RefuseFrom) * AdmissionState.All / (settings.RefuseAll - settings.RefuseFrom));
}
