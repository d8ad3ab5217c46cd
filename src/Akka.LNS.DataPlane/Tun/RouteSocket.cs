using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.L2tpSockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>One rtnetlink socket: each request gets an acknowledgement with an errno. One caller at a time.</summary>
internal sealed unsafe class RouteSocket : IDisposable
{
    /// <summary>Requests of one datagram. Each acknowledgement takes about 1 KiB of the receive buffer, whose default is 208 KiB.</summary>
    private const int MaxTogether = 64;
    private int _fd;
    private uint _sequence;

    public RouteSocket()
    {
        _fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (_fd < 0) throw new DataPlaneStartException($"cannot open rtnetlink: {SocketOptions.Describe(errno)}");
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

    /// <summary>Makes the changes in their order, many in one datagram. Each change gets its errno.</summary>
    public void ChangeRoutes(int index, Span<RouteChange> changes)
    {
        for (; !changes.IsEmpty; changes = changes[Math.Min(changes.Length, MaxTogether)..])
            ChangeTogether(index, changes[..Math.Min(changes.Length, MaxTogether)]);
    }

    public void Dispose()
    {
        if (_fd >= 0) _ = close(_fd);
        _fd = -1;
    }

    private void ChangeTogether(int index, Span<RouteChange> changes)
    {
        Span<byte> buffer = stackalloc byte[MaxTogether * NetlinkWriter.RouteLength];
        var (length, first) = (0, _sequence + 1);
        foreach (var change in changes)
        {
            var writer = new NetlinkWriter(buffer[length..], ++_sequence);
            length += (change.IsAdded ? writer.AddRoute(index, change.Network) : writer.RemoveRoute(index, change.Network)).Length;
        }
        var isAlive = Send(buffer[..length]);
        var error = isAlive ? 0 : errno;
        for (var i = 0; i < changes.Length; i++) // the kernel answers in order
        {
            if (isAlive) isAlive = TryReadAcknowledgement(first + (uint)i, out error);
            changes[i].Errno = error; // a socket that failed gives no more answers
        }
    }

    private int Ask(ReadOnlySpan<byte> request)
    {
        if (!Send(request)) return errno;
        TryReadAcknowledgement(_sequence, out var error);
        return error;
    }

    private bool Send(ReadOnlySpan<byte> requests)
    {
        // an unbound netlink socket sends to the kernel: no address is needed
        fixed (byte* octets = requests) return sendto(_fd, octets, requests.Length, MSG_NOSIGNAL, null, 0) >= 0;
    }

    /// <summary>Waits for one acknowledgement. False: the socket failed with this errno.</summary>
    private bool TryReadAcknowledgement(uint sequence, out int error)
    {
        var answer = stackalloc byte[1024];
        while (true)
        {
            var length = (int)recv(_fd, answer, 1024, 0);
            if (length < 0 && (error = errno) != EINTR) return false;
            if (length < 0 || NetlinkWriter.ReadAcknowledgement(new ReadOnlySpan<byte>(answer, length), sequence) is not { } code) continue;
            error = code;
            return true;
        }
    }
}
