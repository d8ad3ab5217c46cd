using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using Akka.LNS.Wire;

namespace Akka.LNS.Stress.Sockets;

/// <summary>An IPv4 address and a UDP port.</summary>
public readonly record struct UdpEndpoint(Ipv4Address Address, ushort Port)
{
    public override string ToString() => $"{Address}:{Port}";
}

/// <summary>
/// A UDP socket that reads and writes in batches. One socket stands for any number of hosts: each datagram says which address it comes from.
/// Memory is made once. For one thread.
/// </summary>
internal sealed unsafe class DatagramSocket : IDisposable
{
    /// <summary>Datagrams of one system call.</summary>
    public const int BatchSize = 128;
    /// <summary>Largest datagram; what is longer is cut, and then refused by the codecs.</summary>
    public const int MaxDatagram = 2048 + 64; // not a power of two, or all slots share cache sets

    private readonly byte[] _memory; // pinned; keeps the pointers alive
    private readonly Libc.MMsgHdr* _received;
    private readonly Libc.MMsgHdr* _sending;
    private int _fd;
    private int _count;

    /// <param name="at">Address 0.0.0.0: any; port 0: the system's choice.</param>
    /// <exception cref="Win32Exception">The system gives no such socket.</exception>
    public DatagramSocket(UdpEndpoint at, int bufferOctets)
    {
        _fd = Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockCloexec, 0);
        if (_fd < 0) throw new Win32Exception(Libc.Errno, $"no UDP socket: {Libc.Describe(Libc.Errno)}");
        SetBuffer(Libc.SoRcvbufForce, Libc.SoRcvbuf, bufferOctets);
        SetBuffer(Libc.SoSndbufForce, Libc.SoSndbuf, bufferOctets);
        var address = Write(at);
        if (Libc.Bind(_fd, &address, (uint)sizeof(Libc.SockAddrIn)) != 0)
        {
            var errno = Libc.Errno;
            _ = Libc.Close(_fd);
            throw new Win32Exception(errno, $"cannot bind UDP {at}: {Libc.Describe(errno)}");
        }
        var length = (uint)sizeof(Libc.SockAddrIn);
        Libc.GetSockName(_fd, &address, &length);
        Bound = Read(address);

        var slot = sizeof(Libc.MMsgHdr) + sizeof(Libc.IoVec) + sizeof(Libc.SockAddrIn) + sizeof(Libc.PktInfo) + MaxDatagram;
        _memory = GC.AllocateArray<byte>(2 * BatchSize * slot, pinned: true);
        var next = (byte*)Unsafe.AsPointer(ref _memory[0]);
        _received = Prepare(ref next);
        _sending = Prepare(ref next);
    }

    public UdpEndpoint Bound { get; }
    /// <summary>Datagrams that the system refused to send for another reason than a full buffer.</summary>
    public long Refused { get; private set; }

    /// <summary>Waits for something to read; at least one millisecond if at all.</summary>
    public void Wait(TimeSpan atMost) => Poll(Libc.Pollin, (int)Math.Clamp(Math.Ceiling(atMost.TotalMilliseconds), 0, 60_000));

    /// <summary>Waits until one of two sockets has something to read.</summary>
    public static void WaitForEither(DatagramSocket first, DatagramSocket second, int milliseconds)
    {
        var polls = stackalloc Libc.PollFd[2];
        polls[0] = new Libc.PollFd { Fd = first._fd, Events = Libc.Pollin };
        polls[1] = new Libc.PollFd { Fd = second._fd, Events = Libc.Pollin };
        _ = Libc.Poll(polls, 2, milliseconds);
    }

    /// <summary>What is there, at most <see cref="BatchSize"/> datagrams, without waiting.</summary>
    public int Receive()
    {
        for (var i = 0; i < BatchSize; i++) _received[i].Header.NameLength = (uint)sizeof(Libc.SockAddrIn);
        return Math.Max(0, Libc.RecvMMsg(_fd, _received, BatchSize, Libc.MsgDontwait, null));
    }

    public ReadOnlySpan<byte> Received(int i) => new(_received[i].Header.Vectors->Base, (int)_received[i].Length);
    public UdpEndpoint Sender(int i) => Read(*(Libc.SockAddrIn*)_received[i].Header.Name);

    /// <summary>Where the next datagram is to be written. Sends what waits when there is no room.</summary>
    public Span<byte> NextSlot()
    {
        if (_count == BatchSize) Flush();
        return new Span<byte>(_sending[_count].Header.Vectors->Base, MaxDatagram);
    }

    /// <summary>Takes what stands in <see cref="NextSlot"/>.</summary>
    /// <param name="from">An address of this host; none: the socket's.</param>
    public void Add(int length, UdpEndpoint to, Ipv4Address from = default)
    {
        ref var header = ref _sending[_count++].Header;
        header.Vectors->Length = (nuint)length;
        *(Libc.SockAddrIn*)header.Name = Write(to);
        header.ControlLength = from.IsNone ? 0 : (nuint)sizeof(Libc.PktInfo);
        if (from.IsNone) return;
        *(Libc.PktInfo*)header.Control = new Libc.PktInfo
        {
            Length = 28, // CMSG_LEN(sizeof(in_pktinfo))
            Level = Libc.IpprotoIp,
            Type = Libc.IpPktinfo,
            Source = BinaryPrimitives.ReverseEndianness(from.Value),
        };
    }

    /// <summary>Sends all; waits while the buffer is full, since a generator that loses its own datagrams measures itself.</summary>
    public void Flush()
    {
        for (var at = 0; at < _count;)
        {
            var sent = Libc.SendMMsg(_fd, _sending + at, (uint)(_count - at), Libc.MsgDontwait | Libc.MsgNosignal);
            if (sent > 0) at += sent;
            else if (Libc.Errno == Libc.Eagain) Poll(Libc.Pollout, 100);
            else if (Libc.Errno != Libc.Eintr)
            {
                Refused++;
                at++;
            }
        }
        _count = 0;
    }

    public void Dispose()
    {
        var fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0) _ = Libc.Close(fd);
    }

    private void Poll(short what, int milliseconds)
    {
        var poll = new Libc.PollFd { Fd = _fd, Events = what };
        _ = Libc.Poll(&poll, 1, milliseconds);
    }

    private void SetBuffer(int force, int plain, int octets)
    {
        if (Libc.SetSockOpt(_fd, Libc.SolSocket, force, &octets, sizeof(int)) != 0) _ = Libc.SetSockOpt(_fd, Libc.SolSocket, plain, &octets, sizeof(int));
    }

    private static Libc.MMsgHdr* Prepare(ref byte* next)
    {
        var headers = (Libc.MMsgHdr*)next;
        var vectors = (Libc.IoVec*)(headers + BatchSize);
        var names = (Libc.SockAddrIn*)(vectors + BatchSize);
        var controls = (Libc.PktInfo*)(names + BatchSize);
        var slots = (byte*)(controls + BatchSize);
        for (var i = 0; i < BatchSize; i++)
        {
            vectors[i] = new Libc.IoVec { Base = slots + i * MaxDatagram, Length = MaxDatagram };
            headers[i].Header = new Libc.MsgHdr
            {
                Name = names + i,
                NameLength = (uint)sizeof(Libc.SockAddrIn),
                Vectors = vectors + i,
                VectorCount = 1,
                Control = controls + i,
            };
        }
        next = slots + BatchSize * MaxDatagram;
        return headers;
    }

    private static Libc.SockAddrIn Write(UdpEndpoint endpoint) => new()
    {
        Family = Libc.AfInet,
        Port = BinaryPrimitives.ReverseEndianness(endpoint.Port),
        Address = BinaryPrimitives.ReverseEndianness(endpoint.Address.Value),
    };

    private static UdpEndpoint Read(Libc.SockAddrIn address) =>
        new(new Ipv4Address(BinaryPrimitives.ReverseEndianness(address.Address)), BinaryPrimitives.ReverseEndianness(address.Port));
}
