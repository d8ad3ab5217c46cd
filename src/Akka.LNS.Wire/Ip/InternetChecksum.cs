using System.Buffers.Binary;

namespace Akka.LNS.Wire.Ip;

/// <summary>The checksum of IP, ICMP, TCP and UDP (RFC 1071) and its change in place (RFC 1624).</summary>
public static class InternetChecksum
{
    /// <summary>Checksum over <paramref name="octets"/>. The result is 0 for a header that contains its correct checksum.</summary>
    public static ushort Of(ReadOnlySpan<byte> octets, uint initial = 0) => (ushort)~Fold(Sum(octets, initial));

    /// <summary>
    /// Sum of 16-bit words. An odd last octet is padded with zero. Pass the sum of an even part as <paramref name="initial"/> of the next
    /// part.
    /// </summary>
    public static uint Sum(ReadOnlySpan<byte> octets, uint initial = 0)
    {
        ulong sum = initial;
        for (; octets.Length >= 4; octets = octets[4..]) sum += BinaryPrimitives.ReadUInt32BigEndian(octets);
        if (octets.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets);
            octets = octets[2..];
        }
        if (octets.Length == 1) sum += (uint)octets[0] << 8;
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        return Fold((uint)sum);
    }

    /// <summary>Updates a checksum after a change of one word: HC' = ~(~HC + ~m + m'). RFC 1624 section 3, equation 3.</summary>
    public static ushort Update(ushort checksum, ushort before, ushort after) =>
        (ushort)~Fold((uint)(ushort)~checksum + (ushort)~before + after);

    private static ushort Fold(uint sum)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)(sum + (sum >> 16));
    }
}
