using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>Makes unique and unpredictable challenges: SHA-256 of the entropy of the shell and a counter. RFC 1994 section 2.3.</summary>
internal record struct Challenger(byte[] Entropy, uint Count)
{
    public const int MinEntropy = 16;
    private const int MaxEntropy = 32;

    public static Challenger From(ReadOnlySpan<byte> entropy) => new(entropy[..Math.Min(entropy.Length, MaxEntropy)].ToArray(), 0);

    /// <summary>Identifier of the next exchange, unlike the ones before it.</summary>
    public byte NextIdentifier() => (byte)(++Count + Entropy[0]);

    /// <summary>The next challenge, 16 octets.</summary>
    public byte[] Next()
    {
        Span<byte> input = stackalloc byte[MaxEntropy + 4], digest = stackalloc byte[SHA256.HashSizeInBytes];
        input.Clear();
        Entropy.CopyTo(input);
        BinaryPrimitives.WriteUInt32BigEndian(input[MaxEntropy..], ++Count);
        SHA256.HashData(input, digest);
        return digest[..16].ToArray();
    }
}
