namespace Akka.LNS.Wire.Ppp;

/// <summary>A checked, zero-copy view of one Configuration Option (RFC 1661 section 6). Only <see cref="TryRead"/> creates one.</summary>
/// <remarks><code>
/// +--------+-----------------+----------------
/// |  Type  | Length (octets) | Value (Length - 2) ...
/// +--------+-----------------+----------------
/// </code></remarks>
public readonly ref struct OptionView
{
    /// <summary>Octets of Type and Length.</summary>
    public const int HeaderLength = 2;
    private readonly ReadOnlySpan<byte> _octets; // exactly Length octets, never fewer than HeaderLength

    private OptionView(ReadOnlySpan<byte> octets) => _octets = octets;

    public byte Type => _octets[0];
    public ReadOnlySpan<byte> Value => _octets[HeaderLength..];
    /// <summary>Type, Length and Value, as a Configure-Reject returns them.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>
    /// Removes the first option from <paramref name="rest"/>. On failure <paramref name="rest"/> is unchanged. Empty input gives Truncated.
    /// </summary>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, out OptionView option, out PppError error)
    {
        option = default;
        error = rest.Length < HeaderLength ? PppError.Truncated
            : rest[1] < HeaderLength ? PppError.OptionLengthTooSmall
            : rest[1] > rest.Length ? PppError.Truncated : PppError.None;
        if (error != PppError.None) return false;
        option = new OptionView(rest[..rest[1]]);
        rest = rest[option._octets.Length..];
        return true;
    }

    /// <summary>True when <paramref name="options"/> consists of complete options only.</summary>
    public static bool AreWellFormed(ReadOnlySpan<byte> options, out PppError error)
    {
        error = PppError.None;
        while (!options.IsEmpty)
        {
            if (!TryRead(ref options, out _, out error)) return false;
        }
        return true;
    }
}
