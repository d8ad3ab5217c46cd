using System.Text;

namespace Akka.LNS.Server.Settings.Hocon;

/// <summary>${path} or ${?path}. Without a path: the value that the key had before (+=).</summary>
internal sealed class HoconReference(HoconPosition at, IReadOnlyList<string>? path, bool optional) : HoconNode(at)
{
    public IReadOnlyList<string>? Path { get; } = path;
    public bool Optional { get; } = optional;
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
internal sealed class HoconResolver(HoconObject raw, Func<string, string?> environment)
{
    private readonly HashSet<HoconNode> _open = new(ReferenceEqualityComparer.Instance);

    public HoconObject Resolve() => (HoconObject)Resolve(raw)!;

    /// <summary>The node without references; null: undefined, as if it did not exist.</summary>
    private HoconNode? Resolve(HoconNode node)
    {
        switch (node)
        {
            case HoconObject section:
                var result = new HoconObject(section.At);
                foreach (var key in section.Keys)
                    if (Resolve(section[key]!) is { } value) result[key] = value;
                return result;
            case HoconArray array:
                return new HoconArray(array.At, [.. array.Items.Select(Resolve).OfType<HoconNode>()]);
            case HoconConcat concat:
                if (!_open.Add(concat)) throw new HoconException(concat.At, "references that lead back to themselves");
                var joined = Join(concat);
                _open.Remove(concat);
                return joined;
            default:
                return node;
        }
    }

    private HoconNode? Join(HoconConcat concat)
    {
        HoconNode? sum = null;
        foreach (var (piece, space) in concat.Pieces)
        {
            var value = piece is HoconReference reference ? Follow(reference, concat) : Resolve(piece);
            if (value is null) continue;
            sum = (sum, value) switch
            {
                (null, HoconScalar s) => new HoconScalar(concat.At, s.Text, s.Quoted),
                (null, _) => value,
                (HoconScalar a, HoconScalar b) =>
                    new HoconScalar(concat.At, new StringBuilder(a.Text).Append(space).Append(b.Text).ToString(), a.Quoted || b.Quoted),
                (HoconArray a, HoconArray b) => new HoconArray(concat.At, [.. a.Items, .. b.Items]),
                (HoconObject a, HoconObject b) => Merge(a, b),
                _ => throw new HoconException(concat.At,
                    $"{sum.Kind} and {value.Kind} stand side by side: a comma or a new line is missing"),
            };
        }
        return sum ?? (concat.Before is null ? null : Resolve(concat.Before));
    }

    private HoconNode? Follow(HoconReference reference, HoconConcat from)
    {
        if (reference.Path is not { } path) return from.Before is null ? null : Resolve(from.Before);
        HoconNode? found = raw;
        foreach (var part in path)
        {
            if (found is HoconConcat whole) found = Resolve(whole);
            found = (found as HoconObject)?[part];
        }
        if (ReferenceEquals(found, from)) found = from.Before;
        if (found is not null && Resolve(found) is { } value) return value;
        if (environment(string.Join('.', path)) is { } variable) return new HoconScalar(reference.At, variable, true);
        return reference.Optional
            ? null
            : throw new HoconException(reference.At,
                $"${{{HoconPath.Join(path)}}} is neither a key of this file nor a variable of the environment");
    }

    private static HoconObject Merge(HoconObject a, HoconObject b)
    {
        var sum = new HoconObject(a.At);
        foreach (var key in a.Keys) sum[key] = a[key];
        foreach (var key in b.Keys) sum[key] = sum[key] is HoconObject old && b[key] is HoconObject added ? Merge(old, added) : b[key];
        return sum;
    }
}
