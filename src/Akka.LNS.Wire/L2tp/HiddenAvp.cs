using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Akka.LNS.Wire.L2tp;

/// <summary>Hiding of AVP values with the tunnel's secret and a Random Vector (RFC 2661 §4.3).</summary>
/// <remarks>The hidden value is Original Length (2 octets), the value, and padding, XORed 16 octets at a time with
/// b1 = MD5(type, secret, vector), b2 = MD5(secret, c1), b3 = MD5(secret, c2), ...</remarks>
public static class HiddenAvp
{
    /// <summary>Octets that hiding puts in front of the value.</summary>
    public const int Overhead = 2;
    private const int Block = 16; // of MD5

    /// <summary>Hides <paramref name="value"/> into <paramref name="to"/>, which has exactly <see cref="Overhead"/> octets more, without padding.</summary>
    public static void Hide(ushort type, ReadOnlySpan<byte> value, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> vector, Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)value.Length);
        value.CopyTo(to[Overhead..]);
        Run(type, to, secret, vector, hide: true);
    }

    /// <summary>Uncovers <paramref name="hidden"/> in <paramref name="scratch"/>, which has at least its length. False: it cannot have been hidden so.</summary>
    public static bool TryUncover(ushort type, ReadOnlySpan<byte> hidden, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> vector,
        Span<byte> scratch, out int start, out int length)
    {
        (start, length) = (Overhead, 0);
        if (hidden.Length < Overhead) return false;
        var clear = scratch[..hidden.Length];
        hidden.CopyTo(clear);
        Run(type, clear, secret, vector, hide: false);
        length = BinaryPrimitives.ReadUInt16BigEndian(clear);
        return length <= hidden.Length - Overhead;
    }

    private static void Run(ushort type, Span<byte> octets, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> vector, bool hide)
    {
        var size = Math.Max(2 + secret.Length + vector.Length, secret.Length + Block);
        var seed = size <= 512 ? stackalloc byte[512] : new byte[size];
        BinaryPrimitives.WriteUInt16BigEndian(seed, type);
        secret.CopyTo(seed[2..]);
        vector.CopyTo(seed[(2 + secret.Length)..]);
        Span<byte> mask = stackalloc byte[Block];
        MD5.HashData(seed[..(2 + secret.Length + vector.Length)], mask);
        secret.CopyTo(seed);
        for (var at = 0; at < octets.Length; at += Block)
        {
            var block = octets[at..Math.Min(at + Block, octets.Length)];
            var cipher = seed.Slice(secret.Length, Block);
            if (!hide) block.CopyTo(cipher); // the mask chains over what is on the wire
            for (var i = 0; i < block.Length; i++) block[i] ^= mask[i];
            if (hide) block.CopyTo(cipher);
            if (block.Length == Block) MD5.HashData(seed[..(secret.Length + Block)], mask);
        }
    }
}

/// <summary>Tunnel authentication, like CHAP (RFC 2661 §5.1.1, §4.4.3).</summary>
public static class TunnelAuthentication
{
    /// <summary>Octets of a Challenge Response.</summary>
    public const int ResponseLength = 16;

    /// <summary>MD5 over the type of the message that carries the response (SCCRP 2 or SCCCN 3) as one octet, the secret, the challenge.</summary>
    public static AvpOctets Respond(MessageType carrier, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> challenge)
    {
        var size = 1 + secret.Length + challenge.Length;
        var text = size <= 512 ? stackalloc byte[size] : new byte[size];
        text[0] = (byte)carrier;
        secret.CopyTo(text[1..]);
        challenge.CopyTo(text[(1 + secret.Length)..]);
        Span<byte> response = stackalloc byte[ResponseLength];
        MD5.HashData(text, response);
        return new AvpOctets(response);
    }

    /// <summary>Compares in a time that does not tell where the difference is.</summary>
    public static bool Verify(MessageType carrier, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> response) =>
        CryptographicOperations.FixedTimeEquals(Respond(carrier, secret, challenge).Span, response);
}
