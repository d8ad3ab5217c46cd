using System.Runtime.CompilerServices;
using System.Text;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Sockets;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>A multi-queue TUN device with its addresses and routes. It is not persistent: when its descriptors close, all of it is gone.</summary>
internal sealed unsafe class TunDevice : IDisposable
{
    private const nuint TunSetIff = 0x400454ca, SiocGifIndex = 0x8933;
    private const short IffTun = 0x0001, IffMultiQueue = 0x0100, IffNoPi = 0x1000;
    private const ushort IffTunExclusive = 0x8000; // without it a second instance would become one more queue of this device
    private const int NameOctets = 16, IfreqOctets = 40;
    private const int QueueLength = 4096; // packets that wait for us: the default of 500 is less than one burst
    private readonly List<int> _queues = [];
    private readonly TunSettings _settings;
    private RouteSocket? _routes;
    private int _index;

    private TunDevice(TunSettings settings) => _settings = settings;

    /// <summary>One descriptor per queue, non-blocking.</summary>
    public IReadOnlyList<int> Queues => _queues;

    /// <exception cref="DataPlaneStartException">No right, no TUN, name or address taken.</exception>
    public static TunDevice Open(TunSettings settings)
    {
        var device = new TunDevice(settings);
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

    /// <summary>As one operation; each gets its errno.</summary>
    public void ChangeRoutes(Span<RouteChange> changes) => _routes!.ChangeRoutes(_index, changes);

    public void Dispose()
    {
        foreach (var fd in _queues) Libc.Close(fd);
        _queues.Clear();
        _routes?.Dispose();
    }

    private void OpenQueues()
    {
        var name = Encoding.UTF8.GetBytes(_settings.Device);
        if (name.Length is 0 or >= NameOctets || name.AsSpan().ContainsAny((byte)'/', (byte)' ', (byte)'%'))
            throw new DataPlaneStartException($"'{_settings.Device}' cannot be the name of a device");
        var request = stackalloc byte[IfreqOctets];
        for (var i = 0; i < Math.Max(1, _settings.Queues); i++)
        {
            var fd = Libc.Open("/dev/net/tun", Libc.ORdwr | Libc.ONonblock | Libc.OCloexec);
            if (fd < 0)
            {
                throw new DataPlaneStartException(Libc.Errno switch
                {
                    Libc.Enoent or Libc.Enodev or Libc.Enxio => "no /dev/net/tun on this host: load the module (modprobe tun) or give the container the device",
                    Libc.Eperm or Libc.Eacces => "no right to open /dev/net/tun: CAP_NET_ADMIN and the device are needed",
                    var errno => $"cannot open /dev/net/tun: {Libc.Describe(errno)}",
                });
            }
            _queues.Add(fd);
            Fill(request, name, (ushort)((ushort)(IffTun | IffNoPi | IffMultiQueue) | (i == 0 ? IffTunExclusive : 0)));
            if (Libc.Ioctl(fd, TunSetIff, request) == 0) continue;
            throw new DataPlaneStartException(Libc.Errno switch
            {
                Libc.Eperm => $"cannot make the device {_settings.Device}: CAP_NET_ADMIN is missing",
                Libc.Ebusy or Libc.Eexist or Libc.Einval => $"cannot make the device {_settings.Device}: the name is taken (another instance?)",
                var errno => $"cannot make the device {_settings.Device}: {Libc.Describe(errno)}",
            });
        }
        var socket = Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockCloexec, 0);
        Fill(request, name, 0);
        var result = Libc.Ioctl(socket, SiocGifIndex, request);
        var error = Libc.Errno;
        Libc.Close(socket);
        if (result != 0) throw new DataPlaneStartException($"the device {_settings.Device} has no index: {Libc.Describe(error)}");
        _index = Unsafe.ReadUnaligned<int>(request + NameOctets);
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
        _routes.NoIpv6Autoconfiguration(_index); // refused where there is no IPv6: then there is nothing to quieten
        Demand(_routes.LinkUp(_index, _settings.Mtu, QueueLength), $"bring {_settings.Device} up with MTU {_settings.Mtu}");
        foreach (var address in _settings.Addresses) Demand(_routes.AddAddress(_index, address), $"put {address} on {_settings.Device}");
        foreach (var network in _settings.Routes) Demand(_routes.AddRoute(_index, network), $"route {network} to {_settings.Device}");
    }

    private static void Demand(int errno, string what)
    {
        if (errno == 0) return;
        throw new DataPlaneStartException(errno switch
        {
            Libc.Eperm => $"cannot {what}: CAP_NET_ADMIN is missing",
            Libc.Eexist => $"cannot {what}: this host has it already",
            _ => $"cannot {what}: {Libc.Describe(errno)}",
        });
    }
}
