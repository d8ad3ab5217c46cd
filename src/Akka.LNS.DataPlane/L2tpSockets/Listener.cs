using System.Net;
using System.Net.Sockets;
using Akka.LNS.DataPlane.Contract;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>The sockets of one listening end point: the first for control, the others for data.
/// A filter in the kernel distributes the datagrams.</summary>
internal sealed unsafe class Listener : IDisposable
{
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
    public int DataSocket(int worker) => _sockets is { Length: > 1 } all ? all[1 + worker % (all.Length - 1)] : -1;

    public IReadOnlyList<int> Sockets => _sockets;

    /// <exception cref="DataPlaneStartException">The end point is taken, is not of this host, or is not allowed.</exception>
    public static Listener Open(byte index, IPEndPoint asked, ListenSettings settings, Action<string> warn)
    {
        var listener = new Listener(index, asked);
        try
        {
            listener.Bound = new IPEndPoint(asked.Address, listener.Probe(asked));
            for (var i = 0; i <= Math.Max(1, settings.DataThreads); i++)
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

    /// <summary>Sends datagrams with T=1 to socket 0, and data to socket 1 + session id mod n (RFC 2661 section 3.1).</summary>
    private static void Steer(int fd, uint dataSockets)
    {
        const ushort LoadHalf = 0x28, JumpIfSet = 0x45, Modulo = 0x94, Add = 0x04, ReturnA = 0x16, ReturnK = 0x06, Jump = 0x05;
        ReadOnlySpan<SystemCalls.SockFilter> program =
        [
            new(LoadHalf, 0, 0, 0), // the filter sees the UDP payload; a load behind its end returns 0 from the program: socket 0
            new(JumpIfSet, 7, 0, 0x8000), // to the last instruction
            new(JumpIfSet, 0, 2, 0x4000),
            new(LoadHalf, 0, 0, 6), // L set: flags, Length, Tunnel ID, Session ID
            new(Jump, 0, 0, 1),
            new(LoadHalf, 0, 0, 4), // L clear
            new(Modulo, 0, 0, dataSockets),
            new(Add, 0, 0, 1),
            new(ReturnA, 0, 0, 0),
            new(ReturnK, 0, 0, 0),
        ];
        fixed (SystemCalls.SockFilter* first = program)
        {
            var filter = new SystemCalls.SockFprog { Length = (ushort)program.Length, Filter = first };
            if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof(SystemCalls.SockFprog)) == 0) return;
        }
        throw new DataPlaneStartException($"cannot steer control and data apart: {SocketOptions.Describe(errno)}");
    }
}
