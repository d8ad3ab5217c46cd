using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>One route of ours in the kernel that comes or goes.</summary>
internal record struct RouteChange(Ipv4Prefix Network, bool IsAdded)
{
    /// <summary>What the kernel said; 0: done.</summary>
    public int Errno { get; set; }
}

/// <summary>One rtnetlink socket: a request, its acknowledgement, an errno. One caller at a time.</summary>
internal sealed unsafe class RouteSocket : IDisposable
{
    /// <summary>An acknowledgement takes about 1 KiB of the receive buffer, which is 208 KiB unless somebody made it smaller.</summary>
    private const int MaxTogether = 64;
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

    /// <summary>As many requests in one datagram as the acknowledgements of all leave room for in the socket; each change gets its errno.</summary>
    public void ChangeRoutes(int index, Span<RouteChange> changes)
    {
        for (; !changes.IsEmpty; changes = changes[Math.Min(changes.Length, MaxTogether)..])
            ChangeTogether(index, changes[..Math.Min(changes.Length, MaxTogether)]);
    }

    public void Dispose()
    {
        if (_fd >= 0) Libc.Close(_fd);
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
        var (isHeard, errno) = (Send(buffer[..length]), Libc.Errno);
        for (var i = 0; i < changes.Length; i++) // the kernel answers in order
        {
            if (isHeard) isHeard = TryReadAcknowledgement(first + (uint)i, out errno);
            changes[i].Errno = errno; // a socket that fails gives no more answers
        }
    }

    private int Ask(ReadOnlySpan<byte> request)
    {
        if (!Send(request)) return Libc.Errno;
        TryReadAcknowledgement(_sequence, out var errno);
        return errno;
    }

    private bool Send(ReadOnlySpan<byte> requests)
    {
        // an unbound netlink socket talks to the kernel: no address is needed
        fixed (byte* octets = requests) return Libc.SendTo(_fd, octets, (nuint)requests.Length, Libc.MsgNosignal, null, 0) >= 0;
    }

    /// <summary>False: the socket failed, with this errno.</summary>
    private bool TryReadAcknowledgement(uint sequence, out int errno)
    {
        var answer = stackalloc byte[1024];
        while (true)
        {
            var length = Libc.Recv(_fd, answer, 1024, 0);
            if (length < 0 && (errno = Libc.Errno) != Libc.Eintr) return false;
            if (length < 0 || NetlinkWriter.ReadAcknowledgement(new ReadOnlySpan<byte>(answer, (int)length), sequence) is not { } code) continue;
            errno = code;
            return true;
        }
    }
}
