using System.Globalization;
using System.Text;

namespace Akka.LNS.Server.Settings.Hocon;

/// <summary>The text is not HOCON; <see cref="At"/> is the position of the fault.</summary>
public sealed class HoconException(HoconPosition at, string message) : Exception(message)
{
    public HoconPosition At { get; } = at;
}

/// <summary>Reads HOCON into a tree with line numbers.</summary>
/// <remarks>
/// Akka's own parser has no line numbers. It accepts an unclosed brace or quote at the end of the file, does not return from an unclosed
/// bracket, and does not support ${?VAR} before a comma. This parser supports comments with # and //, keys as paths with quoted parts,
/// =, :, +=, sections that merge, lists, "..." and """...""", unquoted text and concatenation, ${path}, ${?path}, ${VAR} of the
/// environment, and include "file". It differs from the specification in one point: unquoted values may contain : * ? ! @ &amp; ^ +
/// so that 192.0.2.1:1812 needs no quotes.
/// </remarks>
public sealed class HoconParser
{
    private readonly string _text;
    private readonly string _file;
    private readonly Func<string, string?> _readInclude;
    private readonly int _includeDepth;
    private readonly HoconBudget _budget;
    private int _at;
    private int _line = 1;
    private int _depth;

    /// <summary>Includes nothing: for texts of clients, which must not read files of this machine.</summary>
    public static readonly Func<string, string?> NoIncludes = static _ => null;

    /// <param name="depth">Number of sections around an included file.</param>
    private HoconParser(string text, string file, Func<string, string?> readInclude, int includeDepth, HoconBudget budget, int depth)
    {
        (_text, _file, _readInclude, _includeDepth, _budget, _depth) = (text, file, readInclude, includeDepth, budget, depth);
        budget.Read(file, text.Length);
    }

    /// <summary>Reads a file; sections are merged and references resolved.</summary>
    /// <param name="environment">Value of a variable, or null.</param>
    /// <param name="readInclude">Text of an included file (path as resolved against the including one), or null when there is none.</param>
    /// <param name="values">Maximum number of values.</param>
    /// <exception cref="HoconException">The first fault.</exception>
    public static HoconObject Parse(string text, string file, Func<string, string?>? environment = null,
        Func<string, string?>? readInclude = null, int values = HoconBudget.MaxValues)
    {
        var budget = new HoconBudget(values);
        var raw = new HoconParser(text, file, readInclude ?? (static _ => null), 0, budget, 0).ParseFile();
        return new HoconResolver(raw, environment ?? (static _ => null), budget).Resolve();
    }

    private HoconPosition Here => new(_file, _line);
    private bool AtEnd => _at >= _text.Length;
    private char Current => _text[_at];
    private bool Looking(string what) => string.CompareOrdinal(_text, _at, what, 0, what.Length) == 0;
    private HoconException Fault(string message) => new(Here, message);
    private HoconException Fault(int line, string message) => new(new HoconPosition(_file, line), message);

    private HoconObject ParseFile()
    {
        if (_text.StartsWith('\uFEFF')) _at = 1;
        var root = new HoconObject(Here);
        SkipSpace(newlines: true);
        if (!AtEnd && Current == '{')
        {
            ParseObject(root);
            SkipSpace(newlines: true);
        }
        else ParseFields(root, openedAt: 0);
        return AtEnd ? root : throw Fault($"'{Current}' after the end of the configuration: a closing brace too many?");
    }

    private void Descend(int levels)
    {
        if ((_depth += levels) > HoconBudget.MaxDepth)
            throw Fault($"more than {HoconBudget.MaxDepth} levels of sections and lists (each part of a path is a section)");
    }

    private HoconObject NewSection(HoconPosition at)
    {
        _budget.Value(at, HoconBudget.OfSection);
        return new HoconObject(at);
    }

    private void ParseObject(HoconObject target)
    {
        var opened = _line;
        Descend(1);
        _at++; // {
        ParseFields(target, opened);
        _at++; // }
        _depth--;
    }

    /// <summary>Reads up to the closing brace, which stays, or up to the end of the file when nothing was opened.</summary>
    private void ParseFields(HoconObject target, int openedAt)
    {
        while (true)
        {
            SkipSeparators();
            if (AtEnd)
            {
                if (openedAt > 0) throw Fault(openedAt, "this brace { is never closed");
                return;
            }
            if (Current == '}')
            {
                if (openedAt == 0) throw Fault("a closing brace } too many");
                return;
            }
            if (TryInclude(target)) continue;
            ParseField(target);
        }
    }

    private void ParseField(HoconObject target)
    {
        var at = Here;
        var path = ParseKey();
        SkipSpace(newlines: true);
        if (AtEnd) throw new HoconException(at, $"'{HoconPath.Join(path)}' has no value: = or {{ expected");
        Descend(path.Count - 1);
        for (var i = 0; i < path.Count - 1; i++)
        {
            if (target[path[i]] is not HoconObject child) target[path[i]] = child = NewSection(at);
            target = child;
        }
        ParseField(target, path, at);
        _depth -= path.Count - 1;
    }

    private void ParseField(HoconObject target, List<string> path, HoconPosition at)
    {
        var key = path[^1];
        if (Current == '{')
        {
            Put(target, key, ParseValue(at));
            return;
        }
        var append = Looking("+=");
        if (!append && Current is not ('=' or ':'))
            throw new HoconException(at, $"'{HoconPath.Join(path)}' is followed by '{Current}': = or {{ expected");
        _at += append ? 2 : 1;
        SkipSpace(newlines: false);
        // HOCON allows the value on the next line; here it is an error, because the value is usually missing
        if (AtEnd || Current is '\n' or '\r' or '}' or ',' or '#' || Looking("//"))
            throw new HoconException(at, $"'{HoconPath.Join(path)}' has no value (write \"\" for an empty text)");
        var value = ParseValue(at);
        if (append) value = new HoconConcat(at, [(new HoconReference(at, null, true), ""), (new HoconArray(at, [value]), "")]);
        Put(target, key, value);
    }

    /// <summary>Sections merge; other values replace. A value that can be undefined keeps the one before it.</summary>
    internal static void Put(HoconObject target, string key, HoconNode value)
    {
        var before = target[key];
        if (value is HoconObject added && before is HoconObject old)
        {
            foreach (var inner in added.Keys) Put(old, inner, added[inner]!);
            return;
        }
        if (value is HoconConcat concat) concat.Before = before;
        else if (value is HoconObject && before is HoconConcat) value = new HoconConcat(value.At, [(before, ""), (value, "")]);
        target[key] = value;
    }

    private List<string> ParseKey()
    {
        var path = new List<string>(1);
        while (true)
        {
            string? part = null;
            StringBuilder? longer = null; // of a part in several pieces
            while (!AtEnd)
            {
                string piece;
                if (Current == '"')
                {
                    if (Looking("\"\"\"")) throw Fault("a key cannot be in triple quotes");
                    piece = ParseQuoted();
                }
                else
                {
                    var from = _at;
                    while (!AtEnd && (char.IsLetterOrDigit(Current) || Current is '-' or '_' or '*' or '/' or '?' or '@')) _at++;
                    if (_at == from) break;
                    piece = _text[from.._at];
                }
                if (part is null) part = piece;
                else (longer ??= new StringBuilder(part)).Append(piece);
            }
            if (part is null)
                throw Fault(AtEnd ? "a key is missing" : $"a key is expected, found '{Current}' (a key with such signs needs quotes)");
            if (path.Count == HoconBudget.MaxDepth) throw Fault($"a path of more than {HoconBudget.MaxDepth} parts");
            path.Add(longer?.ToString() ?? part);
            if (AtEnd || Current != '.') return path;
            _at++;
        }
    }

    /// <summary>Reads a value or a concatenation, up to the end of the line, a comma, or a closing brace or bracket.</summary>
    private HoconNode ParseValue(HoconPosition at)
    {
        HoconNode? first = null;
        List<(HoconNode Node, string Space)>? pieces = null; // when there are two or more
        while (true)
        {
            var from = _at;
            SkipSpace(newlines: false);
            var space = _text[from.._at];
            if (AtEnd || Current is ',' or '}' or ']' or '\n' or '\r' or '#' || Looking("//")) break;
            HoconNode piece;
            _budget.Value(at);
            if (Current == '{')
            {
                var child = NewSection(at);
                ParseObject(child);
                piece = child;
            }
            else if (Current == '[') piece = ParseArray(at);
            else if (Looking("\"\"\"")) piece = new HoconScalar(at, ParseTripleQuoted(), true);
            else if (Current == '"') piece = new HoconScalar(at, ParseQuoted(), true);
            else if (Looking("${")) piece = ParseReference(at);
            else piece = new HoconScalar(at, ParseUnquoted(), false);
            if (first is null) first = piece;
            else (pieces ??= [(first, "")]).Add((piece, space));
        }
        if (first is null) throw Fault("a value is missing");
        return pieces is not null ? new HoconConcat(at, pieces)
            : first is HoconReference ? new HoconConcat(at, [(first, "")]) : first;
    }

    private HoconArray ParseArray(HoconPosition at)
    {
        var opened = _line;
        Descend(1);
        _at++; // [
        var items = new List<HoconNode>();
        while (true)
        {
            SkipSeparators();
            if (AtEnd) throw Fault(opened, "this bracket [ is never closed");
            if (Current == ']') break;
            if (Current == '}') throw Fault($"'}}' inside the list that begins in line {opened}: its closing bracket ] is missing");
            items.Add(ParseValue(Here));
        }
        _at++;
        _depth--;
        return new HoconArray(at, items);
    }

    private HoconReference ParseReference(HoconPosition at)
    {
        _at += 2;
        var optional = !AtEnd && Current == '?';
        if (optional) _at++;
        var path = ParseKey();
        if (AtEnd || Current != '}') throw Fault("this ${ is never closed");
        _at++;
        return new HoconReference(at, path, optional);
    }

    private string ParseUnquoted()
    {
        var from = _at;
        while (!AtEnd && !char.IsWhiteSpace(Current)
            && Current is not (',' or '{' or '}' or '[' or ']' or '"' or '#' or '=' or '`' or '$' or '\\')
            && !Looking("//")) _at++;
        if (_at > from) return _text[from.._at];
        throw Fault(Current == '='
            ? "'=' inside a value: put the value in quotes, or is a comma or a new line missing before this key?"
            : $"'{Current}' inside a value: put the value in quotes");
    }

    private string ParseQuoted()
    {
        var opened = _line;
        var text = new StringBuilder();
        for (_at++; ; _at++)
        {
            if (AtEnd || Current is '\n' or '\r') throw Fault(opened, "this quote \" is never closed in its line");
            if (Current == '"') break;
            if (Current != '\\')
            {
                text.Append(Current);
                continue;
            }
            if (++_at >= _text.Length) throw Fault(opened, "this quote \" is never closed in its line");
            text.Append(Current switch
            {
                '"' => '"',
                '\\' => '\\',
                '/' => '/',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\b',
                'f' => '\f',
                'u' => ParseCodeUnit(),
                _ => throw Fault($"unknown escape \\{Current} in quotes; allowed: \\\" \\\\ \\/ \\n \\r \\t \\b \\f \\u0000"),
            });
        }
        _at++;
        return text.ToString();
    }

    private char ParseCodeUnit()
    {
        if (_at + 4 >= _text.Length
            || !ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            throw Fault("\\u needs four hexadecimal digits");
        _at += 4;
        return (char)unit;
    }

    private string ParseTripleQuoted()
    {
        var opened = _line;
        var from = _at + 3;
        var end = _text.IndexOf("\"\"\"", from, StringComparison.Ordinal);
        if (end < 0) throw Fault(opened, "these triple quotes \"\"\" are never closed");
        while (end + 3 < _text.Length && _text[end + 3] == '"') end++; // the specification: more quotes belong to the text
        _line += _text.AsSpan(from, end - from).Count('\n');
        _at = end + 3;
        return _text[from..end];
    }

    private bool TryInclude(HoconObject target)
    {
        if (!Looking("include") || _at + 7 >= _text.Length || !char.IsWhiteSpace(_text[_at + 7])) return false;
        var (start, line) = (_at, _line);
        _at += 7;
        SkipSpace(newlines: false);
        var required = Looking("required(");
        if (required) _at += 9;
        var inFile = Looking("file(");
        if (inFile) _at += 5;
        if (AtEnd || Current != '"')
        {
            if (required || inFile) throw Fault("include needs a file name in quotes");
            (_at, _line) = (start, line); // a key called include
            return false;
        }
        var name = ParseQuoted();
        foreach (var _ in (ReadOnlySpan<bool>)(required && inFile ? [true, true] : required || inFile ? [true] : []))
        {
            if (AtEnd || Current != ')') throw Fault("include: ) is missing");
            _at++;
        }
        _budget.Value(Here, HoconBudget.OfInclude);
        if (_includeDepth >= 8) throw Fault(line, $"include \"{name}\": more than 8 files deep; do they include each other?");
        var path = Path.Combine(Path.GetDirectoryName(_file) ?? "", name);
        string? text;
        try
        {
            text = _readInclude(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(line, $"include \"{name}\": cannot read {path}: {e.Message}");
        }
        text = text ?? throw Fault(line, _readInclude == NoIncludes
            ? $"include \"{name}\": no file is included in a text that is sent; lnsd --check checks the files where they are"
            : $"include \"{name}\": there is no file {path}");
        var included = new HoconParser(text, path, _readInclude, _includeDepth + 1, _budget, _depth).ParseFile();
        foreach (var key in included.Keys) Put(target, key, included[key]!);
        return true;
    }

    private void SkipSeparators()
    {
        SkipSpace(newlines: true);
        while (!AtEnd && Current == ',')
        {
            _at++;
            SkipSpace(newlines: true);
        }
    }

    private void SkipSpace(bool newlines)
    {
        for (; !AtEnd; _at++)
        {
            if (Current == '\n')
            {
                if (!newlines) return;
                _line++;
            }
            else if (newlines && (Current == '#' || Looking("//")))
            {
                var end = _text.IndexOf('\n', _at);
                _at = (end < 0 ? _text.Length : end) - 1;
            }
            else if (!char.IsWhiteSpace(Current)) return;
        }
    }
}

/// <summary>Writes paths: a part with other characters than letters, digits, - and _ is in quotes.</summary>
public static class HoconPath
{
    public static string Join(IEnumerable<string> parts) => string.Join('.', parts.Select(static p => Quote(HoconText.Start(p))));

    public static string Quote(string part) =>
        part.Length > 0 && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? part : $"\"{part.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
