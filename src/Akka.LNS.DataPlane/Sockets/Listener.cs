using System.Net;
using System.Net.Sockets;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>The sockets of one listening end point: the first for control, the others for data, steered by a filter in the kernel.</summary>
internal sealed unsafe class Listener : IDisposable
{
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
    /// <summary>All addresses of the family: each datagram says which one was asked, each answer which one it comes from.</summary>
    public bool IsWildcard { get; }
    public UInt128 Address { get; }
    public IPEndPoint Bound { get; private set; }
    /// <summary>-1 after the end.</summary>
    public int ControlSocket => _sockets is [var first, ..] ? first : -1;
    public int DataSocket(int worker) => _sockets is { Length: > 1 } all ? all[1 + worker % (all.Length - 1)] : -1;
    public IReadOnlyList<int> Sockets => _sockets;

    /// <exception cref="DataPlaneStartException">Taken, not ours, not allowed.</exception>
    public static Listener Open(byte index, IPEndPoint asked, ListenSettings settings, List<string> warnings)
    {
        var listener = new Listener(index, asked);
        try
        {
            listener.Bound = new IPEndPoint(asked.Address, listener.Probe(asked));
            for (var i = 0; i <= Math.Max(1, settings.DataThreads); i++)
            {
                var fd = listener.NewSocket(asked);
                listener._sockets = [.. listener._sockets, fd];
                listener.Prepare(fd, settings, i == 0 ? warnings : null);
                Libc.TrySetOption(fd, Libc.SolSocket, Libc.SoReuseport, 1);
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

    /// <summary>Ends receive calls that wait; their threads then see that they are to stop.</summary>
    public void Wake()
    {
        foreach (var fd in _sockets) Libc.Shutdown(fd, Libc.ShutRdwr); // ENOTCONN, and yet the sleepers wake
    }

    public void Dispose()
    {
        var sockets = _sockets;
        _sockets = [];
        foreach (var fd in sockets) Libc.Close(fd);
    }

    /// <summary>Binds once without SO_REUSEPORT, which would let a second instance join our group in silence; returns the port.</summary>
    private int Probe(IPEndPoint asked)
    {
        var fd = NewSocket(asked);
        try
        {
            Bind(fd, asked);
            var address = stackalloc byte[SocketOctets.MaxAddress];
            uint length = SocketOctets.MaxAddress;
            Libc.GetSockName(fd, address, &length);
            SocketOctets.ReadAddress(address, IsIpv6, out var port);
            return port;
        }
        finally { Libc.Close(fd); }
    }

    private int NewSocket(IPEndPoint asked)
    {
        var fd = Libc.Socket(IsIpv6 ? Libc.AfInet6 : Libc.AfInet, Libc.SockDgram | Libc.SockCloexec, 0);
        if (fd < 0)
        {
            throw new DataPlaneStartException(Libc.Errno == Libc.Eafnosupport
                ? $"cannot listen on UDP {asked}: this host has no {(IsIpv6 ? "IPv6" : "IPv4")}"
                : $"cannot make a socket for UDP {asked}: {Libc.Describe(Libc.Errno)}");
        }
        if (IsIpv6) Libc.TrySetOption(fd, Libc.IpprotoIpv6, Libc.Ipv6V6only, 1);
        return fd;
    }

    private void Bind(int fd, IPEndPoint at)
    {
        var address = stackalloc byte[SocketOctets.MaxAddress];
        var length = SocketOctets.WriteAddress(address, IsIpv6, Address, (ushort)at.Port);
        if (Libc.Bind(fd, address, length) == 0) return;
        throw new DataPlaneStartException(Libc.Errno switch
        {
            Libc.Eaddrinuse => $"UDP {at} is taken by another program (or another instance)",
            Libc.Eaddrnotavail => $"cannot listen on UDP {at}: this host has no address {at.Address}",
            Libc.Eacces => $"cannot listen on UDP {at}: no right to bind this port",
            var errno => $"cannot listen on UDP {at}: {Libc.Describe(errno)}",
        });
    }

    private void Prepare(int fd, ListenSettings settings, List<string>? warnings)
    {
        SetBuffer(fd, settings.ReceiveBufferOctets, Libc.SoRcvbufForce, Libc.SoRcvbuf, "receive", "net.core.rmem_max", warnings);
        SetBuffer(fd, settings.SendBufferOctets, Libc.SoSndbufForce, Libc.SoSndbuf, "send", "net.core.wmem_max", warnings);
        if (IsIpv6)
        {
            Libc.TrySetOption(fd, Libc.IpprotoIpv6, Libc.Ipv6RecvPktinfo, 1);
            Libc.TrySetOption(fd, Libc.IpprotoIpv6, Libc.Ipv6MtuDiscover, Libc.PmtudiscDont);
            Libc.TrySetOption(fd, Libc.IpprotoUdp, Libc.UdpNoCheck6Rx, 1); // RFC 2661 §8.1 lets a peer send none
            return;
        }
        Libc.TrySetOption(fd, Libc.IpprotoIp, Libc.IpPktinfo, 1);
        Libc.TrySetOption(fd, Libc.IpprotoIp, Libc.IpMtuDiscover, Libc.PmtudiscDont);
    }

    private void SetBuffer(int fd, int octets, int force, int plain, string what, string limit, List<string>? warnings)
    {
        if (!Libc.TrySetOption(fd, Libc.SolSocket, force, octets)) Libc.TrySetOption(fd, Libc.SolSocket, plain, octets);
        var got = Libc.GetOption(fd, Libc.SolSocket, plain) / 2; // the kernel doubles it for its own bookkeeping
        if (got < octets) warnings?.Add($"UDP {Bound}: {what} buffer is {got} octets, {octets} were asked: {limit} limits it");
    }

    /// <summary>T=1 and what is too short to say to socket 0; data to socket 1 + session id mod n (RFC 2661 §3.1).</summary>
    private static void Steer(int fd, uint dataSockets)
    {
        const ushort LoadHalf = 0x28, JumpIfSet = 0x45, Modulo = 0x94, Add = 0x04, ReturnA = 0x16, ReturnK = 0x06, Jump = 0x05;
        ReadOnlySpan<Libc.SockFilter> program =
        [
            new(LoadHalf, 0, 0, 0), // the filter sees the UDP payload; a load behind its end returns 0
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
        fixed (Libc.SockFilter* first = program)
        {
            var filter = new Libc.SockFprog { Length = (ushort)program.Length, Filter = first };
            if (Libc.SetSockOpt(fd, Libc.SolSocket, Libc.SoAttachReuseportCbpf, &filter, (uint)sizeof(Libc.SockFprog)) == 0) return;
        }
        throw new DataPlaneStartException($"cannot steer control and data apart: {Libc.Describe(Libc.Errno)}");
    }
}
