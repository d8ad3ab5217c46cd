using System.Collections.Immutable;
using Akka.LNS.Server.Settings.Hocon;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Reload;

/// <summary>Walks two configurations and the declarations side by side.</summary>
internal sealed class Comparison
{
    private readonly EffectiveConfiguration _running, _next;
    private readonly RunningFacts _facts;
    private readonly ImmutableArray<SettingChange>.Builder _changes = ImmutableArray.CreateBuilder<SettingChange>();

    private Comparison(EffectiveConfiguration running, EffectiveConfiguration next, RunningFacts facts) =>
        (_running, _next, _facts) = (running, next, facts);

    /// <returns>All changes, and the new configuration with the old values of all keys that need a restart.</returns>
    public static (ImmutableArray<SettingChange> Changes, HoconObject Root) Of(EffectiveConfiguration running, EffectiveConfiguration next,
        RunningFacts facts)
    {
        var comparison = new Comparison(running, next, facts);
        var (before, after) = (running.Root, next.Root);
        var root = new HoconObject(after.At);
        foreach (var name in before.Keys.Union(after.Keys))
            root[name] =
                comparison.Step(name == LnsSection.Root.Name ? LnsSection.Root : null, HoconPath.Quote(name), name, before[name],
                after[name]);
        return (comparison._changes.ToImmutable(), root);
    }

    /// <summary>Compares one key or section.</summary>
    /// <param name="declared">Its declaration; null: undeclared.</param>
    /// <param name="name">Last part of <paramref name="path"/>.</param>
    /// <returns>The value that a reload leaves in force; null: none.</returns>
    private HoconNode? Step(Member? declared, string path, string name, HoconNode? before, HoconNode? after)
    {
        if (before is HoconObject from && after is HoconObject to)
        {
            var result = new HoconObject(to.At);
            foreach (var below in from.Keys.Union(to.Keys))
                result[below] = Step(declared?.Below(below), $"{path}.{HoconPath.Quote(below)}", below, from[below], to[below]);
            return result;
        }
        if (IsSame(before, after)) return after;
        var needsRestart = !_facts.IsLive(declared);
        if (before is HoconArray had && after is HoconArray has && had.Items.Concat(has.Items).All(static i => i is HoconObject))
            CompareEntries(path, ByLabel(had), ByLabel(has), needsRestart);
        else Add(path, before, after, needsRestart);
        return needsRestart ? before : after;
    }

    private bool IsSame(HoconNode? before, HoconNode? after) =>
        before is null || after is null ? before == after : _running.Identity(before) == _next.Identity(after);

    /// <summary>Compares two lists of sections; the label of an entry is its name or address.</summary>
    private void CompareEntries(string path, Dictionary<string, HoconObject> from, Dictionary<string, HoconObject> to, bool needsRestart)
    {
        foreach (var label in from.Keys.Union(to.Keys))
        {
            var (old, now) = (from.GetValueOrDefault(label), to.GetValueOrDefault(label));
            if (old is null || now is null)
            {
                Add($"{path}[{label}]", old, now, needsRestart);
                continue;
            }
            foreach (var name in old.Keys.Union(now.Keys))
                if (!IsSame(old[name], now[name])) Add($"{path}[{label}].{HoconPath.Quote(name)}", old[name], now[name], needsRestart);
        }
        if (!from.Keys.SequenceEqual(to.Keys) && from.Count == to.Count && from.Keys.ToHashSet().SetEquals(to.Keys))
            Add($"{path} (order)", Labels(from), Labels(to), needsRestart);

        static HoconArray Labels(Dictionary<string, HoconObject> entries) =>
            new(default, [.. entries.Keys.Select(static l => new HoconScalar(default, l, quoted: false))]);
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

    private void Add(string path, HoconNode? before, HoconNode? after, bool needsRestart)
    {
        var from = before is null ? null : _running.ShowAlone(before);
        var to = after is null ? null : _next.ShowAlone(after);
        var isHidden = (before is not null && _running.IsHidden(before)) || (after is not null && _next.IsHidden(after));
        _changes.Add(new SettingChange(path, from, to, needsRestart, isHidden, after is null or { At.File: null } ? null : $"{after.At}"));
    }
}
