using System.Net;
using System.Net.Sockets;
using Akka.LNS.DataPlane.Contract;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>The sockets of one listening end point: one for control, one for PPP control, the others for data.
/// A filter in the kernel distributes the datagrams.</summary>
internal sealed unsafe class Listener : IDisposable
{
    /// <summary>Index of the socket for L2TP control messages.</summary>
    public const int Control = 0;

    /// <summary>Index of the socket for PPP frames that are not forwarded.</summary>
    public const int Ppp = 1;

    /// <summary>Index of the first socket for data.</summary>
    public const int FirstData = 2;

    private const int UDP_NO_CHECK6_RX = 102; // linux/udp.h
    private int[] _sockets = []; // replaced as a whole: actors may send while the plane stops

    private Listener(byte index, IPEndPoint asked)
    {
        Index = index;
        IsIpv6 = asked.AddressFamily == AddressFamily.InterNetworkV6;
        Address = UdpFlow.ToValue(asked.Address);
        IsWildcard = asked.Address.Equals(IPAddress.Any) || asked.Address.Equals(IPAddress.IPv6Any);
        Bound = asked;
    }

    public byte Index { get; }
    public bool IsIpv6 { get; }

    /// <summary>Bound to all addresses of the family: each datagram carries its own local address in a control message.</summary>
    public bool IsWildcard { get; }

    /// <summary>The address to listen on; all zeros with a wildcard.</summary>
    public UInt128 Address { get; }

    public IPEndPoint Bound { get; private set; }

    /// <summary>-1 after <see cref="Dispose"/>.</summary>
    public int ControlSocket => _sockets is [var first, ..] ? first : -1;

    /// <summary>The socket that a worker sends data with. -1 after <see cref="Dispose"/>.</summary>
    public int DataSocket(int worker) => _sockets is { Length: > FirstData } all
        ? all[FirstData + worker % (all.Length - FirstData)] : -1;

    public IReadOnlyList<int> Sockets => _sockets;

    /// <exception cref="DataPlaneStartException">The end point is taken, is not of this host, or is not allowed.</exception>
    public static Listener Open(byte index, IPEndPoint asked, ListenSettings settings, Action<string> warn)
    {
        var listener = new Listener(index, asked);
        try
        {
            listener.Bound = new IPEndPoint(asked.Address, listener.Probe(asked));
            for (var i = 0; i < FirstData + Math.Max(1, settings.DataThreads); i++)
            {
                var fd = listener.NewSocket(asked);
                listener._sockets = [.. listener._sockets, fd];
                listener.Prepare(fd, settings, i == 0 ? warn : null);
                SocketOptions.TrySet(fd, SOL_SOCKET, SO_REUSEPORT, 1);
                listener.Bind(fd, listener.Bound);
                if (i == 0) Steer(fd, (uint)Math.Max(1, settings.DataThreads));
            }
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Datagrams that the kernel dropped because a receive buffer was full. 0 after <see cref="Dispose"/>.</summary>
    public ulong Overflows()
    {
        var sum = 0ul;
        foreach (var fd in _sockets) sum += SocketOptions.Drops(fd);
        return sum;
    }

    /// <summary>Ends receive calls that wait.</summary>
    public void Wake()
    {
        foreach (var fd in _sockets) _ = shutdown(fd, SHUT_RDWR); // it fails with ENOTCONN, and yet the waiting threads wake
    }

    public void Dispose()
    {
        var sockets = _sockets;
        _sockets = [];
        foreach (var fd in sockets) _ = close(fd);
    }

    /// <summary>Binds once without SO_REUSEPORT, which would let a second instance join the group without an error.
    /// Returns the port.</summary>
    private int Probe(IPEndPoint asked)
    {
        var fd = NewSocket(asked);
        try
        {
            Bind(fd, asked);
            var address = stackalloc byte[SocketOctets.MaxAddress];
            socklen_t length = SocketOctets.MaxAddress;
            _ = getsockname(fd, (sockaddr*)address, &length);
            SocketOctets.ReadAddress(address, IsIpv6, out var port);
            return port;
        }
        finally { _ = close(fd); }
    }

    private int NewSocket(IPEndPoint asked)
    {
        var fd = socket(IsIpv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            throw new DataPlaneStartException(errno == EAFNOSUPPORT
                ? $"cannot listen on UDP {asked}: this host has no {(IsIpv6 ? "IPv6" : "IPv4")}"
                : $"cannot make a socket for UDP {asked}: {SocketOptions.Describe(errno)}");
        }
        if (IsIpv6) SocketOptions.TrySet(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        return fd;
    }

    private void Bind(int fd, IPEndPoint at)
    {
        var address = stackalloc byte[SocketOctets.MaxAddress];
        var length = SocketOctets.WriteAddress(address, IsIpv6, Address, (ushort)at.Port);
        if (bind(fd, (sockaddr*)address, length) == 0) return;
        var error = errno;
        throw new DataPlaneStartException(
            error == EADDRINUSE ? $"UDP {at} is taken by another program (or another instance)"
            : error == EADDRNOTAVAIL ? $"cannot listen on UDP {at}: this host has no address {at.Address}"
            : error == EACCES ? $"cannot listen on UDP {at}: no right to bind this port"
            : $"cannot listen on UDP {at}: {SocketOptions.Describe(error)}");
    }

    private void Prepare(int fd, ListenSettings settings, Action<string>? warn)
    {
        SetBuffer(fd, settings.ReceiveBufferOctets, SO_RCVBUFFORCE, SO_RCVBUF, "receive", "net.core.rmem_max", warn);
        SetBuffer(fd, settings.SendBufferOctets, SO_SNDBUFFORCE, SO_SNDBUF, "send", "net.core.wmem_max", warn);
        if (IsIpv6)
        {
            SocketOptions.TrySet(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
            SocketOptions.TrySet(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
            SocketOptions.TrySet(fd, IPPROTO_UDP, UDP_NO_CHECK6_RX, 1); // a peer may send no checksum (RFC 2661 section 8.1)
            return;
        }
        SocketOptions.TrySet(fd, IPPROTO_IP, IP_PKTINFO, 1);
        SocketOptions.TrySet(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    }

    private void SetBuffer(int fd, int octets, int force, int plain, string what, string limit, Action<string>? warn)
    {
        if (!SocketOptions.TrySet(fd, SOL_SOCKET, force, octets)) SocketOptions.TrySet(fd, SOL_SOCKET, plain, octets);
        var got = SocketOptions.Get(fd, SOL_SOCKET, plain) / 2; // the kernel doubles the value for its own bookkeeping
        if (got < octets) warn?.Invoke($"UDP {Bound}: {what} buffer is {got} octets, {octets} were asked: {limit} limits it");
    }

    /// <summary>Sends datagrams with T=1 to socket 0, PPP control to socket 1, and other data to socket 2 + session id mod n.</summary>
    /// <remarks>
    /// The filter sees the UDP payload: an L2TP header (RFC 2661 section 3.1) and a PPP frame (RFC 1661 section 2). A load behind the end
    /// returns 0 from the program: socket 0. A header with an offset field counts as data: it is rare, and its length is not known here.
    /// </remarks>
    private static void Steer(int fd, uint dataSockets)
    {
        const ushort LoadHalf = 0x28, LoadHalfAtX = 0x48, LoadXFromMemory = 0x61, Store = 0x02, AToX = 0x07, XToA = 0x87;
        const ushort ShiftRight = 0x74, And = 0x54, AddX = 0x0C, Add = 0x04, Modulo = 0x94;
        const ushort JumpIfEqual = 0x15, JumpIfSet = 0x45, ReturnA = 0x16, Return = 0x06;
        ReadOnlySpan<SystemCalls.SockFilter> program =
        [
            new(LoadHalf, 0, 0, 0),          // flags and version
            new(JumpIfSet, 22, 0, 0x8000),   // T: control
            new(AToX, 0, 0, 0),
            new(ShiftRight, 0, 0, 13),       // L (0x4000): 2 octets of Length
            new(And, 0, 0, 2),
            new(Store, 0, 0, 0),
            new(XToA, 0, 0, 0),
            new(JumpIfSet, 10, 0, 0x0200),   // O: data
            new(ShiftRight, 0, 0, 9),        // S (0x0800): 4 octets of Ns and Nr
            new(And, 0, 0, 4),
            new(LoadXFromMemory, 0, 0, 0),
            new(AddX, 0, 0, 0),
            new(AToX, 0, 0, 0),
            new(LoadHalfAtX, 0, 0, 6),       // the frame: FF 03, or the protocol
            new(JumpIfEqual, 0, 1, 0xFF03),
            new(LoadHalfAtX, 0, 0, 8),       // the protocol
            new(JumpIfSet, 1, 0, 0x0100),    // a first odd octet is the whole protocol: data (RFC 1661 section 6.5)
            new(JumpIfSet, 5, 0, 0x8000),    // 0x8000 and above: LCP, authentication, NCPs
            new(LoadXFromMemory, 0, 0, 0),
            new(LoadHalfAtX, 0, 0, 4),       // Session ID
            new(Modulo, 0, 0, dataSockets),
            new(Add, 0, 0, FirstData),
            new(ReturnA, 0, 0, 0),
            new(Return, 0, 0, Ppp),
            new(Return, 0, 0, Control),
        ];
        fixed (SystemCalls.SockFilter* first = program)
        {
            var filter = new SystemCalls.SockFprog { Length = (ushort)program.Length, Filter = first };
            if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof(SystemCalls.SockFprog)) == 0) return;
        }
        throw new DataPlaneStartException($"cannot steer control and data apart: {SocketOptions.Describe(errno)}");
    }
}
