using Akka.LNS.Wire.Text;

namespace Akka.LNS.Wire.Radius;

/// <summary>Text attributes that a server sends.</summary>
public static class TextAttribute
{
    /// <summary>Decodes a text without the NUL octets at its end, which some servers send (RFC 2865 section 5 forbids them).</summary>
    /// <remarks>Not for a name that goes back to a server: that one keeps each octet.</remarks>
    public static string Read(ReadOnlySpan<byte> value) => PeerText.Decode(value.TrimEnd((byte)0));

    /// <summary>
    /// Whether an attribute has the name of a session. A name of more than 253 octets went out as its beginning
    /// (<see cref="PeerText.Cut"/>), and comes back so.
    /// </summary>
    public static bool Names(string attribute, string? name) => attribute == name
        || (name is not null && name.Length > attribute.Length && name.Length > AttributeView.MaxValueLength / 4
            && name.StartsWith(attribute, StringComparison.Ordinal)
            && PeerText.Cut(name, AttributeView.MaxValueLength, out _).SequenceEqual(attribute));
}
