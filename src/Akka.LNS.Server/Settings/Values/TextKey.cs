using System.Globalization;
using System.Text;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>A key with a text.</summary>
/// <param name="refersTo">The text is the name of such a thing; null: any text.</param>
internal sealed class TextKey(string name, string standard, int maxOctets, Apply apply, Named? refersTo = null)
    : Key<string>(name, Texts.UpTo(maxOctets), Texts.Range(maxOctets, refersTo), apply, standard)
{
    public override string Read(SectionReader section)
    {
        if (section.Find(Name) is not { } found) return Missing(section, "");
        var text = Texts.Read(section, found, Allowed, maxOctets) ?? "";
        if (refersTo is { } named && text.Length > 0) section.CheckName(this, text, named); // empty is an error already
        return text;
    }
}

/// <summary>A key with a text or <c>none</c>, which is null and the default.</summary>
/// <param name="refersTo">The text is the name of such a thing; null: any text.</param>
/// <param name="isSecret">No output shows the text.</param>
internal sealed class OptionalTextKey(string name, int maxOctets, Apply apply, Named? refersTo = null, bool isSecret = false)
    : Key<string?>(name, Texts.UpTo(maxOctets) + ", or none", Texts.Range(maxOctets, refersTo) + ", or none", apply,
        new Standard<string?>(null, true))
{
    public override string? Read(SectionReader section)
    {
        if (section.Find(Name) is not { IsNone: false } found) return null;
        var text = Texts.Read(section, found, Allowed, maxOctets);
        if (isSecret && text is not null) section.Note(found.Node, ValueNote.Secret(text));
        if (refersTo is { } named && text is not null) section.CheckName(this, text, named);
        return text;
    }
}

internal static class Texts
{
    public static string UpTo(int maxOctets) => string.Create(CultureInfo.InvariantCulture, $"a text of 1 to {maxOctets} octets");

    public static string Range(int maxOctets, Named? refersTo) =>
        refersTo is { } named
            ? $"name of a {named.Word()}" : string.Create(CultureInfo.InvariantCulture, $"text of 1 to {maxOctets} octets");

    /// <summary>The text; null: empty, too long or no text, with an error.</summary>
    public static string? Read(SectionReader section, Found found, string allowed, int maxOctets) =>
        found.Text is { Length: > 0 } text && Encoding.UTF8.GetByteCount(text) <= maxOctets
            ? text : section.Wrong<string?>(found, allowed, null);
}
