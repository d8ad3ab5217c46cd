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
    public override string Kind => $"'{Text}'";
}

public sealed class HoconArray(HoconPosition at, IReadOnlyList<HoconNode> items) : HoconNode(at)
{
    public IReadOnlyList<HoconNode> Items { get; } = items;
    public override string Kind => "a list";
}

/// <summary>A section; its keys keep the order of the file.</summary>
public sealed class HoconObject(HoconPosition at) : HoconNode(at)
{
    private readonly List<string> _keys = [];
    private readonly Dictionary<string, HoconNode> _fields = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Keys => _keys;
    public override string Kind => "a section { }";

    public HoconNode? this[string key]
    {
        get => _fields.GetValueOrDefault(key);
        internal set
        {
            if (value is null)
            {
                if (_fields.Remove(key)) _keys.Remove(key);
            }
            else
            {
                if (!_fields.ContainsKey(key)) _keys.Add(key);
                _fields[key] = value;
            }
        }
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
