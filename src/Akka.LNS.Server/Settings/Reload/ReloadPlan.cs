using System.Collections.Immutable;
using Akka.LNS.Server.Settings.Hocon;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Reload;

/// <summary>One key that differs.</summary>
/// <param name="From">Null: it was not there. A secret is ***.</param>
/// <param name="To">Null: it is not there any more.</param>
/// <param name="IsHidden">The value, or the content of the file that it names, may not be seen.</param>
/// <param name="At">FILE:LINE of the new value; null: it is gone.</param>
internal sealed record SettingChange(string Key, string? From, string? To, bool NeedsRestart, bool IsHidden, string? At)
{
    public override string ToString() => Key + (this switch
    {
        { From: null } => $": added: {To}",
        { To: null } => ": removed",
        { IsHidden: true } when From == To && To == ValueNote.Hidden => ": changed",
        { IsHidden: true } when From == To => $": {To}, which holds something else",
        _ => $": {From} -> {To}",
    }) + (NeedsRestart ? " (needs a restart)" : "");
}

/// <summary>What a new configuration changes in the running one, and what of it would hold at once.</summary>
/// <param name="Now">The new one, but for the keys that need a restart.</param>
/// <param name="Errors">Not empty: it cannot be applied.</param>
internal sealed record ReloadPlan(ImmutableArray<SettingChange> Changes, SettingsResult Now, IReadOnlyList<string> Errors)
{
    public IEnumerable<SettingChange> Waiting => Changes.Where(static c => c.NeedsRestart);

    /// <summary>Something changes at once.</summary>
    public bool HasLive => Changes.Any(static c => !c.NeedsRestart);

    /// <param name="running">What holds.</param>
    /// <param name="next">What was read; may have errors.</param>
    public static ReloadPlan Make(SettingsResult running, SettingsResult next, RunningFacts facts)
    {
        if (next.Errors.Count > 0) return new ReloadPlan([], running, next.Errors);
        var comparison = new Comparison(running.Effective, next.Effective, facts);
        var root = (HoconObject)comparison.Step("", running.Effective.Root, next.Effective.Root)!;
        var changes = comparison.Changes.ToImmutable();
        if (!changes.Any(static c => c.NeedsRestart)) return new ReloadPlan(changes, next, []);
        // what needs a restart stays as it is: the rest must be right with that, too
        var now = SettingsReader.Read(root);
        return new ReloadPlan(changes, now, [.. now.Errors.Select(static e => $"{e} (with the keys that need a restart as they are)")]);
    }

    private sealed class Comparison(EffectiveConfiguration running, EffectiveConfiguration next, RunningFacts facts)
    {
        public ImmutableArray<SettingChange>.Builder Changes { get; } = ImmutableArray.CreateBuilder<SettingChange>();

        /// <summary>The value that may hold at once; null: none.</summary>
        public HoconNode? Step(string key, HoconNode? before, HoconNode? after)
        {
            if (before is HoconObject from && after is HoconObject to)
            {
                var result = new HoconObject(to.At);
                foreach (var name in from.Keys.Union(to.Keys)) result[name] = Step(key.Length == 0 ? HoconPath.Quote(name) : $"{key}.{HoconPath.Quote(name)}", from[name], to[name]);
                return result;
            }
            if (before is null ? after is null : after is not null && running.Identity(before) == next.Identity(after)) return after;
            var needsRestart = !ReloadRules.IsLive(key, facts, after is null);
            if (before is HoconArray had && after is HoconArray has && had.Items.Concat(has.Items).All(static i => i is HoconObject)) StepEntries(key, had, has, needsRestart);
            else Add(key, before, after, needsRestart);
            return needsRestart ? before : after;
        }

        /// <summary>A list of sections: each is known by its name, or its address.</summary>
        private void StepEntries(string key, HoconArray before, HoconArray after, bool needsRestart)
        {
            var (from, to) = (ByLabel(before), ByLabel(after));
            foreach (var label in from.Keys.Union(to.Keys))
            {
                if (from.GetValueOrDefault(label) is { } old && to.GetValueOrDefault(label) is { } now)
                {
                    foreach (var name in old.Keys.Union(now.Keys))
                        if (old[name] is var a && now[name] is var b && (a is null || b is null || running.Identity(a) != next.Identity(b))) Add($"{key}[{label}].{HoconPath.Quote(name)}", a, b, needsRestart);
                }
                else Add($"{key}[{label}]", from.GetValueOrDefault(label), to.GetValueOrDefault(label), needsRestart);
            }
            if (from.Keys.SequenceEqual(to.Keys)) return;
            if (from.Count == to.Count && from.Keys.ToHashSet().SetEquals(to.Keys)) Add($"{key} (order)", Order(from), Order(to), needsRestart);

            static HoconArray Order(Dictionary<string, HoconObject> entries) => new(default, [.. entries.Keys.Select(static l => new HoconScalar(default, l, quoted: false))]);
        }

        private static Dictionary<string, HoconObject> ByLabel(HoconArray array)
        {
            var entries = new Dictionary<string, HoconObject>(StringComparer.Ordinal);
            for (var i = 0; i < array.Items.Count; i++)
            {
                var entry = (HoconObject)array.Items[i];
                var label = (entry["name"] as HoconScalar ?? entry["address"] as HoconScalar)?.Text ?? $"{i}";
                if (!entries.TryAdd(label, entry)) entries.Add($"{label} {i}", entry);
            }
            return entries;
        }

        private void Add(string key, HoconNode? before, HoconNode? after, bool needsRestart) => Changes.Add(new SettingChange(key, before is null ? null : running.ShowAlone(before),
            after is null ? null : next.ShowAlone(after), needsRestart, (before is not null && running.IsHidden(before)) || (after is not null && next.IsHidden(after)), after is null or { At.File: null } ? null : $"{after.At}"));
    }
}
