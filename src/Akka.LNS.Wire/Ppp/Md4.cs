using System.Buffers.Binary;
using System.Numerics;

namespace Akka.LNS.Wire.Ppp;

/// <summary>MD4 (RFC 1320). It is insecure, but MS-CHAPv2 requires it (RFC 2759 section 8.3). The base class library has no MD4.</summary>
internal static class Md4
{
    public const int HashLength = 16;

    public static void Hash(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        uint a = 0x67452301, b = 0xEFCDAB89, c = 0x98BADCFE, d = 0x10325476;
        var bits = (ulong)message.Length * 8;
        for (; message.Length >= 64; message = message[64..]) Block(message, ref a, ref b, ref c, ref d);
        Span<byte> tail = stackalloc byte[128];
        tail.Clear();
        message.CopyTo(tail);
        tail[message.Length] = 0x80;
        var size = message.Length < 56 ? 64 : 128;
        BinaryPrimitives.WriteUInt64LittleEndian(tail[(size - 8)..], bits);
        for (var at = 0; at < size; at += 64) Block(tail[at..], ref a, ref b, ref c, ref d);
        BinaryPrimitives.WriteUInt32LittleEndian(hash, a);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[4..], b);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[8..], c);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[12..], d);
    }

    private static void Block(ReadOnlySpan<byte> block, ref uint a0, ref uint b0, ref uint c0, ref uint d0)
    {
        Span<uint> x = stackalloc uint[16];
        for (var i = 0; i < 16; i++) x[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        uint a = a0, b = b0, c = c0, d = d0;
        for (var i = 0; i < 48; i++)
        {
            // RFC 1320 section 3.4: three rounds of sixteen steps; the four words rotate after each step
            var (f, k, s) = (i >> 4) switch
            {
                0 => ((b & c) | (~b & d), i, (i & 3) switch { 0 => 3, 1 => 7, 2 => 11, _ => 19 }),
                1 => (((b & c) | (b & d) | (c & d)) + 0x5A827999, ((i & 3) << 2) | ((i >> 2) & 3),
                    (i & 3) switch { 0 => 3, 1 => 5, 2 => 9, _ => 13 }),
                _ => ((b ^ c ^ d) + 0x6ED9EBA1, Reverse(i & 15), (i & 3) switch { 0 => 3, 1 => 9, 2 => 11, _ => 15 }),
            };
            (a, b, c, d) = (d, BitOperations.RotateLeft(a + f + x[k], s), b, c);
        }
        a0 += a;
        b0 += b;
        c0 += c;
        d0 += d;
    }

    /// <summary>Reverses the four bits of an index: the order of the words in the third round is 0 8 4 12 2 10 ...</summary>
    private static int Reverse(int i) => ((i & 1) << 3) | ((i & 2) << 1) | ((i & 4) >> 1) | ((i & 8) >> 3);
}
