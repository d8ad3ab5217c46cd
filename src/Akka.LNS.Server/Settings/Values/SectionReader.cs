using System.Collections.Immutable;
using System.Globalization;
using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>Values of one section: those of the file, then those of the defaults of its template, then those of lns.conf.</summary>
/// <remarks>
/// A faulty value adds an error and returns a substitute, so that one reading finds all errors. Every declared key must be read. Otherwise
/// <see cref="Close"/> throws, because a key that is never read has no effect.
/// </remarks>
internal sealed class SectionReader
{
    private const int MostNamed = 20; // names in an error

    private readonly SettingsSource _source;
    private readonly Section _section;
    private readonly ImmutableArray<(HoconObject Node, string Path)> _layers;
    private readonly HashSet<Member> _read = new(ReferenceEqualityComparer.Instance);

    private SectionReader(SettingsSource source, Section section, ImmutableArray<(HoconObject, string)> layers, string path)
    {
        (_source, _section, _layers) = (source, section, layers);
        Path = path;
    }

    /// <summary>Reads a section of the root of the file, with lns.conf behind it.</summary>
    public static T Root<T>(SettingsSource source, Part part, Func<SectionReader, T> read)
    {
        var layers = new[] { source.File, source.Reference }.Select(root => root.Child(part.Name)).OfType<HoconObject>()
            .Select(node => (node, part.Name));
        return new SectionReader(source, part.Section, [.. layers], part.Name).ReadAll(read);
    }

    public string Path { get; }

    /// <summary>Position of the section.</summary>
    public HoconPosition At => _layers.IsEmpty ? _source.File.At : _layers[0].Node.At;

    public T Get<T>(Key<T> key)
    {
        Mark(key);
        if (key.Companion is { } companion) Mark(companion);
        return key.Read(this);
    }

    /// <summary>Reads a section of this one.</summary>
    public T In<T>(Part part, Func<SectionReader, T> read)
    {
        Mark(part);
        return new SectionReader(_source, part.Section, Below(part.Name), PathOf(part.Name)).ReadAll(read);
    }

    /// <summary>Reads each entry of a map, in the order of the file.</summary>
    public ImmutableArray<T> Each<T>(Map map, Func<string, SectionReader, T> read)
    {
        Mark(map);
        ImmutableArray<(HoconObject, string)> behind = map.Defaults is { } defaults ? Below(defaults.Name) : [];
        var values = ImmutableArray.CreateBuilder<T>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (layer, layerPath) in Below(map.Name))
        {
            foreach (var name in layer.Keys)
            {
                if (!seen.Add(name)) continue;
                var path = $"{layerPath}.{HoconPath.Quote(name)}";
                if (layer[name] is HoconObject node)
                {
                    if (map.Defines is { } named) _source.Define(named, name);
                    values.Add(new SectionReader(_source, map.Entry, [(node, path), .. behind], path).ReadAll(s => read(name, s)));
                }
                else if (layer[name] is not HoconScalar { IsNull: true })
                {
                    // the error does not show the value, which may be a misplaced password
                    var kind = layer[name] is HoconScalar ? "a text" : layer[name]!.Kind;
                    _source.Errors.Add(layer[name]!.At, path, $"found {kind}; a section {{ }} is expected");
                }
            }
        }
        return values.ToImmutable();
    }

    /// <summary>Reads each entry of a list of sections.</summary>
    public ImmutableArray<T> Each<T>(SectionList list, Func<SectionReader, T> read)
    {
        Mark(list);
        if (Find(list.Name) is not { } found) return [];
        if (found.Node is not HoconArray array) return Wrong(found, "a list of sections: [ { ... }, { ... } ]", ImmutableArray<T>.Empty);
        var behind = Below(list.Defaults.Name);
        var values = ImmutableArray.CreateBuilder<T>();
        for (var i = 0; i < array.Items.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{found.Path}[{i}]");
            if (array.Items[i] is HoconObject node)
                values.Add(new SectionReader(_source, list.Entry, [(node, path), .. behind], path).ReadAll(read));
            else _source.Errors.Add(array.Items[i].At, path, $"found {array.Items[i].Kind}; a section {{ }} is expected");
        }
        return values.ToImmutable();
    }

    /// <summary>Adds an error at a key, or at the section when the key is not set in the file.</summary>
    public void Fail(Member member, string message) => Fail(member.Name, message);

    /// <inheritdoc cref="Fail(Member, string)"/>
    public void Fail(string name, string message)
    {
        var found = Find(name);
        // a default of lns.conf is valid: the fault is another value in the file
        if (found is { } f && f.Node.At.File == _source.Reference.At.File && At.File != _source.Reference.At.File) found = null;
        var path = found?.Path ?? PathOf(name);
        if (!_source.Faulty.Contains(path)) _source.Errors.Add(found?.Node.At ?? At, path, message);
    }

    /// <summary>Adds an error at the section itself.</summary>
    public void Fail(string message) => _source.Errors.Add(At, Path, message);

    /// <summary>Runs a check after all sections are read, because it depends on other sections.</summary>
    public void Later(Action check) => _source.Later(check);

    /// <summary>Defines a name that other keys may refer to.</summary>
    public void Define(Named named, string name) => _source.Define(named, name);

    /// <summary>The name is defined; complete when everything is read.</summary>
    public bool IsDefined(Named named, string name) => _source.IsDefined(named, name);

    /// <summary>All defined names, in order; complete when everything is read.</summary>
    public string[] Names(Named named) => _source.Names(named);

    /// <summary>Adds an error, when everything is read, if nothing of that name is defined.</summary>
    public void CheckName(Member member, string name, Named named)
    {
        _source.Later(() =>
        {
            if (_source.IsDefined(named, name)) return;
            var known = _source.Names(named);
            var all = known.Length == 0 ? "there is none at all"
                : $"there are: {string.Join(", ", known.Take(MostNamed))}{(known.Length > MostNamed ? ", ..." : "")}";
            Fail(member, $"there is no {named.Word()} '{name}'{Nearest.Hint(name, known)}; {all}");
        });
    }

    // for the keys

    public Found? Find(string name)
    {
        for (var i = 0; i < _layers.Length; i++)
            if (_layers[i].Node[name] is { } node) return new Found(node, $"{_layers[i].Path}.{HoconPath.Quote(name)}", i);
        return null;
    }

    /// <summary>The sections of that name, the best first.</summary>
    public ImmutableArray<(HoconObject Node, string Path)> Below(string name)
    {
        var below = ImmutableArray.CreateBuilder<(HoconObject, string)>();
        foreach (var (node, layerPath) in _layers)
        {
            var path = $"{layerPath}.{HoconPath.Quote(name)}";
            if (node[name] is HoconObject child) below.Add((child, path));
            else if (node[name] is { } other and not HoconScalar { IsNull: true })
                _source.Errors.Add(other.At, path, $"found {other.Kind}; a section {{ }} is expected");
        }
        return below.ToImmutable();
    }

    /// <summary>Adds an error about the value of a key.</summary>
    public void Error(HoconPosition at, string path, string message)
    {
        _source.Faulty.Add(path);
        _source.Errors.Add(at, path, message);
    }

    public void Note(HoconNode node, ValueNote note) => _source.Note(node, note);

    public T Missing<T>(Key key, T standIn)
    {
        Error(At, PathOf(key.Name), $"missing; allowed: {key.Allowed}");
        return standIn;
    }

    public T Wrong<T>(Found found, string allowed, T standIn)
    {
        Error(found.Node.At, found.Path, $"found {found.Node.Kind}; allowed: {allowed}");
        return standIn;
    }

    private string PathOf(string name) => $"{Path}.{HoconPath.Quote(name)}";

    private void Mark(Member member)
    {
        if (_section.Find(member.Name) != member)
            throw new InvalidOperationException($"{_section.File}: {Path}.{member.Name} is read and not declared there");
        _read.Add(member);
    }

    private T ReadAll<T>(Func<SectionReader, T> read)
    {
        var value = read(this);
        Close();
        return value;
    }

    /// <summary>Adds an error for each key of the file that is not declared.</summary>
    private void Close()
    {
        if (_section.Members.FirstOrDefault(m => !_read.Contains(m)) is { } unread)
            throw new InvalidOperationException($"{_section.File}: {Path}.{unread.Name} is declared and never read");
        var allowed = _section.Members.Select(static m => m.Name).Order(StringComparer.Ordinal).ToArray();
        foreach (var (node, path) in _layers)
        {
            foreach (var key in node.Keys)
            {
                if (_section.Find(key) is not null) continue;
                _source.Errors.Add(node[key]!.At, $"{path}.{HoconPath.Quote(key)}", _section.IsOfEntries(key)
                    ? "each entry has its own; not allowed in the defaults"
                    : $"unknown key{Nearest.Hint(key, allowed)}; allowed: {string.Join(", ", allowed)}");
            }
        }
    }
}
