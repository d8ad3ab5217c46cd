using System.Runtime.CompilerServices;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>Memory for one recvmmsg after another: made once, used for ever.</summary>
/// <remarks>In front of each datagram there is room (for a header of 10 octets that offload wants, and more).</remarks>
internal sealed unsafe class ReceiveBatch
{
    public const int Size = 64;
    private const int Headroom = 64;
    private const int SlotOctets = Headroom + 9216 + 256; // jumbo frames; not a power of two, or all slots share cache sets
    private const int NameOctets = 32, ControlOctets = 64;

    private readonly byte[] _memory; // pinned; keeps the pointers alive
    private readonly Libc.MMsgHdr* _headers;
    private readonly byte* _slots;
    private readonly bool _isIpv6;

    public ReceiveBatch(bool isIpv6)
    {
        _isIpv6 = isIpv6;
        var vectorsAt = Size * sizeof(Libc.MMsgHdr);
        var namesAt = vectorsAt + Size * sizeof(Libc.IoVec);
        var controlsAt = namesAt + Size * NameOctets;
        var slotsAt = controlsAt + Size * ControlOctets;
        _memory = GC.AllocateArray<byte>(slotsAt + Size * SlotOctets, pinned: true);
        var start = (byte*)Unsafe.AsPointer(ref _memory[0]);
        _headers = (Libc.MMsgHdr*)start;
        _slots = start + slotsAt;
        for (var i = 0; i < Size; i++)
        {
            var vector = (Libc.IoVec*)(start + vectorsAt) + i;
            vector->Base = _slots + i * SlotOctets + Headroom;
            vector->Length = SlotOctets - Headroom;
            _headers[i].Header = new Libc.MsgHdr
            {
                Name = start + namesAt + i * NameOctets,
                NameLength = NameOctets,
                Vectors = vector,
                VectorCount = 1,
                Control = start + controlsAt + i * ControlOctets,
                ControlLength = ControlOctets,
            };
        }
    }

    /// <summary>Waits for one datagram, takes what else is there; negative: errno is set.</summary>
    public int Receive(int fd)
    {
        var count = Libc.RecvMMsg(fd, _headers, Size, Libc.MsgWaitforone, null);
        return count;
    }

    /// <summary>Makes the first <paramref name="count"/> headers ready again: the kernel wrote their lengths.</summary>
    public void Reset(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _headers[i].Header.NameLength = NameOctets;
            _headers[i].Header.ControlLength = ControlOctets;
        }
    }

    public Span<byte> Datagram(int i) => new(_slots + i * SlotOctets + Headroom, (int)_headers[i].Length);
    public bool IsTruncated(int i) => (_headers[i].Header.Flags & Libc.MsgTrunc) != 0;
    public bool HasSender(int i) => _headers[i].Header.NameLength != 0;
    public UInt128 Remote(int i, out ushort port) => SocketOctets.ReadAddress((byte*)_headers[i].Header.Name, _isIpv6, out port);
    public UInt128 Local(int i) => SocketOctets.ReadPktinfo((byte*)_headers[i].Header.Control, _headers[i].Header.ControlLength);
}
