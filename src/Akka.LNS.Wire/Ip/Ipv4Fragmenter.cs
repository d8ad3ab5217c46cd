using System.Buffers.Binary;

namespace Akka.LNS.Wire.Ip;

/// <summary>
/// Cuts one IPv4 packet into fragments (RFC 791 section 3.2, "An Example Fragmentation Procedure"). The packet may be a fragment itself.
/// </summary>
/// <remarks>The caller must check DF. Later fragments carry only the options with the copy flag. RFC 791 section 3.1.</remarks>
public ref struct Ipv4Fragmenter
{
    private readonly Ipv4HeaderView _packet;
    private readonly int _mtu;
    private int _done; // octets of payload already in fragments

    /// <summary>Starts with no octet sent. An MTU too small for the header and eight octets gives no fragments.</summary>
    public Ipv4Fragmenter(Ipv4HeaderView packet, int mtu)
    {
        _packet = packet;
        _mtu = mtu;
        if (mtu < packet.HeaderLength + 8 && packet.TotalLength > mtu) _done = packet.Payload.Length;
    }

    /// <summary>
    /// Writes the next fragment into <paramref name="destination"/>, which must hold as many octets as the MTU. False: no fragment is left.
    /// </summary>
    public bool TryNext(scoped Span<byte> destination, out int length)
    {
        length = 0;
        var payload = _packet.Payload;
        if (_done >= payload.Length) return false;
        var header = _done == 0 ? CopyHeader(destination) : CopyLaterHeader(destination);
        var room = (_mtu - header) & ~7;
        var left = payload.Length - _done;
        var isLast = left <= _mtu - header;
        var size = isLast ? left : room;
        payload.Slice(_done, size).CopyTo(destination[header..]);

        length = header + size;
        destination[0] = (byte)(0x40 | (header / 4));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
        var flags = (_packet.DontFragment ? 0x4000 : 0) | (!isLast || _packet.MoreFragments ? 0x2000 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)(flags | ((_packet.FragmentOffset + _done) / 8 & 0x1FFF)));
        destination[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], InternetChecksum.Of(destination[..header]));
        _done += size;
        return true;
    }

    private readonly int CopyHeader(scoped Span<byte> destination)
    {
        _packet.Header.CopyTo(destination);
        return _packet.HeaderLength;
    }

    private readonly int CopyLaterHeader(scoped Span<byte> destination)
    {
        _packet.Header[..Ipv4HeaderView.MinHeaderLength].CopyTo(destination);
        var written = Ipv4HeaderView.MinHeaderLength;
        for (var options = _packet.Header[Ipv4HeaderView.MinHeaderLength..]; options.Length >= 2 && options[0] != 0;)
        {
            if (options[0] == 1) { options = options[1..]; continue; } // no-operation
            var size = options[1];
            if (size < 2 || size > options.Length) break;
            if ((options[0] & 0x80) != 0)
            {
                options[..size].CopyTo(destination[written..]);
                written += size;
            }
            options = options[size..];
        }
        for (; (written & 3) != 0; written++) destination[written] = 0;
        return written;
    }
}
