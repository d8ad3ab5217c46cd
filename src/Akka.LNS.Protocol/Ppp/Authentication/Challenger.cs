using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>Makes challenges from the entropy the shell gave, one by SHA-256 over it and a counter: unique, and not to be guessed (RFC 1994 §2.3).</summary>
internal record struct Challenger(byte[] Entropy, uint Count)
{
    public const int MinEntropy = 16;
    private const int MaxEntropy = 32;

    public static Challenger From(ReadOnlySpan<byte> entropy) => new(entropy[..Math.Min(entropy.Length, MaxEntropy)].ToArray(), 0);

    /// <summary>Identifier of the next exchange: differs from those before it.</summary>
    public byte NextIdentifier() => (byte)(++Count + Entropy[0]);

    /// <summary>16 octets.</summary>
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
