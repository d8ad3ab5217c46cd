namespace Akka.LNS.Wire.Radius;

/// <summary>The hiding of the User-Password (RFC 2865 section 5.2).</summary>
public static class UserPassword
{
    /// <summary>Most octets of a password that PAP over RADIUS can carry (RFC 2865 section 5.2).</summary>
    public const int MaxLength = 128;

    /// <summary>Octets of the hidden password: at least one block of 16.</summary>
    public static int HiddenLength(int passwordLength) => Math.Max(1, (passwordLength + 15) / 16) * 16;

    /// <summary>Hides into <paramref name="hidden"/>; false when the password is longer than <see cref="MaxLength"/> or the room too small.</summary>
    public static bool TryHide(ReadOnlySpan<byte> password, ReadOnlySpan<byte> requestAuthenticator, ReadOnlySpan<byte> secret, Span<byte> hidden, out int length)
    {
        length = HiddenLength(password.Length);
        if (password.Length > MaxLength || hidden.Length < length || requestAuthenticator.Length != RadiusPacketView.AuthenticatorLength) return false;
        hidden[..length].Clear();
        password.CopyTo(hidden);
        RadiusDigest.Hide(hidden[..length], requestAuthenticator, secret, show: false);
        return true;
    }

    /// <summary>Shows a hidden password, as a server needs it (tests, the responder of lns-stress); the padding of zeros is cut.</summary>
    public static bool TryShow(ReadOnlySpan<byte> hidden, ReadOnlySpan<byte> requestAuthenticator, ReadOnlySpan<byte> secret, Span<byte> password, out int length)
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
