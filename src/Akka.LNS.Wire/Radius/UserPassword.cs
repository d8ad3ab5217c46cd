namespace Akka.LNS.Wire.Radius;

/// <summary>Encryption of the User-Password. RFC 2865 section 5.2.</summary>
public static class UserPassword
{
    /// <summary>Maximum length of a PAP password in RADIUS, in octets. RFC 2865 section 5.2.</summary>
    public const int MaxLength = 128;

    /// <summary>Length of the encrypted password in octets: at least one block of 16.</summary>
    public static int HiddenLength(int passwordLength) => Math.Max(1, (passwordLength + 15) / 16) * 16;

    /// <summary>
    /// Encrypts a password into <paramref name="hidden"/>. False: it is longer than <see cref="MaxLength"/>, or <paramref name="hidden"/>
    /// is too small.
    /// </summary>
    public static bool TryHide(
        ReadOnlySpan<byte> password, ReadOnlySpan<byte> requestAuthenticator, ReadOnlySpan<byte> secret, Span<byte> hidden, out int length)
    {
        length = HiddenLength(password.Length);
        if (password.Length > MaxLength || hidden.Length < length || requestAuthenticator.Length != RadiusPacketView.AuthenticatorLength)
            return false;
        hidden[..length].Clear();
        password.CopyTo(hidden);
        RadiusDigest.Hide(hidden[..length], requestAuthenticator, secret, show: false);
        return true;
    }

    /// <summary>Decrypts a password, as a server does (lns-stress, tests). Removes the padding of zeros.</summary>
    public static bool TryShow(
        ReadOnlySpan<byte> hidden, ReadOnlySpan<byte> requestAuthenticator, ReadOnlySpan<byte> secret, Span<byte> password, out int length)
    {
        length = 0;
        if (hidden.Length is 0 or > MaxLength || hidden.Length % 16 != 0 || password.Length < hidden.Length
            || requestAuthenticator.Length != RadiusPacketView.AuthenticatorLength) return false;
        hidden.CopyTo(password);
        RadiusDigest.Hide(password[..hidden.Length], requestAuthenticator, secret, show: true);
        length = password[..hidden.Length].LastIndexOfAnyExcept((byte)0) + 1;
        return true;
    }
}
