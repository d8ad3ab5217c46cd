namespace Akka.LNS.Protocol.Admission;

/// <summary>When new tunnels and calls are refused.</summary>
/// <param name="RefuseFrom">Below this Load everybody is taken; from it on a share that rises ...</param>
/// <param name="RefuseAll">... to all at this Load; there the latch falls. Above <paramref name="RefuseFrom"/>.</param>
/// <param name="ReopenBelow">The latch opens when the Load has been below this ...</param>
/// <param name="Hold">... for so long.</param>
/// <param name="MaxLoginWait">A login that would wait so long for RADIUS, or has, shuts out calls that need RADIUS; half of it lets them in again.</param>
public sealed record AdmissionSettings(long RefuseFrom, long RefuseAll, long ReopenBelow, TimeSpan Hold, TimeSpan MaxLoginWait);

/// <summary>What admission was decided from, and what it remembers. A value: the default one is an idle node.</summary>
/// <param name="IsShut">The latch has fallen.</param>
/// <param name="CalmSince">Since when the Load is below <see cref="AdmissionSettings.ReopenBelow"/>, while the latch is down.</param>
/// <param name="IsRadiusDown">No server can authenticate.</param>
/// <param name="IsRadiusSlow">Logins wait too long.</param>
/// <param name="Share">Of 65,536 calls, how many are refused by chance because of the Load.</param>
public readonly record struct AdmissionState(bool IsShut, Instant? CalmSince, bool IsRadiusDown, bool IsRadiusSlow, int Share)
{
    /// <summary><see cref="Share"/> of "all".</summary>
    public const int All = 1 << 16;

    /// <summary>Share of new calls that the Load refuses, 0 to 1.</summary>
    public double Refused => (double)Share / All;
}

/// <summary>
/// Who is let in: everybody below <c>refuse-from</c>, nobody from <c>refuse-all</c> on, between them all but a random share that rises with the Load, so that
/// a rising storm is met softly and the LACs' retries do not march in step. A latch keeps the door shut until the node has caught its breath.
/// </summary>
public static class AdmissionRules
{
    public static AdmissionState On(AdmissionState state, long load, RadiusOutlook radius, Instant now, AdmissionSettings settings)
    {
        var (shut, calm) = Latch(state, load, now, settings);
        var slow = radius.LoginWait >= (state.IsRadiusSlow ? settings.MaxLoginWait / 2 : settings.MaxLoginWait);
        return new AdmissionState(shut, calm, !radius.CanAuthenticate, slow, shut ? AdmissionState.All : Ramp(load, settings));
    }

    /// <summary>Null: let it in.</summary>
    /// <param name="needsRadius">The call cannot come up without RADIUS.</param>
    /// <param name="random">16 random bits; more are not looked at.</param>
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
