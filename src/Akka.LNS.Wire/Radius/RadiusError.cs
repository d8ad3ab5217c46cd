namespace Akka.LNS.Wire.Radius;

/// <summary>
/// Reason to drop a RADIUS packet silently. Each value is a counter. RFC 2865 section 3.
/// </summary>
public enum RadiusError
{
    None,
    /// <summary>The packet is shorter than the header or the Length field.</summary>
    Truncated,
    /// <summary>The Length field is below 20 (RFC 2865 section 3).</summary>
    LengthTooSmall,
    /// <summary>The Length field is above 4096 (RFC 2865 section 3).</summary>
    LengthTooLarge,
    /// <summary>The Length of an attribute is below 2 (RFC 2865 section 5).</summary>
    AttributeLengthTooSmall,
    /// <summary>An attribute ends after the packet.</summary>
    AttributeOverrun,
    /// <summary>No request has the Identifier of the response.</summary>
    UnknownIdentifier,
    /// <summary>The code is not an answer to the request.</summary>
    UnexpectedCode,
    /// <summary>The Response Authenticator does not prove the shared secret (RFC 2865 section 3, RFC 2866 section 3).</summary>
    BadResponseAuthenticator,
    /// <summary>The Request Authenticator of an Accounting-Request does not prove the shared secret (RFC 2866 section 3).</summary>
    BadRequestAuthenticator,
    /// <summary>A required Message-Authenticator is missing, as in a forgery with BlastRADIUS.</summary>
    MissingMessageAuthenticator,
    /// <summary>More than one Message-Authenticator, or one without exactly 16 octets. RFC 3579 section 3.2.</summary>
    MalformedMessageAuthenticator,
    /// <summary>The Message-Authenticator does not prove the shared secret (RFC 3579 section 3.2).</summary>
    BadMessageAuthenticator,
}
