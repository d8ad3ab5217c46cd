using System.Runtime.CompilerServices;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>Datagrams on their way to one sendmmsg. A packet is read straight into a free slot; its headers grow in the room before it.</summary>
internal sealed unsafe class SendBatch
{
    public const int Size = 64;
    /// <summary>Octets in front of a packet: L2TP and PPP headers, and 10 that offload will want.</summary>
    public const int Headroom = 64;

    private readonly byte[] _memory; // pinned; keeps the pointers alive
    private readonly int _slotOctets;
    private readonly Libc.MMsgHdr* _headers;
    private readonly byte* _slots;
    private int _count;

    /// <param name="packetOctets">Largest packet.</param>
    public SendBatch(int packetOctets)
    {
        _slotOctets = (Headroom + packetOctets + 63) / 64 * 64 + 64;
        var vectorsAt = Size * sizeof(Libc.MMsgHdr);
        var namesAt = vectorsAt + Size * sizeof(Libc.IoVec);
        var controlsAt = namesAt + Size * 32;
        var slotsAt = controlsAt + Size * 48;
        _memory = GC.AllocateArray<byte>(slotsAt + Size * _slotOctets, pinned: true);
        var start = (byte*)Unsafe.AsPointer(ref _memory[0]);
        _headers = (Libc.MMsgHdr*)start;
        _slots = start + slotsAt;
        for (var i = 0; i < Size; i++)
        {
            _headers[i].Header = new Libc.MsgHdr
            {
                Name = start + namesAt + i * 32,
                Vectors = (Libc.IoVec*)(start + vectorsAt) + i,
                VectorCount = 1,
                Control = start + controlsAt + i * 48,
            };
        }
    }

    public int Count => _count;
    public bool IsFull => _count == Size;

    /// <summary>Where the next packet goes; its front room lies before it.</summary>
    public byte* NextPacket => _slots + _count * _slotOctets + Headroom;
    public int PacketOctets => _slotOctets - Headroom;

    /// <summary>Takes the packet at <see cref="NextPacket"/> with the headers in front of it.</summary>
    public void Add(Listener listener, in UdpFlow flow, int headerOctets, int packetOctets)
    {
        ref var header = ref _headers[_count].Header;
        header.NameLength = SocketOctets.WriteAddress((byte*)header.Name, listener.IsIpv6, flow.RemoteAddress, flow.RemotePort);
        header.ControlLength = listener.IsWildcard ? SocketOctets.WritePktinfo((byte*)header.Control, listener.IsIpv6, flow.LocalAddress) : 0;
        header.Vectors->Base = NextPacket - headerOctets;
        header.Vectors->Length = (nuint)(headerOctets + packetOctets);
        _count++;
    }

    /// <summary>Sends all; returns how many the socket refused.</summary>
    public int Flush(int fd)
    {
        var failed = 0;
        for (var at = 0; at < _count;)
        {
            var sent = Libc.SendMMsg(fd, _headers + at, (uint)(_count - at), Libc.MsgDontwait | Libc.MsgNosignal);
            if (sent > 0) { at += sent; continue; }
            if (Libc.Errno == Libc.Eintr) continue;
            var lost = Libc.Errno == Libc.Eagain ? _count - at : 1; // a full buffer refuses the rest, another error this one only
            failed += lost;
            at += lost;
        }
        _count = 0;
        return failed;
    }
}
