using System.Collections.Immutable;
using System.Globalization;
using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>A key with a list; one value alone is a list of one.</summary>
/// <param name="what">What the list is of, in words.</param>
/// <param name="most">Maximum number of items.</param>
internal sealed class ListKey<T>(string name, string what, int most, Apply apply, Standard<ImmutableArray<T>> standard, TryRead<T> read)
    : Key<ImmutableArray<T>>(name, $"a list of {what}", $"list of {what}", apply, standard)
{
    public override ImmutableArray<T> Read(SectionReader section)
    {
        if (section.Find(Name) is not { } found) return Missing(section, []);
        if (found.IsNone) return [];
        if (found.Items.Count > most) return section.Wrong(found, Lists.AtMost(most, what), ImmutableArray<T>.Empty);
        var values = ImmutableArray.CreateBuilder<T>();
        foreach (var item in found.Items)
        {
            if (item is HoconScalar scalar && read(scalar.Text, out var value)) values.Add(value);
            else section.Error(item.At, found.Path, $"found {item.Kind}; allowed: {Allowed}");
        }
        return values.ToImmutable();
    }
}

/// <summary>A key with a list of texts; one text alone is a list of one. The default is an empty list.</summary>
/// <param name="fault">The error of a text, or null.</param>
/// <param name="show">A text without the secret in it; null: the text has none. Null: no text has one.</param>
internal sealed class TextListKey(string name, string what, int most, Apply apply, Func<string, string?> fault,
    Func<string, string?>? show = null)
    : Key<ImmutableArray<string>>(name, $"a list of {what}", $"list of {what}", apply, ImmutableArray<string>.Empty)
{
    public override ImmutableArray<string> Read(SectionReader section)
    {
        if (section.Find(Name) is not { IsNone: false } found) return [];
        if (found.Items.Count > most) section.Wrong(found, Lists.AtMost(most, what), 0);
        var values = ImmutableArray.CreateBuilder<string>();
        foreach (var item in found.Items)
        {
            if (item is not HoconScalar scalar) section.Error(item.At, found.Path, $"found {item.Kind}; allowed: {Allowed}");
            else if (fault(scalar.Text) is { } wrong) section.Error(item.At, found.Path, wrong);
            else
            {
                values.Add(scalar.Text);
                if (show?.Invoke(scalar.Text) is { } shown) section.Note(item, ValueNote.Part(shown, scalar.Text));
            }
        }
        return values.ToImmutable();
    }
}

internal static class Lists
{
    public static string AtMost(int most, string what) => string.Create(CultureInfo.InvariantCulture, $"at most {most} of {what}");
}
