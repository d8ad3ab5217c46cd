using System.Collections.Immutable;

namespace Akka.LNS.Server.Settings.Reload;

/// <summary>Changes that a new configuration makes to the one in force, and which of them a reload applies.</summary>
/// <param name="Now">The new configuration, with the old values of all keys that need a restart.</param>
/// <param name="Errors">Not empty: a reload applies nothing.</param>
internal sealed record ReloadPlan(ImmutableArray<SettingChange> Changes, SettingsResult Now, IReadOnlyList<string> Errors)
{
    /// <summary>Changes that need a restart.</summary>
    public IEnumerable<SettingChange> Waiting => Changes.Where(static c => c.NeedsRestart);

    /// <summary>A reload applies at least one change.</summary>
    public bool HasLive => Changes.Any(static c => !c.NeedsRestart);

    /// <param name="running">The configuration in force.</param>
    /// <param name="next">The new configuration; it may have errors.</param>
    public static ReloadPlan Make(SettingsResult running, SettingsResult next, RunningFacts facts)
    {
        if (next.Errors.Count > 0) return new ReloadPlan([], running, next.Errors);
        var (changes, root) = Comparison.Of(running.Effective, next.Effective, facts);
        if (!changes.Any(static c => c.NeedsRestart)) return new ReloadPlan(changes, next, []);
        // keys that need a restart keep their old values; the other keys must be valid together with them
        var now = SettingsReader.Read(root);
        return new ReloadPlan(changes, now, [.. now.Errors.Select(static e => $"{e} (with the keys that need a restart as they are)")]);
    }
}
