using System.Globalization;
using System.Text;

namespace Akka.LNS.Wire.Text;

/// <summary>
/// Names and messages of a peer as strings. No octet is lost on the way in and out (RFC 2865 section 5.1, RFC 1994 section 4.2), and
/// <see cref="Show(string)"/> makes a text that is safe and unambiguous in a log line or an answer.
/// </summary>
/// <remarks>
/// An octet that is no UTF-8 is the lone surrogate U+DC80 to U+DCFF. Only <see cref="Encode(ReadOnlySpan{char})"/> and
/// <see cref="Show(string)"/> understand these: an encoder of the system replaces them. So a text that a person reads must pass Show.
/// </remarks>
public static class PeerText
{
    private const char FirstOctet = '\uDC80', LastOctet = '\uDCFF'; // a lone surrogate for the octets 0x80 to 0xFF
    private const int OctetBase = 0xDC00;

    /// <summary>Decodes UTF-8. Two texts are equal exactly when their octets are.</summary>
    /// <param name="limit">Octets after this number are cut off.</param>
    public static string Decode(ReadOnlySpan<byte> octets, int limit = int.MaxValue)
    {
        if (octets.Length > limit) octets = octets[..limit];
        if (octets.IsEmpty) return "";
        if (Ascii.IsValid(octets)) return Encoding.ASCII.GetString(octets);
        var text = new StringBuilder(octets.Length);
        while (!octets.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(octets, out var rune, out var used) == System.Buffers.OperationStatus.Done) Append(text, rune);
            else
                foreach (var octet in octets[..used]) text.Append((char)(OctetBase + octet));
            octets = octets[used..];
        }
        return text.ToString();
    }

    /// <summary>The octets of a text: the reverse of <see cref="Decode"/>.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        var octets = new byte[OctetCount(text)];
        Encode(text, octets);
        return octets;
    }

    /// <summary>Writes the octets of a text. Characters that do not fit are left out, from the first of them on.</summary>
    /// <returns>Octets written.</returns>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> octets)
    {
        if (!HasSurrogate(text) && Encoding.UTF8.TryGetBytes(text, octets, out var written)) return written;
        written = 0;
        while (!text.IsEmpty)
        {
            var isOctet = Next(ref text, out var rune);
            if ((isOctet ? 1 : rune.Utf8SequenceLength) > octets.Length - written) break;
            if (isOctet) octets[written++] = (byte)rune.Value;
            else written += rune.EncodeToUtf8(octets[written..]);
        }
        return written;
    }

    /// <summary>Number of octets of a text.</summary>
    public static int OctetCount(ReadOnlySpan<char> text)
    {
        if (!HasSurrogate(text)) return Encoding.UTF8.GetByteCount(text);
        var count = 0;
        while (!text.IsEmpty) count += Next(ref text, out var rune) ? 1 : rune.Utf8SequenceLength;
        return count;
    }

    /// <summary>The longest beginning of a text with at most <paramref name="maxOctets"/> octets. It ends at a character.</summary>
    public static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text, int maxOctets, out int octets)
    {
        octets = 0;
        var rest = text;
        while (!rest.IsEmpty)
        {
            var before = rest.Length;
            var length = Next(ref rest, out var rune) ? 1 : rune.Utf8SequenceLength;
            if (octets + length > maxOctets) return text[..^before];
            octets += length;
        }
        return text;
    }

    /// <summary>
    /// The text as a person reads it: each octet that is no UTF-8, and each octet of a control, format or line-breaking character, is
    /// <c>\xHH</c>. A backslash is doubled where it could be read as the beginning of such an escape, so two texts never look the same.
    /// </summary>
    public static string Show(string text) => IsPlain(text) ? text : Escape(text, isQuoted: false);

    /// <summary>The same for octets.</summary>
    public static string Show(ReadOnlySpan<byte> octets) => Show(Decode(octets));

    /// <summary>The octets in double quotes, with the same escapes. Each quote has a backslash in front, and each backslash too.</summary>
    public static string Quote(ReadOnlySpan<byte> octets) => $"\"{Escape(Decode(octets), isQuoted: true)}\"";

    private static string Escape(ReadOnlySpan<char> rest, bool isQuoted)
    {
        var shown = new StringBuilder(rest.Length + 16);
        Span<byte> octets = stackalloc byte[4];
        while (!rest.IsEmpty)
        {
            if (Next(ref rest, out var rune)) Escape(shown, (byte)rune.Value);
            else if (IsHidden(rune))
                foreach (var octet in octets[..rune.EncodeToUtf8(octets)]) Escape(shown, octet);
            else if (rune.Value == '"' && isQuoted) shown.Append("\\\"");
            else if (rune.Value == '\\' && (isQuoted || IsAmbiguous(rest))) shown.Append(@"\\");
            else Append(shown, rune);
        }
        return shown.ToString();
    }

    /// <summary>The text that <see cref="Show(string)"/> shows so. A backslash that begins no escape stands for itself.</summary>
    public static string Read(string shown)
    {
        if (!shown.Contains('\\', StringComparison.Ordinal)) return shown;
        var octets = new byte[OctetCount(shown)];
        var length = 0;
        var rest = shown.AsSpan();
        while (!rest.IsEmpty)
        {
            if (TryEscape(rest, out var octet))
            {
                octets[length++] = octet;
                rest = rest[4..];
                continue;
            }
            if (rest.StartsWith(@"\\")) rest = rest[1..];
            if (Next(ref rest, out var rune)) octets[length++] = (byte)rune.Value;
            else length += rune.EncodeToUtf8(octets.AsSpan(length));
        }
        return Decode(octets.AsSpan(0, length));
    }

    /// <summary>True: <see cref="Show(string)"/> shows the text as it is.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~') && !text.Contains('\\');

    /// <summary>Takes the next character off a text. True: it stands for one octet, which is the value.</summary>
    private static bool Next(ref ReadOnlySpan<char> text, out Rune value)
    {
        var first = text[0];
        var isWhole = Rune.DecodeFromUtf16(text, out value, out var used) == System.Buffers.OperationStatus.Done;
        text = text[used..];
        if (isWhole || first is < FirstOctet or > LastOctet) return false; // any other half of a pair counts as U+FFFD
        value = new Rune(first - OctetBase);
        return true;
    }

    private static bool HasSurrogate(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\uD800', '\uDFFF');

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>A backslash before this text would be read as the beginning of an escape.</summary>
    private static bool IsAmbiguous(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty) return false;
        if (rest is ['\\', ..] || (rest is ['x', var high, var low, ..] && IsHex(high, low))) return true;
        return Next(ref rest, out var rune) || IsHidden(rune);
    }

    private static bool IsHex(char high, char low) => char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low);

    private static bool TryEscape(ReadOnlySpan<char> text, out byte octet)
    {
        octet = 0;
        return text is ['\\', 'x', var high, var low, ..] && IsHex(high, low)
            && byte.TryParse(text[2..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out octet);
    }

    private static void Escape(StringBuilder to, byte octet) => to.Append(CultureInfo.InvariantCulture, $"\\x{octet:X2}");

    private static void Append(StringBuilder to, Rune rune)
    {
        Span<char> chars = stackalloc char[2];
        to.Append(chars[..rune.EncodeToUtf16(chars)]);
    }
}
