using System.Buffers.Binary;

namespace Akka.LNS.Wire.Ppp;

/// <summary>
/// Writes one control packet with FF 03 and the protocol into a buffer of the caller. Omits data that does not fit, and throws no
/// exception.
/// </summary>
public ref struct ControlPacketWriter
{
    private const int Start = PppFrame.HeaderLength + ControlPacketView.HeaderLength;
    private readonly Span<byte> _buffer;
    private int _at;

    /// <param name="buffer">At least 8 octets.</param>
    public ControlPacketWriter(Span<byte> buffer, ushort protocol, byte code, byte identifier)
    {
        _buffer = buffer;
        PppFrame.WriteHeader(buffer, protocol);
        buffer[PppFrame.HeaderLength] = code;
        buffer[PppFrame.HeaderLength + 1] = identifier;
        _at = Start;
    }

    /// <summary>Length of the data after Code, Identifier and Length, in octets.</summary>
    public readonly int DataLength => _at - Start;
    public readonly ReadOnlySpan<byte> Data => _buffer[Start.._at];
    public readonly int Free => _buffer.Length - _at;

    /// <summary>Appends octets until the buffer is full.</summary>
    public void Octets(scoped ReadOnlySpan<byte> octets)
    {
        var count = Math.Min(octets.Length, Free);
        octets[..count].CopyTo(_buffer[_at..]);
        _at += count;
    }

    public void Octet(byte value)
    {
        if (Free > 0) _buffer[_at++] = value;
    }

    public void Number(uint value)
    {
        if (Free < 4) return;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[_at..], value);
        _at += 4;
    }

    /// <summary>Appends a whole Configuration Option, or nothing if it does not fit.</summary>
    public void Option(byte type, scoped ReadOnlySpan<byte> value)
    {
        if (Free < OptionView.HeaderLength + value.Length || value.Length > 253) return;
        _buffer[_at++] = type;
        _buffer[_at++] = (byte)(OptionView.HeaderLength + value.Length);
        Octets(value);
    }

    public void Option(byte type) => Option(type, ReadOnlySpan<byte>.Empty);

    public void Option(byte type, ushort value)
    {
        Span<byte> octets = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        Option(type, octets);
    }

    public void Option(byte type, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        Option(type, octets);
    }

    /// <summary>Returns the finished frame, beginning with FF 03.</summary>
    public readonly byte[] ToFrame()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(PppFrame.HeaderLength + 2)..], (ushort)(_at - PppFrame.HeaderLength));
        return _buffer[.._at].ToArray();
    }
}
