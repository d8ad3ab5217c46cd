using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>State of one reading of a configuration: the two trees, the errors, the defined names.</summary>
internal sealed class SettingsSource(HoconObject file, HoconObject reference)
{
    private readonly Dictionary<Named, SortedSet<string>> _names = [];
    private readonly List<Action> _later = [];
    private readonly Dictionary<HoconNode, ValueNote> _notes = new(ReferenceEqualityComparer.Instance);

    public HoconObject File { get; } = file;
    public HoconObject Reference { get; } = reference;
    public SettingsErrors Errors { get; } = new();

    /// <summary>Paths of keys without a usable value: a check that depends on the value adds no second error.</summary>
    public HashSet<string> Faulty { get; } = new(StringComparer.Ordinal);

    /// <summary>How a value is shown, where that is not its text.</summary>
    public IReadOnlyDictionary<HoconNode, ValueNote> Notes => _notes;

    public void Note(HoconNode node, ValueNote note) => _notes[node] = note;

    public void Define(Named named, string name)
    {
        if (!_names.TryGetValue(named, out var names)) _names[named] = names = new SortedSet<string>(StringComparer.Ordinal);
        names.Add(name);
    }

    public bool IsDefined(Named named, string name) => _names.TryGetValue(named, out var names) && names.Contains(name);

    /// <summary>All defined names, in order.</summary>
    public string[] Names(Named named) => _names.TryGetValue(named, out var names) ? [.. names] : [];

    /// <summary>Adds a check that needs everything to be read.</summary>
    public void Later(Action check) => _later.Add(check);

    public void RunLater() => _later.ForEach(static check => check());
}
