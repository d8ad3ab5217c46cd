namespace Akka.LNS.Wire.Ppp;

/// <summary>A checked, zero-copy view of one Configuration Option (RFC 1661 §6). Only <see cref="TryRead"/> makes one.</summary>
/// <remarks><code>
/// +--------+-----------------+----------------
/// |  Type  | Length (octets) | Value (Length - 2) ...
/// +--------+-----------------+----------------
/// </code></remarks>
public readonly ref struct OptionView
{
    /// <summary>Type and Length.</summary>
    public const int HeaderLength = 2;
    private readonly ReadOnlySpan<byte> _octets; // exactly Length octets, never fewer than HeaderLength

    private OptionView(ReadOnlySpan<byte> octets) => _octets = octets;

    public byte Type => _octets[0];
    public ReadOnlySpan<byte> Value => _octets[HeaderLength..];
    /// <summary>Type, Length and Value, as a Configure-Reject returns them.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>Splits the first option off <paramref name="rest"/>; on refusal <paramref name="rest"/> does not move. Empty is Truncated.</summary>
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

    /// <summary>True when <paramref name="options"/> is nothing but whole options.</summary>
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
