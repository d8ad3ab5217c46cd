using System.Text;

namespace Akka.LNS.Server.Settings.Hocon;

/// <summary>Position in a file, for messages.</summary>
public readonly record struct HoconPosition(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>One value with its position in the file.</summary>
public abstract class HoconNode(HoconPosition at)
{
    /// <summary>Line of its key; in a list, its own line.</summary>
    public HoconPosition At { get; } = at;

    /// <summary>The word for it in messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>Text of the file, without interpretation.</summary>
public sealed class HoconScalar(HoconPosition at, string text, bool quoted) : HoconNode(at)
{
    public string Text { get; } = text;

    /// <summary>The text was in quotes: "none" is a text, none is no value.</summary>
    public bool Quoted { get; } = quoted;
    public bool IsNull => !Quoted && Text == "null";
    public override string Kind => $"'{HoconText.Start(Text)}'";
}

public sealed class HoconArray(HoconPosition at, IReadOnlyList<HoconNode> items) : HoconNode(at)
{
    public IReadOnlyList<HoconNode> Items { get; } = items;
    public override string Kind => "a list";
}

/// <summary>A section; its keys keep the order of the file.</summary>
public sealed class HoconObject(HoconPosition at) : HoconNode(at)
{
    /// <summary>Number of keys above which a table finds them. Most sections have fewer, and a table each would cost more than the
    /// keys.</summary>
    private const int Few = 8;

    private readonly List<string> _keys = [];
    private readonly List<HoconNode> _values = [];
    private Dictionary<string, int>? _index;

    public IReadOnlyList<string> Keys => _keys;
    public override string Kind => "a section { }";

    public HoconNode? this[string key]
    {
        get => IndexOf(key) is var i and >= 0 ? _values[i] : null;
        internal set
        {
            var i = IndexOf(key);
            if (value is null)
            {
                if (i < 0) return;
                _keys.RemoveAt(i);
                _values.RemoveAt(i);
                _index = null;
            }
            else if (i >= 0) _values[i] = value;
            else
            {
                _keys.Add(key);
                _values.Add(value);
                _index?.Add(key, _keys.Count - 1);
            }
        }
    }

    private int IndexOf(string key)
    {
        if (_keys.Count <= Few) return _keys.IndexOf(key);
        if (_index is null)
        {
            _index = new Dictionary<string, int>(_keys.Count, StringComparer.Ordinal);
            for (var i = 0; i < _keys.Count; i++) _index.Add(_keys[i], i);
        }
        return _index.GetValueOrDefault(key, -1);
    }

    /// <summary>The section of that name; null: there is none.</summary>
    public HoconObject? Child(string key) => this[key] as HoconObject;

    /// <summary>Text for Akka's own parser: every key and value is quoted, and nothing is left to resolve.</summary>
    public string ToCanonicalText()
    {
        var text = new StringBuilder();
        WriteFields(text, this, 0);
        return text.ToString();
    }

    private static void WriteFields(StringBuilder text, HoconObject node, int depth)
    {
        foreach (var key in node.Keys)
        {
            var value = node[key]!;
            if (value is HoconScalar { IsNull: true }) continue;
            text.Append(' ', depth * 2);
            Quote(text, key);
            text.Append(value is HoconObject ? " " : " = ");
            WriteValue(text, value, depth);
            text.Append('\n');
        }
    }

    private static void WriteValue(StringBuilder text, HoconNode value, int depth)
    {
        switch (value)
        {
            case HoconObject child:
                text.Append("{\n");
                WriteFields(text, child, depth + 1);
                text.Append(' ', depth * 2).Append('}');
                break;
            case HoconArray array:
                text.Append('[');
                for (var i = 0; i < array.Items.Count; i++)
                {
                    if (i > 0) text.Append(", ");
                    WriteValue(text, array.Items[i], depth + 1);
                }
                text.Append(']');
                break;
            case HoconScalar scalar:
                Quote(text, scalar.Text);
                break;
        }
    }

    internal static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ => text.Append(c),
            };
        text.Append('"');
    }
}

/// <summary>Texts of a configuration in messages.</summary>
internal static class HoconText
{
    private const int MostShown = 100;

    /// <summary>The text, or its first 100 characters.</summary>
    public static string Start(string text) => text.Length <= MostShown ? text : string.Concat(text.AsSpan(0, MostShown), "...");
}
