using Akka.LNS.Wire.Text;
using System.Buffers.Binary;

namespace Akka.LNS.Wire.Radius;

/// <summary>
/// Writes one packet into a buffer of the caller, without allocation. The Message-Authenticator is the first attribute, which protects
/// against BlastRADIUS. <see cref="Finish"/> computes it and the Authenticator.
/// </summary>
/// <remarks>If data does not fit, <see cref="HasFailed"/> is true and <see cref="Finish"/> returns 0. No exception is thrown.</remarks>
public ref struct RadiusPacketWriter
{
    private readonly Span<byte> _buffer;
    private readonly ReadOnlySpan<byte> _requestAuthenticator; // of a response only
    private readonly bool _isResponse;
    private readonly int _messageAuthenticatorAt; // 0: none
    private int _length;

    private RadiusPacketWriter(
        Span<byte> buffer, RadiusCode code, byte identifier, ReadOnlySpan<byte> authenticator, bool isResponse,
        bool withMessageAuthenticator)
    {
        _buffer = buffer[..Math.Min(buffer.Length, RadiusPacketView.MaxLength)];
        _isResponse = isResponse;
        if (_buffer.Length < RadiusPacketView.HeaderLength)
        {
            HasFailed = true;
            return;
        }
        _buffer[0] = (byte)code;
        _buffer[1] = identifier;
        _length = RadiusPacketView.HeaderLength;
        _buffer.Slice(RadiusPacketView.AuthenticatorOffset, RadiusPacketView.AuthenticatorLength).Clear();
        if (isResponse) _requestAuthenticator = authenticator;
        else authenticator.CopyTo(_buffer[RadiusPacketView.AuthenticatorOffset..]);
        if (!withMessageAuthenticator) return;
        var value = Reserve(RadiusAttributeType.MessageAuthenticator, RadiusPacketView.AuthenticatorLength);
        if (value.IsEmpty) return;
        value.Clear();
        _messageAuthenticatorAt = _length - RadiusPacketView.AuthenticatorLength;
    }

    /// <summary>True: data did not fit, and the packet must not be sent.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>
    /// Begins an Access-Request or Status-Server. The Authenticator is 16 unpredictable octets. RFC 2865 section 3.
    /// </summary>
    public static RadiusPacketWriter Request(Span<byte> buffer, RadiusCode code, byte identifier, ReadOnlySpan<byte> authenticator) =>
        new(buffer, code, identifier, authenticator[..RadiusPacketView.AuthenticatorLength], isResponse: false,
            withMessageAuthenticator: true);

    /// <summary>
    /// Begins an Accounting-Request (RFC 2866 section 3), CoA-Request or Disconnect-Request (RFC 5176). <see cref="Finish"/> computes the
    /// Authenticator.
    /// </summary>
    /// <param name="withMessageAuthenticator">Adds a Message-Authenticator, computed with an Authenticator of zeros. RFC 5176 section
    /// 3.6.</param>
    public static RadiusPacketWriter SignedRequest(
        Span<byte> buffer, RadiusCode code, byte identifier, bool withMessageAuthenticator = true) =>
        new(buffer, code, identifier, [], isResponse: false, withMessageAuthenticator);

    /// <summary>Begins a response, as a server does (CoA, lns-stress, tests).</summary>
    public static RadiusPacketWriter Response(
        Span<byte> buffer, RadiusCode code, byte identifier, ReadOnlySpan<byte> requestAuthenticator,
        bool withMessageAuthenticator = true) =>
        new(buffer, code, identifier, requestAuthenticator[..RadiusPacketView.AuthenticatorLength], isResponse: true,
            withMessageAuthenticator);

    /// <summary>The Authenticator of the request.</summary>
    public readonly ReadOnlySpan<byte> Authenticator => _isResponse
        ? _requestAuthenticator
        : _buffer.Slice(RadiusPacketView.AuthenticatorOffset, RadiusPacketView.AuthenticatorLength);

    public void Octets(byte type, scoped ReadOnlySpan<byte> value) => value.TryCopyTo(Reserve(type, value.Length));
    public void UInt32(byte type, uint value) => PutUInt32(Reserve(type, sizeof(uint)), value);
    public void Ipv4(byte type, Ipv4Address value) => UInt32(type, value.Value);
    /// <summary>Adds an IPv6 address: 16 octets. RFC 3162 section 2.1.</summary>
    public void Ipv6(byte type, UInt128 value)
    {
        var room = Reserve(type, 16);
        if (room.Length == 16) BinaryPrimitives.WriteUInt128BigEndian(room, value);
    }

    /// <summary>
    /// Adds a text as UTF-8, cut at a character boundary to fit an attribute. An empty text is not written. RFC 2865 section 5.
    /// </summary>
    public void Text(byte type, scoped ReadOnlySpan<char> value)
    {
        value = PeerText.Cut(value, AttributeView.MaxValueLength, out var octets);
        if (octets > 0) PeerText.Encode(value, Reserve(type, octets));
    }

    /// <summary>Adds the integer of a tunnel attribute: tag and 24 bits. RFC 2868 section 3.1.</summary>
    public void TaggedUInt24(byte type, byte tag, uint value) => UInt32(type, ((uint)tag << 24) | (value & 0xFFFFFF));

    /// <summary>Adds the string of a tunnel attribute: tag and text. RFC 2868 section 3.3.</summary>
    public void TaggedText(byte type, byte tag, scoped ReadOnlySpan<char> value)
    {
        value = PeerText.Cut(value, AttributeView.MaxValueLength - 1, out var octets);
        if (octets == 0) return;
        var room = Reserve(type, octets + 1);
        if (room.IsEmpty) return;
        room[0] = tag;
        PeerText.Encode(value, room[1..]);
    }

    public void VendorOctets(uint vendor, byte type, scoped ReadOnlySpan<byte> value) =>
        value.TryCopyTo(Reserve(vendor, type, value.Length));
    public void VendorUInt32(uint vendor, byte type, uint value) => PutUInt32(Reserve(vendor, type, sizeof(uint)), value);
    public void VendorIpv4(uint vendor, byte type, Ipv4Address value) => VendorUInt32(vendor, type, value.Value);

    /// <summary>Adds a text as UTF-8 in a Vendor-Specific attribute, cut at a character boundary to 247 octets.</summary>
    public void VendorText(uint vendor, byte type, scoped ReadOnlySpan<char> value)
    {
        value = PeerText.Cut(value, MaxVendorValueLength, out var octets);
        if (octets > 0) PeerText.Encode(value, Reserve(vendor, type, octets));
    }

    /// <summary>Maximum length of a value in a Vendor-Specific attribute, in octets.</summary>
    public const int MaxVendorValueLength = AttributeView.MaxValueLength - VendorAttributeView.VendorIdLength - AttributeView.HeaderLength;

    /// <summary>Adds attributes that are already encoded, each with Type and Length.</summary>
    public void Attributes(scoped ReadOnlySpan<byte> octets)
    {
        if (HasFailed || octets.Length > _buffer.Length - _length)
        {
            HasFailed = true;
            return;
        }
        octets.CopyTo(_buffer[_length..]);
        _length += octets.Length;
    }

    /// <summary>Adds an encrypted User-Password. The packet fails if it has more than 128 octets. RFC 2865 section 5.2.</summary>
    public void Password(scoped ReadOnlySpan<byte> password, scoped ReadOnlySpan<byte> secret)
    {
        if (password.Length > UserPassword.MaxLength)
        {
            HasFailed = true;
            return;
        }
        var room = Reserve(RadiusAttributeType.UserPassword, UserPassword.HiddenLength(password.Length));
        if (!room.IsEmpty) UserPassword.TryHide(password, Authenticator, secret, room, out _);
    }

    /// <summary>Adds a CHAP-Password: the CHAP Identifier and the 16 octets of the response. RFC 2865 section 5.3.</summary>
    public void ChapPassword(byte identifier, scoped ReadOnlySpan<byte> response)
    {
        var room = Reserve(RadiusAttributeType.ChapPassword, 1 + response.Length);
        if (room.IsEmpty) return;
        room[0] = identifier;
        response.CopyTo(room[1..]);
    }

    /// <summary>
    /// Adds a 64-bit count of octets: the low 32 bits and, if not zero, the Gigawords. RFC 2869 sections 5.1 and 5.2.
    /// </summary>
    public void Counter(byte type, byte gigawordsType, ulong value)
    {
        UInt32(type, (uint)value);
        if (value > uint.MaxValue) UInt32(gigawordsType, (uint)(value >> 32));
    }

    /// <summary>
    /// Writes Length, Message-Authenticator and Authenticator. Returns the length of the packet in octets; 0: data did not fit.
    /// </summary>
    public readonly int Finish(scoped ReadOnlySpan<byte> secret)
    {
        if (HasFailed) return 0;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)_length);
        var packet = _buffer[.._length];
        var field = packet.Slice(RadiusPacketView.AuthenticatorOffset, RadiusPacketView.AuthenticatorLength);
        var authenticator = _isResponse ? _requestAuthenticator : field;
        if (_messageAuthenticatorAt > 0)
            RadiusDigest.MessageAuthenticator(packet, _messageAuthenticatorAt, authenticator, secret,
                packet.Slice(_messageAuthenticatorAt, RadiusPacketView.AuthenticatorLength));
        if (_isResponse || (RadiusCode)packet[0] is not (RadiusCode.AccessRequest or RadiusCode.StatusServer))
            RadiusDigest.OverPacket(packet, authenticator, secret, field);
        return _length;
    }

    private static void PutUInt32(Span<byte> room, uint value)
    {
        if (room.Length == sizeof(uint)) BinaryPrimitives.WriteUInt32BigEndian(room, value);
    }

    private Span<byte> Reserve(uint vendor, byte type, int length)
    {
        if (length == 0) return [];
        var room = length > MaxVendorValueLength ? Fail()
            : Reserve(RadiusAttributeType.VendorSpecific, VendorAttributeView.VendorIdLength + AttributeView.HeaderLength + length);
        if (room.IsEmpty) return room;
        BinaryPrimitives.WriteUInt32BigEndian(room, vendor);
        room[4] = type;
        room[5] = (byte)(AttributeView.HeaderLength + length);
        return room[6..];
    }

    /// <summary>Room for a value. An empty attribute is never sent (RFC 2865 section 5): then there is no room and no attribute.</summary>
    private Span<byte> Reserve(byte type, int length)
    {
        if (length == 0) return [];
        if (HasFailed || length > AttributeView.MaxValueLength || AttributeView.HeaderLength + length > _buffer.Length - _length)
            return Fail();
        _buffer[_length] = type;
        _buffer[_length + 1] = (byte)(AttributeView.HeaderLength + length);
        var room = _buffer.Slice(_length + AttributeView.HeaderLength, length);
        _length += AttributeView.HeaderLength + length;
        return room;
    }

    private Span<byte> Fail()
    {
        HasFailed = true;
        return [];
    }
}
