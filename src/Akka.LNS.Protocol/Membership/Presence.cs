namespace Akka.LNS.Protocol.Membership;

/// <summary>State of <see cref="Presence"/>.</summary>
/// <param name="BeatAt">Time of the last beat; null: none yet.</param>
/// <param name="BeatUtc">The same by the clock, which also runs while a virtual machine is suspended.</param>
/// <param name="WokeAt">When the node continued after a stop; null: its membership is confirmed.</param>
public readonly record struct PresenceState(Instant? BeatAt, DateTimeOffset BeatUtc, Instant? WokeAt);

/// <summary>
/// Notices that this node was stopped (SIGSTOP, a suspended machine, a long pause) for so long that the others may have removed it. Until a
/// member confirms the membership, the node must not say that it is ready. Reports that came during the stop wait in the socket and are
/// read
/// at once, so only a report that comes later confirms.
/// </summary>
public static class Presence
{
    /// <summary>Time after waking in which reports may be old: members send one each second.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    /// <summary>A beat of this node: once a second while it runs.</summary>
    /// <param name="patience">Time without a heartbeat after which others take a node for unreachable.</param>
    /// <param name="hasOthers">The cluster has other members. A cluster of one cannot be removed.</param>
    public static PresenceState Beat(PresenceState state, Instant now, DateTimeOffset utcNow, TimeSpan patience, bool hasOthers)
    {
        var woke = !hasOthers ? null : IsStopped(state, now, utcNow, patience) ? now : state.WokeAt;
        return new PresenceState(now, utcNow, woke);
    }

    /// <summary>A report of another member came.</summary>
    public static PresenceState Heard(PresenceState state, Instant now) =>
        state.WokeAt is { } woke && now - woke >= Settle ? state with { WokeAt = null } : state;

    /// <summary>The others count on this node, as far as it can know. Asked at any time, also before the first beat after a stop.</summary>
    public static bool IsConfirmed(PresenceState state, Instant now, DateTimeOffset utcNow, TimeSpan patience, bool hasOthers) =>
        !hasOthers || (state.WokeAt is null && !IsStopped(state, now, utcNow, patience));

    private static bool IsStopped(PresenceState state, Instant now, DateTimeOffset utcNow, TimeSpan patience) =>
        state.BeatAt is { } beat && (now - beat > patience || utcNow - state.BeatUtc > patience);
}
