using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Akka.LNS.Wire.Radius;

/// <summary>
/// A checked, zero-copy view of one packet (RFC 2865 section 3). Its attributes are well-formed. Only <see cref="TryRead"/> creates one.
/// </summary>
/// <remarks><code>
///  0       8       16              32
/// +-------+-------+---------------+
/// | Code  |  Id   |    Length     |
/// |  Authenticator (16 octets)    |
/// |  Attributes ...
/// +-------------------------------+
/// </code></remarks>
public readonly ref struct RadiusPacketView
{
    /// <summary>Code, Identifier, Length and Authenticator: octets before the attributes.</summary>
    public const int HeaderLength = 20;
    /// <summary>Maximum length of a packet in octets. RFC 2865 section 3.</summary>
    public const int MaxLength = 4096;
    /// <summary>Octets of an authenticator, and of the value of a Message-Authenticator.</summary>
    public const int AuthenticatorLength = 16;
    internal const int AuthenticatorOffset = 4;
    private readonly ReadOnlySpan<byte> _octets; // exactly Length octets

    private RadiusPacketView(ReadOnlySpan<byte> octets) => _octets = octets;

    public RadiusCode Code => (RadiusCode)_octets[0];
    public byte Identifier => _octets[1];
    public ReadOnlySpan<byte> Authenticator => _octets.Slice(AuthenticatorOffset, AuthenticatorLength);
    /// <summary>The octets of all attributes.</summary>
    public ReadOnlySpan<byte> AttributeOctets => _octets[HeaderLength..];
    public AttributeEnumerator Attributes => new(AttributeOctets);
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>
    /// Reads a packet and checks header and attributes. Octets after Length are padding and are ignored. RFC 2865 section 3.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out RadiusPacketView packet, out RadiusError error)
    {
        packet = default;
        var length = datagram.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        error = datagram.Length < HeaderLength ? RadiusError.Truncated
            : length < HeaderLength ? RadiusError.LengthTooSmall
            : length > MaxLength ? RadiusError.LengthTooLarge
            : length > datagram.Length ? RadiusError.Truncated
            : RadiusError.None;
        if (error != RadiusError.None) return false;
        for (var rest = datagram[HeaderLength..length]; !rest.IsEmpty;)
            if (!AttributeView.TryRead(ref rest, out _, out error))
                return false;
        packet = new RadiusPacketView(datagram[..length]);
        return true;
    }

    /// <summary>Finds the first attribute of a type.</summary>
    public bool TryFind(byte type, out AttributeView attribute)
    {
        foreach (var each in Attributes)
        {
            if (each.Type != type) continue;
            attribute = each;
            return true;
        }
        attribute = default;
        return false;
    }

    /// <summary>Finds the first vendor attribute of a vendor and type.</summary>
    public bool TryFind(uint vendor, byte type, out VendorAttributeView attribute)
    {
        foreach (var outer in Attributes)
            foreach (var inner in VendorAttributeView.In(outer))
            {
                if (inner.Vendor != vendor || inner.Type != type) continue;
                attribute = inner;
                return true;
            }
        attribute = default;
        return false;
    }

    /// <summary>
    /// Verifies Identifier, code, Response Authenticator and Message-Authenticator of a response. Use a response only after the result
    /// None. RFC 2865 section 3, RFC 2866 section 3, RFC 3579 section 3.2.
    /// </summary>
    /// <param name="requestAuthenticator">Authenticator field of the sent request.</param>
    /// <param name="requireMessageAuthenticator">Refuse an answer to an Access-Request without Message-Authenticator (BlastRADIUS,
    /// CVE-2024-3596).</param>
    public RadiusError VerifyResponse(
        RadiusCode request, byte identifier, ReadOnlySpan<byte> requestAuthenticator, ReadOnlySpan<byte> secret,
        bool requireMessageAuthenticator = true)
    {
        if (Identifier != identifier) return RadiusError.UnknownIdentifier;
        if (!Answers(request, Code)) return RadiusError.UnexpectedCode;
        Span<byte> digest = stackalloc byte[AuthenticatorLength];
        RadiusDigest.OverPacket(_octets, requestAuthenticator, secret, digest);
        if (!CryptographicOperations.FixedTimeEquals(digest, Authenticator)) return RadiusError.BadResponseAuthenticator;
        return VerifyMessageAuthenticator(requestAuthenticator, secret, requireMessageAuthenticator && request == RadiusCode.AccessRequest);
    }

    /// <summary>
    /// Verifies a request as a server does: the Request Authenticator of accounting, CoA and Disconnect, and the Message-Authenticator. RFC
    /// 2866 section 3, RFC 5176 section 2.3.
    /// </summary>
    public RadiusError VerifyRequest(ReadOnlySpan<byte> secret, bool requireMessageAuthenticator)
    {
        Span<byte> zero = stackalloc byte[AuthenticatorLength];
        zero.Clear();
        switch (Code)
        {
            case RadiusCode.AccessRequest:
            case RadiusCode.StatusServer:
                // RFC 5997 section 2: a Status-Server without Message-Authenticator is discarded
                return VerifyMessageAuthenticator(Authenticator, secret, requireMessageAuthenticator || Code == RadiusCode.StatusServer);
            case RadiusCode.AccountingRequest:
            case RadiusCode.DisconnectRequest:
            case RadiusCode.CoaRequest:
                Span<byte> digest = stackalloc byte[AuthenticatorLength];
                RadiusDigest.OverPacket(_octets, zero, secret, digest);
                return CryptographicOperations.FixedTimeEquals(digest, Authenticator)
                    ? VerifyMessageAuthenticator(zero, secret, requireMessageAuthenticator)
                    : RadiusError.BadRequestAuthenticator;
            default:
                return RadiusError.UnexpectedCode;
        }
    }

    /// <summary>
    /// True when the code of a response answers the code of a request. RFC 2865 section 4, RFC 2866 section 4, RFC 5997 section 3, RFC 5176
    /// section 2.
    /// </summary>
    public static bool Answers(RadiusCode request, RadiusCode response) => request switch
    {
        RadiusCode.AccessRequest => response is RadiusCode.AccessAccept or RadiusCode.AccessReject or RadiusCode.AccessChallenge,
        RadiusCode.AccountingRequest => response is RadiusCode.AccountingResponse,
        RadiusCode.StatusServer => response is RadiusCode.AccessAccept or RadiusCode.AccountingResponse,
        RadiusCode.DisconnectRequest => response is RadiusCode.DisconnectAck or RadiusCode.DisconnectNak,
        RadiusCode.CoaRequest => response is RadiusCode.CoaAck or RadiusCode.CoaNak,
        _ => false,
    };

    private RadiusError VerifyMessageAuthenticator(ReadOnlySpan<byte> authenticator, ReadOnlySpan<byte> secret, bool required)
    {
        var at = -1;
        var offset = HeaderLength;
        foreach (var attribute in Attributes)
        {
            if (attribute.Type == RadiusAttributeType.MessageAuthenticator)
            {
                if (at >= 0 || attribute.Value.Length != AuthenticatorLength) return RadiusError.MalformedMessageAuthenticator;
                at = offset + AttributeView.HeaderLength;
            }
            offset += attribute.Octets.Length;
        }
        if (at < 0) return required ? RadiusError.MissingMessageAuthenticator : RadiusError.None;
        Span<byte> digest = stackalloc byte[AuthenticatorLength];
        RadiusDigest.MessageAuthenticator(_octets, at, authenticator, secret, digest);
        return CryptographicOperations.FixedTimeEquals(digest, _octets.Slice(at, AuthenticatorLength))
            ? RadiusError.None
            : RadiusError.BadMessageAuthenticator;
    }
}
