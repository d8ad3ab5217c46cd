using System.Text;
using System.Text.RegularExpressions;
using Akka.LNS.Server.Settings.Hocon;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings;

/// <summary>All values in force: those of the file over those of lns.conf. Its output has no secret.</summary>
public sealed partial class EffectiveConfiguration
{
    private readonly Dictionary<HoconNode, ValueNote> _notes;

    private EffectiveConfiguration(HoconObject root, Dictionary<HoconNode, ValueNote> notes) => (Root, _notes) = (root, notes);

    /// <summary>The values of a configuration that could not be read: none.</summary>
    public static readonly EffectiveConfiguration Empty = new(new HoconObject(default), []);

    /// <summary>The root, with the sections lns and akka.</summary>
    internal HoconObject Root { get; }

    internal static EffectiveConfiguration Of(HoconObject file, HoconObject reference, IReadOnlyDictionary<HoconNode, ValueNote> notes) =>
        new EffectiveConfiguration(Merge(file, reference), new Dictionary<HoconNode, ValueNote>(notes, ReferenceEqualityComparer.Instance))
            .WithAkkaSecrets();

    /// <summary>Hides secrets of Akka. Its keys are not declared here, so their names decide.</summary>
    private EffectiveConfiguration WithAkkaSecrets()
    {
        if (Root.Child("akka") is { } akka) Hide(akka);
        return this;

        void Hide(HoconObject section)
        {
            foreach (var key in section.Keys)
            {
                if (section[key] is HoconObject inner) Hide(inner);
                else if (section[key] is HoconScalar { IsNull: false } scalar && ValueNote.IsSecretName(key))
                    _notes[scalar] = ValueNote.Secret(scalar.Text);
            }
        }
    }

    /// <summary>The section lns in the order of lns.conf. <see cref="HoconParser"/> can read it; a secret is "***".</summary>
    public string ToHocon()
    {
        var text = new StringBuilder("lns {\n");
        if (Root.Child("lns") is { } lns) WriteFields(text, lns, 1);
        return text.Append("}\n").ToString();
    }

    /// <summary>Text of a value on one line, without secrets.</summary>
    internal string Show(HoconNode value)
    {
        var text = new StringBuilder();
        WriteValue(text, value);
        return text.ToString();
    }

    /// <summary>Text of a value as <see cref="Show"/>, with a secret without quotes.</summary>
    internal string ShowAlone(HoconNode value) => value is HoconScalar && IsHidden(value) ? _notes[value].Shown : Show(value);

    /// <summary>A text that is equal for values with the same meaning.</summary>
    internal string Identity(HoconNode value) => value switch
    {
        HoconArray array => $"[{string.Join('\n', array.Items.Select(Identity))}]",
        HoconObject section =>
            $"{{{string.Join('\n', section.Keys.Order(StringComparer.Ordinal).Select(k => $"{k}={Identity(section[k]!)}"))}}}",
        HoconScalar scalar =>
            _notes.TryGetValue(scalar, out var note) ? note.Same : scalar.Text == "none" && !scalar.Quoted ? "\0none" : scalar.Text,
        _ => "",
    };

    /// <summary><see cref="Show"/> hides the value or a part of it.</summary>
    internal bool IsHidden(HoconNode value) =>
        value is HoconArray array ? array.Items.Any(IsHidden) : _notes.TryGetValue(value, out var note) && note.Shown != note.Same;

    internal static HoconObject Merge(HoconObject over, HoconObject? behind)
    {
        var merged = new HoconObject(over.At);
        foreach (var key in behind?.Keys ?? []) merged[key] = behind![key];
        foreach (var key in over.Keys)
            merged[key] = over[key] is HoconObject mine ? Merge(mine, behind?.Child(key)) : over[key];
        return merged;
    }

    private void WriteFields(StringBuilder text, HoconObject section, int depth)
    {
        foreach (var key in section.Keys)
        {
            var value = section[key]!; // null is an ordinary value here: the name of a data plane
            text.Append(' ', depth * 2).Append(HoconPath.Quote(key));
            switch (value)
            {
                case HoconObject { Keys.Count: 0 }: text.Append(" { }\n"); break;
                case HoconObject inner:
                    text.Append(" {\n");
                    WriteFields(text, inner, depth + 1);
                    text.Append(' ', depth * 2).Append("}\n");
                    break;
                case HoconArray array when array.Items.Any(static i => i is HoconObject):
                    text.Append(" = [\n");
                    foreach (var item in array.Items)
                    {
                        text.Append(' ', (depth * 2) + 2);
                        WriteValue(text, item);
                        text.Append('\n');
                    }
                    text.Append(' ', depth * 2).Append("]\n");
                    break;
                default:
                    text.Append(" = ");
                    WriteValue(text, value);
                    text.Append('\n');
                    break;
            }
        }
    }

    private void WriteValue(StringBuilder text, HoconNode value)
    {
        switch (value)
        {
            case HoconObject { Keys.Count: 0 }: text.Append("{ }"); break;
            case HoconObject section:
                var fields =
                    section.Keys.Select(k => $"{HoconPath.Quote(k)}{(section[k] is HoconObject ? " " : " = ")}{Show(section[k]!)}");
                text.Append("{ ").AppendJoin(", ", fields).Append(" }");
                break;
            case HoconArray array: text.Append('[').AppendJoin(", ", array.Items.Select(Show)).Append(']'); break;
            case HoconScalar scalar:
                var shown = _notes.TryGetValue(scalar, out var note) ? note.Shown : scalar.Text;
                if (IsPlain().IsMatch(shown) && !shown.Contains("//", StringComparison.Ordinal)
                    && (!scalar.Quoted || (shown is not ("none" or "null") && shown != ValueNote.Hidden))) text.Append(shown);
                else HoconObject.Quote(text, shown);
                break;
        }
    }

    /// <summary>Matches a text that needs no quotes: a word, a number with its unit, an address.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_](?:[A-Za-z0-9_.:/@-]| (?=[A-Za-z]))*$")]
    private static partial Regex IsPlain();
}
