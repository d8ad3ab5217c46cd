using Akka.LNS.DataPlane.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>One rtnetlink socket: a request, its acknowledgement, an errno. One caller at a time.</summary>
internal sealed unsafe class RouteSocket : IDisposable
{
    private int _fd;
    private uint _sequence;

    public RouteSocket()
    {
        _fd = Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockCloexec, 0);
        if (_fd < 0) throw new DataPlaneStartException($"cannot open rtnetlink: {Libc.Describe(Libc.Errno)}");
    }

    public int LinkUp(int index, int mtu, int queueLength)
    {
        Span<byte> buffer = stackalloc byte[NetlinkWriter.MaxLength];
        return Ask(new NetlinkWriter(buffer, ++_sequence).LinkUp(index, mtu, queueLength));
    }

    public int NoIpv6Autoconfiguration(int index)
    {
        Span<byte> buffer = stackalloc byte[NetlinkWriter.MaxLength];
        return Ask(new NetlinkWriter(buffer, ++_sequence).NoIpv6Autoconfiguration(index));
    }

    public int AddAddress(int index, Ipv4Address address)
    {
        Span<byte> buffer = stackalloc byte[NetlinkWriter.MaxLength];
        return Ask(new NetlinkWriter(buffer, ++_sequence).AddAddress(index, address));
    }

    public int AddRoute(int index, Ipv4Prefix network)
    {
        Span<byte> buffer = stackalloc byte[NetlinkWriter.MaxLength];
        return Ask(new NetlinkWriter(buffer, ++_sequence).AddRoute(index, network));
    }

    public int RemoveRoute(int index, Ipv4Prefix network)
    {
        Span<byte> buffer = stackalloc byte[NetlinkWriter.MaxLength];
        return Ask(new NetlinkWriter(buffer, ++_sequence).RemoveRoute(index, network));
    }

    public void Dispose()
    {
        if (_fd >= 0) Libc.Close(_fd);
        _fd = -1;
    }

    private int Ask(ReadOnlySpan<byte> request)
    {
        fixed (byte* octets = request)
        {
            // an unbound netlink socket talks to the kernel: no address is needed
            if (Libc.SendTo(_fd, octets, (nuint)request.Length, Libc.MsgNosignal, null, 0) < 0) return Libc.Errno;
        }
        var answer = stackalloc byte[1024];
        while (true)
        {
            var length = Libc.Recv(_fd, answer, 1024, 0);
            if (length < 0 && Libc.Errno != Libc.Eintr) return Libc.Errno;
            if (length >= 0 && NetlinkWriter.ReadAcknowledgement(new ReadOnlySpan<byte>(answer, (int)length), _sequence) is { } errno) return errno;
        }
    }
}
