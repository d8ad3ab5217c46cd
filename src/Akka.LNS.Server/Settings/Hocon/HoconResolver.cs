using System.Text;

namespace Akka.LNS.Server.Settings.Hocon;

/// <summary>${path} or ${?path}. Without a path: the value that the key had before (+=).</summary>
internal sealed class HoconReference(HoconPosition at, IReadOnlyList<string>? path, bool optional) : HoconNode(at)
{
    public IReadOnlyList<string>? Path { get; } = path;
    public bool Optional { get; } = optional;

    /// <summary>Name of the variable of the environment. Made once: a hostile text refers to nothing a million times.</summary>
    public string Variable => field ??= string.Join('.', Path ?? []);
    public override string Kind => "a reference";
}

/// <summary>Values side by side. They are resolved when the whole file is read.</summary>
internal sealed class HoconConcat(HoconPosition at, IReadOnlyList<(HoconNode Node, string Space)> pieces) : HoconNode(at)
{
    /// <summary>Values, each with the white space before it.</summary>
    public IReadOnlyList<(HoconNode Node, string Space)> Pieces { get; } = pieces;

    /// <summary>Value that the key had before. It stays when this one is undefined. A reference to the key itself means it.</summary>
    public HoconNode? Before { get; set; }
    public override string Kind => "a concatenation";
}

/// <summary>Replaces references by values.</summary>
internal sealed class HoconResolver(HoconObject raw, Func<string, string?> environment, HoconBudget budget)
{
    private readonly HashSet<HoconNode> _open = new(ReferenceEqualityComparer.Instance);
    private int _depth;

    public HoconObject Resolve() => (HoconObject)Resolve(raw)!;

    /// <summary>The node without references; null: undefined, as if it did not exist. Sections and lists are always new ones.</summary>
    private HoconNode? Resolve(HoconNode node)
    {
        budget.Steps(node.At, 1);
        switch (node)
        {
            case HoconObject section:
                budget.Resolved(section.At, HoconBudget.OfSection);
                var result = new HoconObject(section.At);
                foreach (var key in section.Keys)
                    if (Resolve(section[key]!) is { } value) result[key] = value;
                return result;
            case HoconArray array:
                var items = new List<HoconNode>(array.Items.Count);
                foreach (var item in array.Items)
                    if (Resolve(item) is { } value) items.Add(value);
                budget.Resolved(array.At, 1);
                return new HoconArray(array.At, items);
            case HoconConcat concat:
                if (!_open.Add(concat)) throw new HoconException(concat.At, "references that lead back to themselves");
                HoconBudget.Chain(concat.At, ++_depth);
                var joined = Join(concat);
                _depth--;
                _open.Remove(concat);
                return joined;
            default:
                budget.Resolved(node.At, 1);
                return node;
        }
    }

    private HoconNode? Join(HoconConcat concat)
    {
        HoconNode? sum = null;
        StringBuilder? text = null; // of sum, when that is two texts or more
        List<HoconNode>? list = null; // of sum, when that is a list
        for (var i = 0; i < concat.Pieces.Count; i++) // an enumerator would be an object, and there may be a million of them
        {
            var (piece, space) = concat.Pieces[i];
            var value = piece is HoconReference reference ? Follow(reference, concat) : Resolve(piece);
            switch (sum, value)
            {
                case (_, null): break;
                case (null, HoconScalar s): sum = new HoconScalar(concat.At, s.Text, s.Quoted); break;
                case (null, HoconArray first): sum = new HoconArray(concat.At, list = [.. Copied(concat, first)]); break;
                case (null, _): sum = value; break;
                case (HoconScalar a, HoconScalar b):
                    budget.Joined(concat.At, space.Length + b.Text.Length + (text is null ? a.Text.Length : 0));
                    text = (text ?? new StringBuilder(a.Text)).Append(space).Append(b.Text);
                    if (b.Quoted && !a.Quoted) sum = new HoconScalar(concat.At, "", true);
                    break;
                case (HoconArray, HoconArray b): list!.AddRange(Copied(concat, b)); break;
                case (HoconObject a, HoconObject b): MergeInto(a, b); break;
                default:
                    throw new HoconException(concat.At,
                        $"{sum!.Kind} and {value.Kind} stand side by side: a comma or a new line is missing");
            }
        }
        if (text is not null) return new HoconScalar(concat.At, text.ToString(), ((HoconScalar)sum!).Quoted);
        return sum ?? (concat.Before is null ? null : Resolve(concat.Before));
    }

    private IReadOnlyList<HoconNode> Copied(HoconConcat concat, HoconArray array)
    {
        budget.Steps(concat.At, array.Items.Count);
        return array.Items;
    }

    private HoconNode? Follow(HoconReference reference, HoconConcat from)
    {
        if (reference.Path is not { } path) return from.Before is null ? null : Resolve(from.Before);
        HoconNode? found = raw;
        for (var i = 0; i < path.Count; i++)
        {
            if (found is HoconConcat whole) found = Resolve(whole);
            found = (found as HoconObject)?[path[i]];
        }
        for (var later = found as HoconConcat; later is not null; later = later.Before as HoconConcat)
        {
            if (!ReferenceEquals(later, from)) continue;
            found = from.Before; // a reference to its own key means the value before
            break;
        }
        if (found is not null && Resolve(found) is { } value) return value;
        if (environment(reference.Variable) is { } variable) return new HoconScalar(reference.At, variable, true);
        return reference.Optional
            ? null
            : throw new HoconException(reference.At,
                $"${{{HoconPath.Join(path)}}} is neither a key of this file nor a variable of the environment");
    }

    private static void MergeInto(HoconObject a, HoconObject b)
    {
        foreach (var key in b.Keys)
        {
            if (a[key] is HoconObject old && b[key] is HoconObject added) MergeInto(old, added);
            else a[key] = b[key];
        }
    }
}
