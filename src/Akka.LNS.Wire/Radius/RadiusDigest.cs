using System.Security.Cryptography;

namespace Akka.LNS.Wire.Radius;

/// <summary>The MD5 constructions of RADIUS, without allocation.</summary>
internal static class RadiusDigest
{
    /// <summary>Maximum length of a secret in octets. The settings refuse longer ones. The limit bounds the use of the stack.</summary>
    internal const int MaxSecretLength = 256;

    /// <summary>
    /// MD5(Code + Id + Length + <paramref name="authenticator"/> + Attributes + Secret): RFC 2865 section 3, RFC 2866 section 3.
    /// </summary>
    internal static void OverPacket(
        ReadOnlySpan<byte> packet, ReadOnlySpan<byte> authenticator, ReadOnlySpan<byte> secret, Span<byte> digest)
    {
        Span<byte> whole = stackalloc byte[RadiusPacketView.MaxLength + MaxSecretLength];
        secret = secret[..Math.Min(secret.Length, MaxSecretLength)];
        packet.CopyTo(whole);
        PutAuthenticator(authenticator, whole);
        secret.CopyTo(whole[packet.Length..]);
        MD5.HashData(whole[..(packet.Length + secret.Length)], digest);
    }

    /// <summary>
    /// HMAC-MD5 over the packet with <paramref name="authenticator"/> in its field and zeros at <paramref name="at"/> (RFC 3579 section
    /// 3.2).
    /// </summary>
    internal static void MessageAuthenticator(
        ReadOnlySpan<byte> packet, int at, ReadOnlySpan<byte> authenticator, ReadOnlySpan<byte> secret, Span<byte> digest)
    {
        Span<byte> whole = stackalloc byte[RadiusPacketView.MaxLength];
        packet.CopyTo(whole);
        PutAuthenticator(authenticator, whole);
        whole.Slice(at, RadiusPacketView.AuthenticatorLength).Clear();
        HMACMD5.HashData(secret[..Math.Min(secret.Length, MaxSecretLength)], whole[..packet.Length], digest);
    }

    /// <summary>
    /// Encrypts or decrypts a password in place. Each block of 16 octets is XORed with MD5(secret + previous hidden block), the first with
    /// MD5(secret + Request Authenticator). The length is a multiple of 16. RFC 2865 section 5.2.
    /// </summary>
    internal static void Hide(Span<byte> password, ReadOnlySpan<byte> authenticator, ReadOnlySpan<byte> secret, bool show)
    {
        Span<byte> input = stackalloc byte[MaxSecretLength + RadiusPacketView.AuthenticatorLength];
        Span<byte> mask = stackalloc byte[RadiusPacketView.AuthenticatorLength];
        secret = secret[..Math.Min(secret.Length, MaxSecretLength)];
        secret.CopyTo(input);
        authenticator.CopyTo(input[secret.Length..]);
        for (; !password.IsEmpty; password = password[RadiusPacketView.AuthenticatorLength..])
        {
            var block = password[..RadiusPacketView.AuthenticatorLength];
            MD5.HashData(input[..(secret.Length + RadiusPacketView.AuthenticatorLength)], mask);
            if (show) block.CopyTo(input[secret.Length..]);
            for (var i = 0; i < block.Length; i++) block[i] ^= mask[i];
            if (!show) block.CopyTo(input[secret.Length..]);
        }
    }

    private static void PutAuthenticator(ReadOnlySpan<byte> authenticator, Span<byte> packet) =>
        authenticator[..RadiusPacketView.AuthenticatorLength].CopyTo(packet[RadiusPacketView.AuthenticatorOffset..]);
}
