using System.Buffers.Binary;
using System.Text;

namespace Akka.LNS.Wire.Radius;

/// <summary>
/// Writes one packet into a buffer of the caller, without allocation. The Message-Authenticator is the first attribute, as the
/// countermeasure to BlastRADIUS asks; <see cref="Finish"/> computes it and the Authenticator.
/// </summary>
/// <remarks>What does not fit sets <see cref="HasFailed"/> and makes <see cref="Finish"/> return 0; nothing throws.</remarks>
public ref struct RadiusPacketWriter
{
    private readonly Span<byte> _buffer;
    private readonly ReadOnlySpan<byte> _requestAuthenticator; // of a response only
    private readonly bool _isResponse;
    private readonly int _messageAuthenticatorAt; // 0: none
    private int _length;

    private RadiusPacketWriter(Span<byte> buffer, RadiusCode code, byte identifier, ReadOnlySpan<byte> authenticator, bool isResponse, bool withMessageAuthenticator)
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

    /// <summary>Something did not fit, so the packet must not be sent.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>An Access-Request or Status-Server, whose Authenticator is 16 unpredictable octets (RFC 2865 section 3); Message-Authenticator first.</summary>
    public static RadiusPacketWriter Request(Span<byte> buffer, RadiusCode code, byte identifier, ReadOnlySpan<byte> authenticator) =>
        new(buffer, code, identifier, authenticator[..RadiusPacketView.AuthenticatorLength], isResponse: false, withMessageAuthenticator: true);

    /// <summary>An Accounting-Request (RFC 2866 section 3), CoA-Request or Disconnect-Request (RFC 5176), whose Authenticator is computed.</summary>
    /// <param name="withMessageAuthenticator">Add one, computed over an Authenticator of zeros (RFC 5176 section 3.6; FreeRADIUS verifies it so).</param>
    public static RadiusPacketWriter SignedRequest(Span<byte> buffer, RadiusCode code, byte identifier, bool withMessageAuthenticator = true) =>
        new(buffer, code, identifier, [], isResponse: false, withMessageAuthenticator);

    /// <summary>A response, as a server writes it (tests, lns-stress, CoA).</summary>
    public static RadiusPacketWriter Response(Span<byte> buffer, RadiusCode code, byte identifier, ReadOnlySpan<byte> requestAuthenticator, bool withMessageAuthenticator = true) =>
        new(buffer, code, identifier, requestAuthenticator[..RadiusPacketView.AuthenticatorLength], isResponse: true, withMessageAuthenticator);

    /// <summary>The Authenticator of a request that was begun with one.</summary>
    public readonly ReadOnlySpan<byte> Authenticator => _isResponse
        ? _requestAuthenticator
        : _buffer.Slice(RadiusPacketView.AuthenticatorOffset, RadiusPacketView.AuthenticatorLength);

    public void Octets(byte type, scoped ReadOnlySpan<byte> value) => value.TryCopyTo(Reserve(type, value.Length));
    public void UInt32(byte type, uint value) => PutUInt32(Reserve(type, sizeof(uint)), value);
    public void Ipv4(byte type, Ipv4Address value) => UInt32(type, value.Value);
    /// <summary>An IPv6 address: 16 octets (RFC 3162 section 2.1).</summary>
    public void Ipv6(byte type, UInt128 value)
    {
        var room = Reserve(type, 16);
        if (room.Length == 16) BinaryPrimitives.WriteUInt128BigEndian(room, value);
    }

    /// <summary>A text as UTF-8, cut at a character if it is longer than an attribute can be. An empty text is not written (RFC 2865 section 5).</summary>
    public void Text(byte type, scoped ReadOnlySpan<char> value)
    {
        value = Cut(value, AttributeView.MaxValueLength, out var octets);
        if (octets > 0) Encoding.UTF8.TryGetBytes(value, Reserve(type, octets), out _);
    }

    /// <summary>The integer of a tunnel attribute (RFC 2868 section 3.1): tag and 24 bits.</summary>
    public void TaggedUInt24(byte type, byte tag, uint value) => UInt32(type, ((uint)tag << 24) | (value & 0xFFFFFF));

    /// <summary>The string of a tunnel attribute (RFC 2868 section 3.3): tag and text.</summary>
    public void TaggedText(byte type, byte tag, scoped ReadOnlySpan<char> value)
    {
        value = Cut(value, AttributeView.MaxValueLength - 1, out var octets);
        if (octets == 0) return;
        var room = Reserve(type, octets + 1);
        if (room.IsEmpty) return;
        room[0] = tag;
        Encoding.UTF8.GetBytes(value, room[1..]);
    }

    public void VendorOctets(uint vendor, byte type, scoped ReadOnlySpan<byte> value) => value.TryCopyTo(Reserve(vendor, type, value.Length));
    public void VendorUInt32(uint vendor, byte type, uint value) => PutUInt32(Reserve(vendor, type, sizeof(uint)), value);
    public void VendorIpv4(uint vendor, byte type, Ipv4Address value) => VendorUInt32(vendor, type, value.Value);

    /// <summary>A text as UTF-8 in a Vendor-Specific attribute, cut at a character if it is longer than 247 octets.</summary>
    public void VendorText(uint vendor, byte type, scoped ReadOnlySpan<char> value)
    {
        value = Cut(value, MaxVendorValueLength, out var octets);
        if (octets > 0) Encoding.UTF8.TryGetBytes(value, Reserve(vendor, type, octets), out _);
    }

    /// <summary>Most octets of a value inside a Vendor-Specific attribute.</summary>
    public const int MaxVendorValueLength = AttributeView.MaxValueLength - VendorAttributeView.VendorIdLength - AttributeView.HeaderLength;

    /// <summary>Attributes that are already encoded, each with Type and Length.</summary>
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

    /// <summary>A User-Password, hidden (RFC 2865 section 5.2). One longer than 128 octets fails the packet.</summary>
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

    /// <summary>A CHAP-Password (RFC 2865 section 5.3): the CHAP Identifier and the 16 octets of the response.</summary>
    public void ChapPassword(byte identifier, scoped ReadOnlySpan<byte> response)
    {
        var room = Reserve(RadiusAttributeType.ChapPassword, 1 + response.Length);
        if (room.IsEmpty) return;
        room[0] = identifier;
        response.CopyTo(room[1..]);
    }

    /// <summary>A 64-bit count of octets: the low 32 bits and, when there are more, the Gigawords (RFC 2869 sections 5.1 and 5.2).</summary>
    public void Counter(byte type, byte gigawordsType, ulong value)
    {
        UInt32(type, (uint)value);
        if (value > uint.MaxValue) UInt32(gigawordsType, (uint)(value >> 32));
    }

    /// <summary>Writes Length, Message-Authenticator and Authenticator. Returns the octets of the packet, 0 when something did not fit.</summary>
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

    /// <summary>The longest beginning of a text that ends at a character and has at most so many octets in UTF-8.</summary>
    public static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text, int maxOctets, out int octets)
    {
        octets = 0;
        var end = 0;
        while (end < text.Length)
        {
            Rune.DecodeFromUtf16(text[end..], out var rune, out var chars); // a lone surrogate counts as U+FFFD, as the encoder writes it
            if (octets + rune.Utf8SequenceLength > maxOctets) break;
            octets += rune.Utf8SequenceLength;
            end += chars;
        }
        return text[..end];
    }

    private static void PutUInt32(Span<byte> room, uint value)
    {
        if (room.Length == sizeof(uint)) BinaryPrimitives.WriteUInt32BigEndian(room, value);
    }

    private Span<byte> Reserve(uint vendor, byte type, int length)
    {
        var room = length > MaxVendorValueLength ? Fail()
            : Reserve(RadiusAttributeType.VendorSpecific, VendorAttributeView.VendorIdLength + AttributeView.HeaderLength + length);
        if (room.IsEmpty) return room;
        BinaryPrimitives.WriteUInt32BigEndian(room, vendor);
        room[4] = type;
        room[5] = (byte)(AttributeView.HeaderLength + length);
        return room[6..];
    }

    private Span<byte> Reserve(byte type, int length)
    {
        if (HasFailed || length > AttributeView.MaxValueLength || AttributeView.HeaderLength + length > _buffer.Length - _length) return Fail();
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
