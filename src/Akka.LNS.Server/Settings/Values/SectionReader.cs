using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>What a text is read as: null when it is not one.</summary>
public delegate T? TryRead<T>(string text) where T : struct;

/// <summary>
/// A section and what stands behind it: the file, the defaults of its template, lns.conf. Asking for a key declares it: its type, unit and range
/// stand in one place, and <see cref="Close"/> finds every key that nobody asked for.
/// </summary>
/// <remarks>A faulty value is an error and a stand-in is returned: reading goes on, so that all errors are told at once.</remarks>
public sealed class SectionReader
{
    /// <summary>One place where values of this section may stand, best first.</summary>
    private readonly record struct Layer(HoconObject Node, string Path);

    private readonly SettingsSource _source;
    private readonly ImmutableArray<Layer> _layers;
    private readonly string _pattern;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private SectionReader(SettingsSource source, ImmutableArray<Layer> layers, string path, string pattern)
    {
        (_source, _layers, _pattern) = (source, layers, pattern);
        Path = path;
    }

    /// <summary>The root of a file, with lns.conf behind it.</summary>
    public static SectionReader Root(SettingsSource source, string name)
    {
        var layers = new[] { source.File, source.Reference }.Select(root => root.Child(name)).OfType<HoconObject>().Select(node => new Layer(node, name));
        return new SectionReader(source, [.. layers], name, name);
    }

    public string Path { get; }

    /// <summary>Where the section itself stands.</summary>
    public HoconPosition At => _layers.IsEmpty ? _source.File.At : _layers[0].Node.At;

    /// <summary>A section of its own; its errors are found when <paramref name="read"/> is done.</summary>
    public T Section<T>(string key, Func<SectionReader, T> read)
    {
        _asked.Add(key);
        var section = new SectionReader(_source, Below(key), $"{Path}.{HoconPath.Quote(key)}", $"{_pattern}.{key}");
        var value = read(section);
        section.Close();
        return value;
    }

    /// <summary>A section whose keys are names. Behind each entry stands <paramref name="defaults"/> of this same section, if given.</summary>
    public ImmutableArray<T> Map<T>(string key, Func<string, SectionReader, T> read, string? defaults = null)
    {
        _asked.Add(key);
        var behind = defaults is null ? [] : Below(defaults);
        var values = ImmutableArray.CreateBuilder<T>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in Below(key))
        {
            foreach (var name in layer.Node.Keys)
            {
                if (!seen.Add(name)) continue;
                var path = $"{layer.Path}.{HoconPath.Quote(name)}";
                if (layer.Node[name] is not HoconObject node)
                {
                    if (layer.Node[name] is HoconScalar { IsNull: true }) continue;
                    // what was found is not told: it may be a password at the wrong place
                    _source.Errors.Add(layer.Node[name]!.At, path, $"found {(layer.Node[name] is HoconScalar ? "a text" : layer.Node[name]!.Kind)}; a section {{ }} is expected");
                    continue;
                }
                var section = new SectionReader(_source, [new Layer(node, path), .. behind], path, $"{_pattern}.{key}.*");
                values.Add(read(name, section));
                section.Close();
            }
        }
        return values.ToImmutable();
    }

    /// <summary>Names with a text each.</summary>
    public ImmutableDictionary<string, T> Words<T>(string key, params ReadOnlySpan<(string Word, T Value)> words)
    {
        _asked.Add(key);
        var allowed = OneOf(words);
        _source.Declare($"{_pattern}.{key}.*", allowed, inReference: false);
        var values = ImmutableDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        foreach (var layer in Below(key))
        {
            foreach (var name in layer.Node.Keys)
            {
                if (values.ContainsKey(name) || layer.Node[name] is HoconScalar { IsNull: true }) continue;
                var found = false;
                foreach (var (word, value) in words)
                    if (layer.Node[name] is HoconScalar scalar && scalar.Text == word) (values[name], found) = (value, true);
                if (!found) _source.Errors.Add(layer.Node[name]!.At, $"{layer.Path}.{HoconPath.Quote(name)}", $"found {layer.Node[name]!.Kind}; allowed: {allowed}");
            }
        }
        return values.ToImmutable();
    }

    /// <summary>A list of sections. Behind each stands <paramref name="defaults"/> of this same section.</summary>
    public ImmutableArray<T> Sections<T>(string key, string defaults, Func<SectionReader, T> read)
    {
        var pattern = $"{_pattern}.{key}[]";
        if (Find(key, "a list of sections { }", declare: false) is not { } found) return [];
        if (found.Node is not HoconArray array)
        {
            return Wrong(found, "a list of sections: [ { ... }, { ... } ]", ImmutableArray<T>.Empty);
        }
        var behind = Below(defaults);
        var values = ImmutableArray.CreateBuilder<T>();
        for (var i = 0; i < array.Items.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{found.Path}[{i}]");
            if (array.Items[i] is not HoconObject node)
            {
                _source.Errors.Add(array.Items[i].At, path, $"found {array.Items[i].Kind}; a section {{ }} is expected");
                continue;
            }
            var section = new SectionReader(_source, [new Layer(node, path), .. behind], path, pattern);
            values.Add(read(section));
            section.Close();
        }
        return values.ToImmutable();
    }

    public string Text(string key, int maxOctets = 255)
    {
        var allowed = TextUpTo(maxOctets);
        return Find(key, allowed) is { } found ? ReadText(found, allowed, maxOctets) ?? "" : Missing(key, allowed, "");
    }

    /// <summary>Null: none, or not there.</summary>
    public string? OptionalText(string key, int maxOctets = 255, bool isSecret = false)
    {
        var allowed = TextUpTo(maxOctets) + ", or none";
        if (Find(key, allowed) is not { IsNone: false } found) return null;
        var text = ReadText(found, allowed, maxOctets);
        if (isSecret && text is not null) _source.Note(found.Node, ValueNote.Secret(text));
        return text;
    }

    /// <summary>The path of a file; a relative one starts from the configuration file that says it. Null: none.</summary>
    public string? OptionalPath(string key)
    {
        var text = OptionalText(key, 4096);
        return text is null ? null : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(FindSilently(key)?.Node.At.File) ?? "", text);
    }

    public bool Flag(string key) => Value(key, OnOff, ReadFlag);

    /// <summary>With a default of its own: for entries that have nothing behind them.</summary>
    public bool Flag(string key, bool unless) => Optional(key, OnOff, ReadFlag) ?? unless;

    public int Number(string key, int least, int most) => Value<int>(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null);

    public double Real(string key, double least, double most) => Value<double>(key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"),
        text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null);

    public TimeSpan Duration(string key, TimeSpan least, TimeSpan most) => Value(key, DurationRange(least, most), DurationWithin(least, most));

    public TimeSpan? OptionalDuration(string key, TimeSpan least, TimeSpan most) => Optional(key, DurationRange(least, most), DurationWithin(least, most));

    public long Size(string key, long least, long most) => Value<long>(key, $"a size with unit (B, KiB, MiB, GiB, kB, MB, GB) from {Units.Show(least)} to {Units.Show(most)}",
        text => Units.Size(text) is { } n && n >= least && n <= most ? n : null);

    public T Word<T>(string key, params ReadOnlySpan<(string Word, T Value)> words) where T : struct
    {
        var allowed = OneOf(words);
        if (Find(key, allowed) is not { } found) return Missing(key, allowed, default(T));
        foreach (var (word, value) in words)
            if (found.Text == word) return value;
        return Wrong(found, allowed + Nearest.Hint(found.Text ?? "", [.. words.ToArray().Select(static w => w.Word)]), default(T));
    }

    /// <summary>A value that must be there, in the file or in lns.conf.</summary>
    public T Value<T>(string key, string allowed, TryRead<T> read) where T : struct
    {
        if (Find(key, allowed) is not { } found) return Missing(key, allowed, default(T));
        return found.Text is { } text && read(text) is { } value ? Noted(found, value) : Wrong(found, allowed, default(T));
    }

    /// <summary>60s and 1m are the same.</summary>
    private T Noted<T>(Found found, T value) where T : struct
    {
        if (value switch
        {
            bool flag => flag ? "on" : "off",
            TimeSpan span => Units.Show(span),
            long octets => Units.Show(octets),
            int or double => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        } is { } canonical) _source.Note(found.Node, ValueNote.Of(canonical));
        return value;
    }

    /// <summary>A value that may be none.</summary>
    public T? Optional<T>(string key, string allowed, TryRead<T> read) where T : struct
    {
        allowed += ", or none";
        if (Find(key, allowed) is not { IsNone: false } found) return null;
        return found.Text is { } text && read(text) is { } value ? Noted(found, value) : Wrong(found, allowed, default(T?));
    }

    /// <summary>A list; one value alone is a list of one.</summary>
    public ImmutableArray<T> List<T>(string key, string allowed, int most, TryRead<T> read) where T : struct
    {
        if (Find(key, $"a list of {allowed}") is not { IsNone: false } found) return [];
        IReadOnlyList<HoconNode> items = found.Node is HoconArray array ? array.Items : [found.Node];
        if (items.Count > most) return Wrong(found, string.Create(CultureInfo.InvariantCulture, $"at most {most} of {allowed}"), ImmutableArray<T>.Empty);
        var values = ImmutableArray.CreateBuilder<T>();
        foreach (var item in items)
        {
            if (item is HoconScalar scalar && read(scalar.Text) is { } value) values.Add(value);
            else _source.Errors.Add(item.At, found.Path, $"found {item.Kind}; allowed: a list of {allowed}");
        }
        return values.ToImmutable();
    }

    /// <summary>A list of texts; <paramref name="read"/> says what is wrong with one, or null.</summary>
    /// <param name="show">What may be seen of a text that is right, when it holds a secret; null: all of it.</param>
    public void Each(string key, string allowed, int most, Func<string, string?> read, Func<string, string?>? show = null)
    {
        if (Find(key, $"a list of {allowed}") is not { IsNone: false } found) return;
        IReadOnlyList<HoconNode> items = found.Node is HoconArray array ? array.Items : [found.Node];
        if (items.Count > most) Wrong(found, string.Create(CultureInfo.InvariantCulture, $"at most {most} of {allowed}"), 0);
        foreach (var item in items)
        {
            if (item is not HoconScalar scalar) _source.Errors.Add(item.At, found.Path, $"found {item.Kind}; allowed: a list of {allowed}");
            else if (read(scalar.Text) is { } wrong) _source.Errors.Add(item.At, found.Path, wrong);
            else if (show?.Invoke(scalar.Text) is { } shown) _source.Note(item, ValueNote.Part(shown, scalar.Text));
        }
    }

    /// <summary>When all is read: for what speaks of other sections.</summary>
    public void Later(Action check) => _source.Later(check);

    public ImmutableArray<T> WordList<T>(string key, params ReadOnlySpan<(string Word, T Value)> words) where T : struct
    {
        var table = words.ToArray();
        return List<T>(key, OneOf(words), table.Length, text =>
        {
            foreach (var (word, value) in table)
                if (word == text) return value;
            return null;
        });
    }

    /// <summary>The key itself, or KEY-file: a file that holds it, its first line. Null: neither.</summary>
    /// <remarks>What was found is never told: it may be nearly the secret.</remarks>
    public Secret? Secret(string key)
    {
        var direct = Find(key, "a text, or none");
        var byFile = Find($"{key}-file", "the path of a file whose first line is the secret, or none");
        if (direct is { IsNone: true }) direct = null;
        if (byFile is { IsNone: true }) byFile = null;
        if (direct is { } both && byFile is { } other && both.Layer == other.Layer)
            _source.Errors.Add(both.Node.At, both.Path, $"both {key} and {key}-file are there; one is allowed");
        if (direct is { } d && (byFile is null || d.Layer <= byFile.Value.Layer))
        {
            if (d.Node is HoconScalar { Text.Length: > 0 } text)
            {
                _source.Note(d.Node, ValueNote.Secret(text.Text));
                return new Secret(text.Text);
            }
            _source.Errors.Add(d.Node.At, d.Path, "empty, or not a text; allowed: a text, or none");
            return new Secret("");
        }
        if (byFile is not { } f) return null;
        if (f.Node is not HoconScalar { Text.Length: > 0 } name) return Wrong<Secret?>(f, "the path of a file", new Secret(""));
        var path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(f.Node.At.File) ?? "", name.Text);
        try
        {
            var lines = FirstOctets(path, MostSecretOctets).Split('\n', 2);
            if (System.Text.Encoding.UTF8.GetByteCount(lines[0]) >= MostSecretOctets) _source.Errors.Add(f.Node.At, f.Path, $"the first line of {path} is longer than {MostSecretOctets - 1} octets");
            else if (lines[0].TrimEnd() is { Length: > 0 } line)
            {
                _source.Note(f.Node, ValueNote.SecretFile(name.Text, line));
                return new Secret(line);
            }
            else _source.Errors.Add(f.Node.At, f.Path, $"the first line of {path} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _source.Errors.Add(f.Node.At, f.Path, $"cannot read {path}: {e.Message}");
        }
        return new Secret("");
    }

    /// <summary>What stands in the file that the key names, from the folder of the configuration. Null: none. Empty: it cannot be read, which is told.</summary>
    public string? FileText(string key)
    {
        const string Allowed = "the path of a file, or none";
        const int MostOctets = 1 << 20;
        if (Find(key, Allowed) is not { IsNone: false } found) return null;
        if (found.Text is not { Length: > 0 } name) return Wrong(found, Allowed, "");
        var path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(found.Node.At.File) ?? "", name);
        try
        {
            var text = FirstOctets(path, MostOctets + 1);
            if (text.Length > MostOctets) text = "";
            if (text.Length == 0) _source.Errors.Add(found.Node.At, found.Path, $"{path} is empty, or larger than 1 MiB");
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _source.Errors.Add(found.Node.At, found.Path, $"cannot read {path}: {e.Message}");
            return "";
        }
    }

    /// <summary>No more than that, however large it is.</summary>
    private static string FirstOctets(string path, int most)
    {
        using var file = RegularFile.Open(path);
        var octets = new byte[most];
        return System.Text.Encoding.UTF8.GetString(octets, 0, file.ReadAtLeast(octets, most, throwOnEndOfStream: false)).TrimStart('\uFEFF');
    }

    private const int MostSecretOctets = 4096;

    /// <summary>The name of something that must be there when all is read.</summary>
    public string Reference(string key, string what, Func<IEnumerable<string>> names)
    {
        var name = Text(key);
        CheckLater(key, name, what, names);
        return name;
    }

    public string? OptionalReference(string key, string what, Func<IEnumerable<string>> names)
    {
        var name = OptionalText(key);
        if (name is not null) CheckLater(key, name, what, names);
        return name;
    }

    /// <summary>An error at this key, or at the section when it is not there.</summary>
    public void Fail(string key, string message)
    {
        var found = FindSilently(key);
        if (found is { } f && f.Node.At.File == _source.Reference.At.File && At.File != _source.Reference.At.File) found = null; // a default: the fault is in the file
        _source.Errors.Add(found?.Node.At ?? At, found?.Path ?? $"{Path}.{HoconPath.Quote(key)}", message);
    }

    /// <summary>True when the key has a value somewhere, lns.conf included.</summary>
    public bool Has(string key) => FindSilently(key) is not null;

    private void CheckLater(string key, string name, string what, Func<IEnumerable<string>> names)
    {
        if (name.Length == 0) return;
        _source.Later(() =>
        {
            var known = names().Order(StringComparer.Ordinal).ToArray();
            if (!known.Contains(name, StringComparer.Ordinal))
                Fail(key, $"there is no {what} '{name}'{Nearest.Hint(name, known)}; {(known.Length == 0 ? $"there is none at all" : $"there are: {string.Join(", ", known)}")}");
        });
    }

    /// <summary>Each key of the file that nobody asked for is an error.</summary>
    public void Close()
    {
        var allowed = _asked.Order(StringComparer.Ordinal).ToArray();
        foreach (var layer in _layers)
            foreach (var key in layer.Node.Keys)
                if (!_asked.Contains(key))
                    _source.Errors.Add(layer.Node[key]!.At, $"{layer.Path}.{HoconPath.Quote(key)}", $"unknown key{Nearest.Hint(key, allowed)}; allowed: {string.Join(", ", allowed)}");
    }

    private const string OnOff = "on, off";
    private static readonly TryRead<bool> ReadFlag = static text => text switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => null,
    };

    private readonly record struct Found(HoconNode Node, string Path, int Layer)
    {
        /// <summary>Null: not a text or number, but a list or section.</summary>
        public string? Text => (Node as HoconScalar)?.Text;
        public bool IsNone => Node is HoconScalar { Text: "none", Quoted: false };
    }

    private ImmutableArray<Layer> Below(string key)
    {
        var below = ImmutableArray.CreateBuilder<Layer>();
        foreach (var layer in _layers)
        {
            var path = $"{layer.Path}.{HoconPath.Quote(key)}";
            if (layer.Node[key] is HoconObject child) below.Add(new Layer(child, path));
            else if (layer.Node[key] is { } other and not HoconScalar { IsNull: true }) _source.Errors.Add(other.At, path, $"found {other.Kind}; a section {{ }} is expected");
        }
        return below.ToImmutable();
    }

    private Found? FindSilently(string key)
    {
        for (var i = 0; i < _layers.Length; i++)
            if (_layers[i].Node[key] is { } node) return new Found(node, $"{_layers[i].Path}.{HoconPath.Quote(key)}", i);
        return null;
    }

    private Found? Find(string key, string allowed, bool declare = true)
    {
        _asked.Add(key);
        var found = FindSilently(key);
        if (declare) _source.Declare($"{_pattern}.{key}", allowed, found is { } f && f.Node.At.File == _source.Reference.At.File);
        return found;
    }

    private string? ReadText(Found found, string allowed, int maxOctets) =>
        found.Text is { Length: > 0 } text && Encoding.UTF8.GetByteCount(text) <= maxOctets ? text : Wrong<string?>(found, allowed, null);

    private T Missing<T>(string key, string allowed, T standIn)
    {
        _source.Errors.Add(At, $"{Path}.{HoconPath.Quote(key)}", $"missing; allowed: {allowed}");
        return standIn;
    }

    private T Wrong<T>(Found found, string allowed, T standIn)
    {
        _source.Errors.Add(found.Node.At, found.Path, $"found {found.Node.Kind}; allowed: {allowed}");
        return standIn;
    }

    private static string TextUpTo(int maxOctets) => string.Create(CultureInfo.InvariantCulture, $"a text of 1 to {maxOctets} octets");

    private static string OneOf<T>(ReadOnlySpan<(string Word, T Value)> words)
    {
        var names = new List<string>(words.Length);
        foreach (var (word, _) in words) names.Add(word);
        return string.Join(", ", names);
    }

    private static string DurationRange(TimeSpan least, TimeSpan most) => $"a duration with unit (ms, s, m, h, d) from {Units.Show(least)} to {Units.Show(most)}";
    private static TryRead<TimeSpan> DurationWithin(TimeSpan least, TimeSpan most) => text => Units.Duration(text) is { } span && span >= least && span <= most ? span : null;
}
