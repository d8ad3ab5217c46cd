using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>Reads a text; false: it is not such a value.</summary>
internal delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>A key with one value.</summary>
/// <param name="allowsNone"><c>none</c> is a value: the default of the key.</param>
internal sealed class ScalarKey<T>(string name, string allowed, string range, Apply apply, Standard<T> standard, TryRead<T> read,
    bool allowsNone)
    : Key<T>(name, allowed, range, apply, standard)
{
    public override T Read(SectionReader section)
    {
        if (section.Find(Name) is not { } found) return Missing(section, default!);
        if (allowsNone && found.IsNone) return Missing(section, default!);
        if (found.Text is not { } text || !read(text, out var value)) return section.Wrong(found, Allowed, default(T)!);
        if (Canonical(value) is { } canonical) section.Note(found.Node, ValueNote.Of(canonical));
        return value;
    }

    /// <summary>One way of writing for values that have several: 60s and 1m are the same.</summary>
    private static string? Canonical(T value) => value switch
    {
        bool flag => flag ? "on" : "off",
        TimeSpan span => Units.Show(span),
        long octets => Units.Show(octets),
        int or double => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };
}

/// <summary>A key with one word of a few.</summary>
internal sealed class WordKey<T>(string name, Apply apply, Standard<T> standard, (string Word, T Value)[] words)
    : Key<T>(name, Words.OneOf(words), Words.OneOf(words), apply, standard)
{
    public override T Read(SectionReader section)
    {
        if (section.Find(Name) is not { } found) return Missing(section, default!);
        return Words.TryFind(words, found.Text, out var value)
            ? value
            : section.Wrong(found, Allowed + Nearest.Hint(found.Text ?? "", [.. words.Select(static w => w.Word)]), default(T)!);
    }
}

/// <summary>The words that a key accepts.</summary>
internal static class Words
{
    public static string OneOf<T>((string Word, T Value)[] words) => string.Join(", ", words.Select(static w => w.Word));

    public static bool TryFind<T>((string Word, T Value)[] words, string? text, [MaybeNullWhen(false)] out T value)
    {
        foreach (var (word, meaning) in words)
        {
            if (word != text) continue;
            value = meaning;
            return true;
        }
        value = default;
        return false;
    }
}
