using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>What one reading of a configuration shares: the two trees, the errors, the keys that were asked for.</summary>
public sealed class SettingsSource(HoconObject file, HoconObject reference)
{
    private readonly Dictionary<string, SettingsKey> _keys = new(StringComparer.Ordinal);
    private readonly List<Action> _later = [];
    private readonly Dictionary<HoconNode, ValueNote> _notes = new(ReferenceEqualityComparer.Instance);

    public HoconObject File { get; } = file;
    public HoconObject Reference { get; } = reference;
    public SettingsErrors Errors { get; } = new();

    /// <summary>Every key that was asked for.</summary>
    public IReadOnlyCollection<SettingsKey> Keys => _keys.Values;

    /// <summary>What values look like, where that is not their text.</summary>
    internal IReadOnlyDictionary<HoconNode, ValueNote> Notes => _notes;

    internal void Note(HoconNode node, ValueNote note) => _notes[node] = note;

    internal void Declare(string path, string allowed, bool inReference)
    {
        if (!_keys.TryGetValue(path, out var known) || (inReference && !known.InReference)) _keys[path] = new SettingsKey(path, allowed, inReference);
    }

    /// <summary>A check that needs all to be read.</summary>
    internal void Later(Action check) => _later.Add(check);

    internal void RunLater() => _later.ForEach(static check => check());
}
