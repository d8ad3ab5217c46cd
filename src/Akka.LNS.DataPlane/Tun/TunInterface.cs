using System.Runtime.CompilerServices;
using System.Text;
using System.Collections.Immutable;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.L2tpSockets;
using Akka.LNS.Wire.Ip;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>A multi-queue TUN interface with its addresses and routes. It is not persistent:
/// the kernel removes all of it with its descriptors.</summary>
internal sealed unsafe class TunInterface : IDisposable
{
    private const int TunSetIff = 0x400454ca;
    private const short IffTun = 0x0001, IffMultiQueue = 0x0100, IffNoPi = 0x1000;
    private const ushort IffTunExclusive = 0x8000; // without it a second instance would become one more queue of this device
    private const int NameOctets = 16, IfreqOctets = 40;
    private const int QueueLength = 4096; // packets that wait for lnsd: the default of 500 is less than one burst
    private const int MostNamed = 5; // routes in one line of the log
    private readonly List<int> _queues = [];
    private readonly TunSettings _settings;
    private readonly HostLists _lists = new();
    private RouteSocket? _routes;
    private volatile int _index;

    private TunInterface(TunSettings settings) => _settings = settings;

    /// <summary>Index of the device. A device that is made again has another one.</summary>
    public int Index => _index;

    /// <summary>One non-blocking descriptor per queue. They stay when the device is made again.</summary>
    public IReadOnlyList<int> Queues => _queues;

    /// <exception cref="DataPlaneStartException">A right or the TUN driver is missing, or a name, address or route is taken.</exception>
    public static TunInterface Open(TunSettings settings)
    {
        var device = new TunInterface(settings);
        try
        {
            device.OpenQueues();
            device.Configure();
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Changes routes to the interface. Each change gets its errno.</summary>
    public void ChangeRoutes(Span<RouteChange> changes)
    {
        _routes!.ChangeRoutes(_index, changes);
        foreach (ref var change in changes)
        {
            if (change.Errno == 0 || (!change.IsAdded && change.Errno == ESRCH)) continue;
            change.Problem = $"cannot {(change.IsAdded ? "route" : "remove the route")} {change.Network} to {_settings.Device}: "
                + (change.Errno == EEXIST ? "this host has another route to it" : SocketOptions.Describe(change.Errno));
        }
    }

    public void Dispose()
    {
        foreach (var fd in _queues) _ = close(fd);
        _queues.Clear();
        _routes?.Dispose();
        _lists.Dispose();
    }

    /// <summary>Compares the device with the settings and the routes, and puts back what is missing.</summary>
    public DeviceReport Repair(IReadOnlyCollection<Ipv4Prefix> routes)
    {
        var repairs = ImmutableArray.CreateBuilder<string>();
        if (_lists.Link(_index) is not { } link)
        {
            try
            {
                OpenAgain();
            }
            catch (DataPlaneStartException e)
            {
                return new DeviceReport([], $"the device {_settings.Device} was deleted, and it {e.Message}", [], []);
            }
            repairs.Add($"the device {_settings.Device} was deleted: made again with {_queues.Count} queues");
        }
        else if (!link.IsUp || link.Mtu != _settings.Mtu)
        {
            var what = link.IsUp
                ? $"the MTU of {_settings.Device} was {link.Mtu}: set to {_settings.Mtu}"
                : $"{_settings.Device} was down: brought up";
            if (_routes!.LinkUp(_index, _settings.Mtu, QueueLength) is not 0 and var error)
                return new DeviceReport([], $"{what.Split(':')[0]}, and that stays: {SocketOptions.Describe(error)}", [], []);
            repairs.Add(what);
        }
        var isRead = PutBackRoutes(routes, repairs, out var made, out var refused);
        var failure = PutBackAddresses(repairs) ?? (isRead ? null : "the routes of the device cannot be read");
        return new DeviceReport(repairs.ToImmutable(), failure, made, refused);
    }

    private string? PutBackAddresses(ImmutableArray<string>.Builder repairs)
    {
        if (_lists.AddressesOn(_index) is not { } there) return "the addresses of the device cannot be read";
        List<string> missing = [];
        foreach (var address in _settings.Addresses)
        {
            if (there.Contains(address)) continue;
            if (_routes!.AddAddress(_index, address) is not 0 and var error)
                return $"the address {address} is missing on {_settings.Device} and cannot be put back: {SocketOptions.Describe(error)}";
            missing.Add(address.ToString());
        }
        if (missing.Count > 0) repairs.Add($"addresses missing on {_settings.Device}: {string.Join(", ", missing)} put back");
        return null;
    }

    private bool PutBackRoutes(IReadOnlyCollection<Ipv4Prefix> routes, ImmutableArray<string>.Builder repairs,
        out ImmutableArray<Ipv4Prefix> made, out ImmutableArray<(Ipv4Prefix, string)> refused)
    {
        (made, refused) = ([], []);
        if (_lists.RoutesTo(_index) is not { } there) return false;
        RouteChange[] missing = [.. routes.Where(r => !there.Contains(r)).Select(static r => new RouteChange(r, IsAdded: true))];
        if (missing.Length == 0) return true;
        ChangeRoutes(missing);
        made = [.. missing.Where(static m => m.Problem is null).Select(static m => m.Network)];
        refused = [.. missing.Where(static m => m.Problem is not null).Select(static m => (m.Network, m.Problem!))];
        var more = made.Length > MostNamed ? $" and {made.Length - MostNamed} more" : "";
        if (made.Length > 0) repairs.Add($"routes missing: {string.Join(", ", made.Take(MostNamed))}{more} put back");
        return true;
    }

    /// <summary>Makes a deleted device again. Its queues get the old descriptors, so threads that read and write go on.</summary>
    private void OpenAgain()
    {
        int[] before = [.. _queues];
        _queues.Clear();
        try
        {
            OpenQueues();
            for (var i = 0; i < before.Length; i++)
            {
                if (dup3(_queues[i], before[i], O_CLOEXEC) < 0)
                    throw new DataPlaneStartException($"cannot be made again: {SocketOptions.Describe(errno)}");
            }
        }
        finally
        {
            foreach (var fd in _queues) _ = close(fd);
            _queues.Clear();
            _queues.AddRange(before);
        }
        _routes!.NoIpv6Autoconfiguration(_index);
        if (_routes.LinkUp(_index, _settings.Mtu, QueueLength) is not 0 and var error)
            throw new DataPlaneStartException($"cannot be brought up again: {SocketOptions.Describe(error)}");
    }

    private void OpenQueues()
    {
        var name = Encoding.UTF8.GetBytes(_settings.Device);
        if (name.Length is 0 or >= NameOctets || name.AsSpan().ContainsAny((byte)'/', (byte)' ', (byte)'%'))
            throw new DataPlaneStartException($"'{_settings.Device}' cannot be the name of a device");
        var request = stackalloc byte[IfreqOctets];
        for (var i = 0; i < Math.Max(1, _settings.Queues); i++)
        {
            _queues.Add(OpenDriver());
            var fd = _queues[^1];
            Fill(request, name, (ushort)((ushort)(IffTun | IffNoPi | IffMultiQueue) | (i == 0 ? IffTunExclusive : 0)));
            if (ioctl(fd, TunSetIff, request) == 0) continue;
            var error = errno;
            throw new DataPlaneStartException($"cannot make the device {_settings.Device}: " + (
                error == EPERM ? "CAP_NET_ADMIN is missing"
                : error == EBUSY || error == EEXIST || error == EINVAL ? "the name is taken (another instance?)"
                : SocketOptions.Describe(error)));
        }
        _index = IndexOf(name, request);
    }

    private static int OpenDriver()
    {
        int fd;
        fixed (byte* path = "/dev/net/tun"u8) fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0) return fd;
        var error = errno;
        throw new DataPlaneStartException(
            error == ENOENT || error == ENODEV || error == ENXIO
                ? "no /dev/net/tun on this host: load the module (modprobe tun) or give the container the device"
            : error == EPERM || error == EACCES ? "no right to open /dev/net/tun: CAP_NET_ADMIN and the device are needed"
            : $"cannot open /dev/net/tun: {SocketOptions.Describe(error)}");
    }

    /// <summary>SIOCGIFINDEX (netdevice(7)).</summary>
    private int IndexOf(byte[] name, byte* request)
    {
        var fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        Fill(request, name, 0);
        var result = ioctl(fd, SIOCGIFINDEX, request);
        var error = errno;
        _ = close(fd);
        return result == 0
            ? Unsafe.ReadUnaligned<int>(request + NameOctets)
            : throw new DataPlaneStartException($"the device {_settings.Device} has no index: {SocketOptions.Describe(error)}");
    }

    private static void Fill(byte* request, byte[] name, ushort flags)
    {
        new Span<byte>(request, IfreqOctets).Clear();
        name.CopyTo(new Span<byte>(request, NameOctets));
        Unsafe.WriteUnaligned(request + NameOctets, flags);
    }

    private void Configure()
    {
        _routes = new RouteSocket();
        _routes.NoIpv6Autoconfiguration(_index); // a host without IPv6 refuses it, and has nothing to turn off
        Demand(_routes.LinkUp(_index, _settings.Mtu, QueueLength), $"bring {_settings.Device} up with MTU {_settings.Mtu}");
        foreach (var address in _settings.Addresses) Demand(_routes.AddAddress(_index, address), $"put {address} on {_settings.Device}");
        foreach (var network in _settings.Routes) Demand(_routes.AddRoute(_index, network), $"route {network} to {_settings.Device}");
    }

    private static void Demand(int error, string what)
    {
        if (error == 0) return;
        throw new DataPlaneStartException($"cannot {what}: " + (
            error == EPERM ? "CAP_NET_ADMIN is missing"
            : error == EEXIST ? "this host has it already"
            : SocketOptions.Describe(error)));
    }
}
