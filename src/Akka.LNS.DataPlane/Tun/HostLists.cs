using System.Collections.Immutable;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.L2tpSockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>Reads devices, addresses and routes of the kernel. One caller at a time.</summary>
internal sealed unsafe class HostLists : IDisposable
{
    private const int MaxRoutes = 10_000, BufferOctets = 1 << 16, MaxTries = 3;
    private const int SolNetlink = 270, StrictCheck = 12;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferOctets, pinned: true);
    private int _fd;
    private uint _sequence;

    private delegate bool Take(NetlinkMessage message);

    /// <exception cref="DataPlaneStartException">There is no rtnetlink.</exception>
    public HostLists()
    {
        _fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (_fd < 0) throw new DataPlaneStartException($"cannot open rtnetlink: {SocketOptions.Describe(errno)}");
        _ = SocketOptions.TrySet(_fd, SolNetlink, StrictCheck, 1); // an old kernel lists more, and the reader looks at each
    }

    public void Dispose()
    {
        if (_fd >= 0) _ = close(_fd);
        _fd = -1;
    }

    /// <summary>State of a device; null: it does not exist.</summary>
    public LinkState? Link(int index)
    {
        LinkState? found = null;
        Span<byte> request = stackalloc byte[NetlinkWriter.MaxLength];
        List(new NetlinkWriter(request, ++_sequence).ReadLink(index), message =>
        {
            if (message.TryReadLink(out var link)) found = link;
            return false; // one answer, without an end
        });
        return found;
    }

    /// <summary>Addresses of a device. Null: they cannot be read.</summary>
    public List<Ipv4Address>? AddressesOn(int index)
    {
        var found = new List<Ipv4Address>();
        Span<byte> request = stackalloc byte[NetlinkWriter.MaxLength];
        return List(new NetlinkWriter(request, ++_sequence).ListAddresses(), message =>
        {
            if (message.TryReadAddress(out var address, out var on) && on == index) found.Add(address);
            return true;
        }) ? found : null;
    }

    /// <summary>Networks of the main table that go to a device. Null: they cannot be read.</summary>
    public HashSet<Ipv4Prefix>? RoutesTo(int index)
    {
        var found = new HashSet<Ipv4Prefix>();
        Span<byte> request = stackalloc byte[NetlinkWriter.MaxLength];
        return List(new NetlinkWriter(request, ++_sequence).ListRoutes(index), message =>
        {
            if (message.TryReadRoute(out var route) && route.Index == index && route.Table == RouteState.MainTable)
                found.Add(route.Network);
            return true;
        }) ? found : null;
    }

    /// <summary>Addresses and routes of the host without those of one device. Null: they cannot be read.</summary>
    public HostNetwork? Without(int index)
    {
        var names = new Dictionary<int, string>();
        var addresses = ImmutableArray.CreateBuilder<HostAddress>();
        var routes = new List<RouteState>();
        Span<byte> request = stackalloc byte[NetlinkWriter.MaxLength];
        var isRead = List(new NetlinkWriter(request, ++_sequence).ListLinks(), message =>
        {
            if (message.TryReadLink(out var link)) names[link.Index] = link.Name;
            return true;
        });
        isRead &= List(new NetlinkWriter(request, ++_sequence).ListAddresses(), message =>
        {
            if (message.TryReadAddress(out var address, out var on) && on != index)
                addresses.Add(new HostAddress(address, names.GetValueOrDefault(on, $"device {on}")));
            return true;
        });
        isRead &= List(new NetlinkWriter(request, ++_sequence).ListRoutes(0), message =>
        {
            if (message.TryReadRoute(out var route) && route.Index != index && route.Table == RouteState.MainTable
                && routes.Count <= MaxRoutes) routes.Add(route);
            return true;
        });
        if (!isRead) return null;
        if (routes.Count > MaxRoutes) routes.RemoveAll(static r => r.Network.Length > 0); // the next hops of the default route stay
        return new HostNetwork([.. addresses.Distinct()],
            [.. routes.Select(r => new HostNetworkRoute(r.Network, r.Gateway, r.Index == 0 ? "" : names.GetValueOrDefault(r.Index, "")))]);
    }

    /// <summary>Asks, and passes each message of the answer to <paramref name="take"/> until it returns false.</summary>
    /// <returns>False: the answer is not whole.</returns>
    private bool List(ReadOnlySpan<byte> request, Take take)
    {
        for (var tries = 1; ; tries++)
        {
            fixed (byte* octets = request)
                if (sendto(_fd, octets, request.Length, MSG_NOSIGNAL, null, 0) < 0) return false;
            if (!Read(_sequence, take, out var isInterrupted)) return false;
            if (!isInterrupted || tries == MaxTries) return true;
        }
    }

    private bool Read(uint sequence, Take take, out bool isInterrupted)
    {
        isInterrupted = false;
        fixed (byte* buffer = _buffer)
        {
            while (true)
            {
                var length = (int)recv(_fd, buffer, BufferOctets, 0);
                if (length < 0 && errno == EINTR) continue;
                if (length <= 0) return false;
                ReadOnlySpan<byte> rest = _buffer.AsSpan(0, length);
                while (NetlinkMessage.TryRead(ref rest, out var message))
                {
                    if (message.Sequence != sequence) continue; // of an answer that was given up
                    isInterrupted |= message.IsInterrupted;
                    if (message.Type == NetlinkMessage.Done) return true;
                    if (message.TryReadError(out var error)) return error == 0;
                    if (!take(message)) return true;
                }
            }
        }
    }
}
