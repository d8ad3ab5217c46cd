using System.Security.Cryptography;
using System.Text;

namespace Akka.LNS.Wire.Ppp;

/// <summary>Algorithms of MS-CHAPv2, with the names of RFC 2759 section 8.</summary>
public static class MsChapV2
{
    public const int ChallengeLength = 16;
    public const int NtResponseLength = 24;
    public const int PasswordHashLength = Md4.HashLength;
    /// <summary>Octets of the Value of a Response: Peer-Challenge 16, reserved 8, NT-Response 24, Flags 1 (RFC 2759 section 4).</summary>
    public const int ResponseLength = 49;
    /// <summary>"S=" and 40 hexadecimal digits (RFC 2759 section 5).</summary>
    public const int AuthenticatorResponseLength = 42;

    private static ReadOnlySpan<byte> Magic1 => "Magic server to client signing constant"u8;
    private static ReadOnlySpan<byte> Magic2 => "Pad to make it do more than one iteration"u8;

    /// <summary>GenerateNTResponse (RFC 2759 section 8.1).</summary>
    /// <param name="userName">User name without domain. RFC 2759 section 4.</param>
    /// <param name="response">24 octets.</param>
    public static void GenerateNtResponse(
        ReadOnlySpan<byte> authenticatorChallenge, ReadOnlySpan<byte> peerChallenge, ReadOnlySpan<byte> userName, string password,
        Span<byte> response)
    {
        Span<byte> challenge = stackalloc byte[8], hash = stackalloc byte[PasswordHashLength];
        ChallengeHash(peerChallenge, authenticatorChallenge, userName, challenge);
        NtPasswordHash(password, hash);
        ChallengeResponse(challenge, hash, response);
    }

    /// <summary>ChallengeHash (RFC 2759 section 8.2): the first 8 octets of a SHA-1.</summary>
    public static void ChallengeHash(
        ReadOnlySpan<byte> peerChallenge, ReadOnlySpan<byte> authenticatorChallenge, ReadOnlySpan<byte> userName, Span<byte> challenge)
    {
        var length = peerChallenge.Length + authenticatorChallenge.Length + userName.Length;
        var input = length <= 512 ? stackalloc byte[length] : new byte[length];
        peerChallenge.CopyTo(input);
        authenticatorChallenge.CopyTo(input[peerChallenge.Length..]);
        userName.CopyTo(input[(peerChallenge.Length + authenticatorChallenge.Length)..]);
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(input, digest);
        digest[..8].CopyTo(challenge);
    }

    /// <summary>NtPasswordHash (RFC 2759 section 8.3): MD4 over the password in UTF-16, little-endian.</summary>
    public static void NtPasswordHash(string password, Span<byte> hash)
    {
        var length = password.Length * 2;
        var unicode = length <= 512 ? stackalloc byte[length] : new byte[length];
        Encoding.Unicode.GetBytes(password, unicode);
        Md4.Hash(unicode, hash);
        CryptographicOperations.ZeroMemory(unicode);
    }

    /// <summary>HashNtPasswordHash (RFC 2759 section 8.4).</summary>
    public static void HashNtPasswordHash(ReadOnlySpan<byte> passwordHash, Span<byte> hash) => Md4.Hash(passwordHash, hash);

    /// <summary>
    /// ChallengeResponse (RFC 2759 section 8.5): three DES encryptions with the password hash, padded with zeros to 21 octets.
    /// </summary>
    public static void ChallengeResponse(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> passwordHash, Span<byte> response)
    {
        Span<byte> keys = stackalloc byte[21];
        keys.Clear();
        passwordHash[..PasswordHashLength].CopyTo(keys);
        for (var i = 0; i < 3; i++) Des.Encrypt(challenge, keys.Slice(7 * i, 7), response.Slice(8 * i, 8));
        CryptographicOperations.ZeroMemory(keys);
    }

    /// <summary>GenerateAuthenticatorResponse (RFC 2759 section 8.7): the proof of the server that it has the password.</summary>
    public static string GenerateAuthenticatorResponse(
        string password, ReadOnlySpan<byte> ntResponse, ReadOnlySpan<byte> peerChallenge, ReadOnlySpan<byte> authenticatorChallenge,
        ReadOnlySpan<byte> userName)
    {
        Span<byte> hash = stackalloc byte[PasswordHashLength], hashOfHash = stackalloc byte[PasswordHashLength];
        NtPasswordHash(password, hash);
        HashNtPasswordHash(hash, hashOfHash);

        Span<byte> first = stackalloc byte[PasswordHashLength + NtResponseLength + 39];
        hashOfHash.CopyTo(first);
        ntResponse[..NtResponseLength].CopyTo(first[PasswordHashLength..]);
        Magic1.CopyTo(first[(PasswordHashLength + NtResponseLength)..]);

        Span<byte> second = stackalloc byte[SHA1.HashSizeInBytes + 8 + 41], digest = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(first, second);
        ChallengeHash(peerChallenge, authenticatorChallenge, userName, second[SHA1.HashSizeInBytes..]);
        Magic2.CopyTo(second[(SHA1.HashSizeInBytes + 8)..]);
        SHA1.HashData(second, digest);
        return "S=" + Convert.ToHexString(digest);
    }

    /// <summary>CheckAuthenticatorResponse (RFC 2759 section 8.8).</summary>
    /// <param name="received">Message of a Success packet: "S=..." with optional text after it.</param>
    public static bool CheckAuthenticatorResponse(
        string password, ReadOnlySpan<byte> ntResponse, ReadOnlySpan<byte> peerChallenge, ReadOnlySpan<byte> authenticatorChallenge,
        ReadOnlySpan<byte> userName, string received)
    {
        var expected = GenerateAuthenticatorResponse(password, ntResponse, peerChallenge, authenticatorChallenge, userName);
        return received.Length >= AuthenticatorResponseLength
            && received.AsSpan(0, AuthenticatorResponseLength).Equals(expected, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The hashed part of a name: without "DOMAIN\". RFC 2759 section 4.</summary>
    public static ReadOnlySpan<byte> WithoutDomain(ReadOnlySpan<byte> userName) => userName[(userName.LastIndexOf((byte)'\\') + 1)..];
}
