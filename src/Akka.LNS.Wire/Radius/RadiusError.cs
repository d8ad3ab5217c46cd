namespace Akka.LNS.Wire.Radius;

/// <summary>Why a RADIUS packet or attribute was not taken. Each value is a counter; the packet is dropped (RFC 2865 section 3: silently discarded).</summary>
public enum RadiusError
{
    None,
    /// <summary>Fewer octets than the header, or than the Length field says.</summary>
    Truncated,
    /// <summary>The Length field is below 20 (RFC 2865 section 3).</summary>
    LengthTooSmall,
    /// <summary>The Length field is above 4096 (RFC 2865 section 3).</summary>
    LengthTooLarge,
    /// <summary>An attribute's Length is below 2 (RFC 2865 section 5).</summary>
    AttributeLengthTooSmall,
    /// <summary>An attribute goes beyond the packet.</summary>
    AttributeOverrun,
    /// <summary>A response with an Identifier that was not asked.</summary>
    UnknownIdentifier,
    /// <summary>A code that does not answer the request.</summary>
    UnexpectedCode,
    /// <summary>The Response Authenticator does not prove the shared secret (RFC 2865 section 3, RFC 2866 section 3).</summary>
    BadResponseAuthenticator,
    /// <summary>The Request Authenticator of an Accounting-Request does not prove the shared secret (RFC 2866 section 3).</summary>
    BadRequestAuthenticator,
    /// <summary>No Message-Authenticator where one is required: a forgery such as BlastRADIUS would look so.</summary>
    MissingMessageAuthenticator,
    /// <summary>More than one Message-Authenticator, or one that has not 16 octets (RFC 3579 section 3.2).</summary>
    MalformedMessageAuthenticator,
    /// <summary>The Message-Authenticator does not prove the shared secret (RFC 3579 section 3.2).</summary>
    BadMessageAuthenticator,
}
