using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.L2tpSockets;
using Akka.LNS.Wire;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.Stress.Sockets;

/// <summary>A UDP socket that reads and writes in batches. Each datagram may have a source address of its own:
/// one socket serves any number of
/// hosts. Memory is allocated once. For one thread.</summary>
internal sealed unsafe class DatagramSocket : IDisposable
{
    /// <summary>Datagrams of one system call.</summary>
    public const int BatchSize = 128;

    /// <summary>Largest datagram in octets. A longer one is cut, and the codecs refuse it.</summary>
    public const int MaxDatagram = 2048 + 64; // not a power of two, or all slots share cache sets

    /// <summary>A control message with the source address of a datagram (IP_PKTINFO of ip(7)), and padding.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PktInfo
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Interface;
        public uint Source;
        public uint Destination;
        public uint Padding;
    }

    /// <summary>A sockaddr_in. Port and address are in network byte order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SockAddrIn
    {
        public ushort Family;
        public ushort Port;
        public uint Address;
        public ulong Zero;
    }

    private readonly byte[] _memory; // pinned: keeps the pointers valid
    private readonly mmsghdr* _received;
    private readonly mmsghdr* _sending;
    private int _fd;
    private int _count;

    /// <param name="at">Address 0.0.0.0: any. Port 0: the system chooses one.</param>
    /// <param name="bufferOctets">Size of the socket's send buffer and of its receive buffer.</param>
    /// <exception cref="Win32Exception">The system refuses the socket.</exception>
    public DatagramSocket(UdpEndpoint at, int bufferOctets)
    {
        _fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (_fd < 0) throw Failure(errno, "no UDP socket");
        SetBuffer(SO_RCVBUFFORCE, SO_RCVBUF, bufferOctets);
        SetBuffer(SO_SNDBUFFORCE, SO_SNDBUF, bufferOctets);
        var address = Write(at);
        if (bind(_fd, (sockaddr*)&address, sizeof(SockAddrIn)) != 0)
        {
            var error = errno;
            _ = close(_fd);
            throw Failure(error, $"cannot bind UDP {at}");
        }
        socklen_t length = sizeof(SockAddrIn);
        _ = getsockname(_fd, (sockaddr*)&address, &length);
        Bound = Read(address);

        var slot = sizeof(mmsghdr) + sizeof(iovec) + sizeof(SockAddrIn) + sizeof(PktInfo) + MaxDatagram;
        _memory = GC.AllocateArray<byte>(2 * BatchSize * slot, pinned: true);
        var next = (byte*)Unsafe.AsPointer(ref _memory[0]);
        _received = Prepare(ref next);
        _sending = Prepare(ref next);
    }

    /// <summary>Address and port of the socket.</summary>
    public UdpEndpoint Bound { get; }

    /// <summary>Datagrams that the system refused to send for another reason than a full buffer.</summary>
    public long Refused { get; private set; }

    /// <summary>Waits for something to read. A wait is a whole number of milliseconds, rounded up.</summary>
    public void Wait(TimeSpan atMost) => Poll(POLLIN, (int)Math.Clamp(Math.Ceiling(atMost.TotalMilliseconds), 0, 60_000));

    /// <summary>Waits until one of two sockets has something to read.</summary>
    public static void WaitForEither(DatagramSocket first, DatagramSocket second, int milliseconds)
    {
        var polls = stackalloc pollfd[2];
        polls[0] = new pollfd { fd = first._fd, events = POLLIN };
        polls[1] = new pollfd { fd = second._fd, events = POLLIN };
        _ = poll(polls, 2, milliseconds);
    }

    /// <summary>Reads at most <see cref="BatchSize"/> datagrams without waiting. Returns their number.</summary>
    public int Receive()
    {
        for (var i = 0; i < BatchSize; i++) HeaderOf(_received, i)->msg_namelen = sizeof(SockAddrIn);
        return Math.Max(0, SystemCalls.RecvMMsg(_fd, _received, BatchSize, MSG_DONTWAIT, null));
    }

    public ReadOnlySpan<byte> Received(int i) => new(HeaderOf(_received, i)->msg_iov->iov_base, (int)_received[i].msg_len);

    public UdpEndpoint Sender(int i) => Read(*(SockAddrIn*)HeaderOf(_received, i)->msg_name);

    /// <summary>Memory for the next datagram. Sends the waiting ones when there is no room.</summary>
    public Span<byte> NextSlot()
    {
        if (_count == BatchSize) Flush();
        return new Span<byte>(HeaderOf(_sending, _count)->msg_iov->iov_base, MaxDatagram);
    }

    /// <summary>Takes the datagram in <see cref="NextSlot"/>.</summary>
    /// <param name="length">Its length in octets.</param>
    /// <param name="to">Its destination.</param>
    /// <param name="from">Its source, an address of this host. None: the socket's.</param>
    public void Add(int length, UdpEndpoint to, Ipv4Address from = default)
    {
        var header = HeaderOf(_sending, _count++);
        header->msg_iov->iov_len = length;
        *(SockAddrIn*)header->msg_name = Write(to);
        header->msg_controllen = from.IsNone ? 0 : sizeof(PktInfo);
        if (from.IsNone) return;
        *(PktInfo*)header->msg_control = new PktInfo
        {
            Length = 28, // CMSG_LEN(sizeof(in_pktinfo))
            Level = IPPROTO_IP,
            Type = IP_PKTINFO,
            Source = BinaryPrimitives.ReverseEndianness(from.Value),
        };
    }

    /// <summary>Sends all datagrams. Waits while the buffer is full: a generator that loses its own datagrams would measure
    /// itself.</summary>
    public void Flush()
    {
        for (var at = 0; at < _count;)
        {
            var sent = SystemCalls.SendMMsg(_fd, _sending + at, (uint)(_count - at), MSG_DONTWAIT | MSG_NOSIGNAL);
            var error = sent > 0 ? 0 : errno;
            if (sent > 0) at += sent;
            else if (error == EAGAIN) Poll(POLLOUT, 100);
            else if (error != EINTR)
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
        if (fd >= 0) _ = close(fd);
    }

    private void Poll(short what, int milliseconds)
    {
        var polled = new pollfd { fd = _fd, events = what };
        _ = poll(&polled, 1, milliseconds);
    }

    private void SetBuffer(int force, int plain, int octets)
    {
        if (setsockopt(_fd, SOL_SOCKET, force, &octets, sizeof(int)) != 0) _ = setsockopt(_fd, SOL_SOCKET, plain, &octets, sizeof(int));
    }

    private static mmsghdr* Prepare(ref byte* next)
    {
        var headers = (mmsghdr*)next;
        var vectors = (iovec*)(headers + BatchSize);
        var names = (SockAddrIn*)(vectors + BatchSize);
        var controls = (PktInfo*)(names + BatchSize);
        var slots = (byte*)(controls + BatchSize);
        for (var i = 0; i < BatchSize; i++)
        {
            vectors[i] = new iovec { iov_base = slots + i * MaxDatagram, iov_len = MaxDatagram };
            *HeaderOf(headers, i) = new msghdr
            {
                msg_name = names + i,
                msg_namelen = sizeof(SockAddrIn),
                msg_iov = vectors + i,
                msg_iovlen = 1,
                msg_control = controls + i,
            };
        }
        next = slots + BatchSize * MaxDatagram;
        return headers;
    }

    /// <summary>A mmsghdr begins with its msghdr.</summary>
    private static msghdr* HeaderOf(mmsghdr* messages, int i) => (msghdr*)(messages + i);

    private static Win32Exception Failure(int error, string what) =>
        new(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");

    private static SockAddrIn Write(UdpEndpoint endpoint) => new()
    {
        Family = (ushort)AF_INET,
        Port = BinaryPrimitives.ReverseEndianness(endpoint.Port),
        Address = BinaryPrimitives.ReverseEndianness(endpoint.Address.Value),
    };

    private static UdpEndpoint Read(SockAddrIn address) =>
        new(new Ipv4Address(BinaryPrimitives.ReverseEndianness(address.Address)), BinaryPrimitives.ReverseEndianness(address.Port));
}
