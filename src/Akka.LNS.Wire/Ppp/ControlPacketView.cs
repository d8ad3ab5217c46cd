using System.Buffers.Binary;

namespace Akka.LNS.Wire.Ppp;

/// <summary>A checked, zero-copy view of one packet of LCP, IPCP, PAP, CHAP and similar protocols. RFC 1661 section 5.</summary>
/// <remarks><code>
/// +--------+------------+-----------------+----------------
/// |  Code  | Identifier | Length (octets) | Data (Length - 4) ... padding, ignored
/// +--------+------------+-----------------+----------------
/// </code></remarks>
public readonly ref struct ControlPacketView
{
    /// <summary>Octets of Code, Identifier and Length.</summary>
    public const int HeaderLength = 4;
    private readonly ReadOnlySpan<byte> _octets; // exactly Length octets

    private ControlPacketView(ReadOnlySpan<byte> octets) => _octets = octets;

    public byte Code => _octets[0];
    public byte Identifier => _octets[1];
    public int Length => _octets.Length;
    public ReadOnlySpan<byte> Data => _octets[HeaderLength..];
    /// <summary>The packet without padding.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    public static bool TryRead(ReadOnlySpan<byte> payload, out ControlPacketView packet, out PppError error)
    {
        packet = default;
        var length = payload.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        error = payload.Length < HeaderLength || length > payload.Length ? PppError.Truncated
            : length < HeaderLength ? PppError.LengthTooSmall : PppError.None;
        if (error != PppError.None) return false;
        packet = new ControlPacketView(payload[..length]);
        return true;
    }
}
