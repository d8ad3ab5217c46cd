using System.Text;

namespace Akka.LNS.Wire.Ppp;

/// <summary>Converts names and messages of a peer to text that is safe in a log line.</summary>
public static class PeerText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// Decodes UTF-8. Invalid octets and control, format and line-breaking characters become U+FFFD. Cuts at <paramref name="limit"/>
    /// octets.
    /// </summary>
    public static string Decode(ReadOnlySpan<byte> octets, int limit = 253)
    {
        if (octets.Length > limit) octets = octets[..limit];
        if (octets.IsEmpty) return "";
        foreach (var octet in octets)
        {
            if (octet is < 0x20 or >= 0x7F) return Clean(Encoding.UTF8.GetString(octets));
        }
        return Encoding.ASCII.GetString(octets);
    }

    private static string Clean(string text) => string.Create(text.Length, text, static (target, from) =>
    {
        for (var i = 0; i < target.Length; i++)
        {
            var c = from[i];
            target[i] = char.IsControl(c)
                || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F'
                or '\uFEFF'
                ? Replacement : c;
        }
    });
}
