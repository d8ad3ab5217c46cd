using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Akka.LNS.Wire.L2tp;

/// <summary>Encryption of AVP values with the secret of the tunnel and a Random Vector. RFC 2661 section 4.3.</summary>
/// <remarks>The hidden value is Original Length (2 octets), the value, and padding, XORed 16 octets at a time with b1 = MD5(type, secret,
/// vector), b2 = MD5(secret, c1), b3 = MD5(secret, c2), ...</remarks>
public static class HiddenAvp
{
    /// <summary>Octets that hiding adds before the value.</summary>
    public const int Overhead = 2;
    private const int Block = 16; // octets of an MD5 hash

    /// <summary>
    /// Encrypts <paramref name="value"/> into <paramref name="to"/>, which is exactly <see cref="Overhead"/> octets longer. Adds no
    /// padding.
    /// </summary>
    public static void Hide(ushort type, ReadOnlySpan<byte> value, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> vector, Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)value.Length);
        value.CopyTo(to[Overhead..]);
        Run(type, to, secret, vector, hide: true);
    }

    /// <summary>
    /// Decrypts <paramref name="hidden"/> into <paramref name="scratch"/>, which is at least as long. False: the decrypted length is
    /// impossible, so the secret or the vector is wrong.
    /// </summary>
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
            if (!hide) block.CopyTo(cipher); // the next mask depends on the encrypted octets
            for (var i = 0; i < block.Length; i++) block[i] ^= mask[i];
            if (hide) block.CopyTo(cipher);
            if (block.Length == Block) MD5.HashData(seed[..(secret.Length + Block)], mask);
        }
    }
}

/// <summary>Tunnel authentication, similar to CHAP. RFC 2661 sections 5.1.1 and 4.4.3.</summary>
public static class TunnelAuthentication
{
    /// <summary>Octets of a Challenge Response.</summary>
    public const int ResponseLength = 16;

    /// <summary>
    /// MD5 over one octet with the type of the message that carries the response (SCCRP 2 or SCCCN 3), the secret and the challenge.
    /// </summary>
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

    /// <summary>Compares the response in constant time.</summary>
    public static bool Verify(MessageType carrier, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> response) =>
        CryptographicOperations.FixedTimeEquals(Respond(carrier, secret, challenge).Span, response);
}
