using System.Collections.Immutable;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.L2tpSockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>One TUN interface as the IP side of the plane.</summary>
internal sealed unsafe class TunDevice(TunSettings settings) : IIpDevice
{
    /// <summary>One queue, read by one thread.</summary>
    private sealed class Queue(int fd)
    {
        public readonly int Fd = fd;
        public bool IsDrained; // the last read found nothing: wait before the next one
    }

    private ImmutableArray<Queue> _queues = [];
    private const int DeviceGone = 77; // EBADFD: the device of the descriptor was deleted
    private const int PauseMilliseconds = 50, WaitMilliseconds = 1000;
    private TunInterface? _interface;
    private DeviceWatch? _watch;
    private Action<string> _warn = static _ => { };
    private int _wake = -1, _ownSocket = -1;
    private volatile bool _isStopping;

    public int Queues => Math.Max(1, settings.Queues);
    public int PacketOctets => Math.Max(settings.Mtu, 1500);
    public Ipv4Address? OwnAddress => _ownSocket >= 0 && settings.Addresses is [var first, ..] ? first : null;

    public string Describe() =>
        $"tun {settings.Device} mtu {settings.Mtu}{string.Concat(settings.Addresses.Select(static address => $", {address}/32"))}";

    public void Open(IDeviceOwner owner)
    {
        _warn = owner.Warn;
        _interface = TunInterface.Open(settings);
        _queues = [.. _interface.Queues.Select(static fd => new Queue(fd))];
        _wake = eventfd(0, EFD_CLOEXEC);
        // written to the device, an own packet would come in with a source address of this host: the kernel drops it as a martian
        _ownSocket = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
        if (_ownSocket < 0) _warn($"no ICMP about too large packets: {SocketOptions.Describe(errno)} (CAP_NET_RAW)");
        WarnAboutForwarding();
        _watch = new DeviceWatch(owner, _interface, settings.Mtu);
    }

    public DeviceReport Repair(IReadOnlyCollection<Ipv4Prefix> routes) => _interface?.Repair(routes) ?? DeviceReport.Right;

    public bool ReadBatch(int queue, PacketBatch batch)
    {
        var from = _queues[queue];
        batch.Clear();
        if (from.IsDrained) Wait(from.Fd);
        from.IsDrained = false;
        while (!batch.IsFull)
        {
            var length = (int)read(from.Fd, batch.NextSlot, batch.PacketOctets);
            if (length > 0)
            {
                batch.Add(length);
                continue;
            }
            var error = errno;
            if (error == EINTR) continue;
            from.IsDrained = true;
            if (length == 0 || error == EAGAIN) return true;
            if (error == DeviceGone && !_isStopping) // the watch makes it again, with the same descriptor
            {
                Pause();
                return true;
            }
            if (!_isStopping) _warn($"the device {settings.Device} is gone: {SocketOptions.Describe(error)}");
            return false;
        }
        return true;
    }

    public int WriteBatch(int worker, PacketBatch batch)
    {
        var fd = _queues[worker % _queues.Length].Fd;
        var refused = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            if (packet.IsEmpty) continue;
            fixed (byte* octets = packet)
            {
                int written;
                do written = (int)write(fd, octets, packet.Length);
                while (written < 0 && errno == EINTR);
                if (written != packet.Length) refused++;
            }
        }
        return refused;
    }

    public bool SendOwn(Ipv4Address to, ReadOnlySpan<byte> packet)
    {
        var address = stackalloc byte[SocketOctets.MaxAddress];
        var addressLength = SocketOctets.WriteAddress(address, isIpv6: false, to.Value, 0);
        fixed (byte* octets = packet)
            return sendto(_ownSocket, octets, packet.Length, MSG_DONTWAIT | MSG_NOSIGNAL, (sockaddr*)address, addressLength) >= 0;
    }

    public void SetRoutes(Span<RouteChange> changes) => _interface?.ChangeRoutes(changes);

    public void Wake()
    {
        _isStopping = true;
        _watch?.Dispose(); // not under the plane's lock, which its thread may wait for
        _watch = null;
        if (_wake < 0) return;
        var one = 1ul;
        _ = write(_wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _interface?.Dispose();
        _interface = null;
        if (_ownSocket >= 0) _ = close(_ownSocket);
        if (_wake >= 0) _ = close(_wake);
        (_ownSocket, _wake) = (-1, -1);
    }

    /// <summary>Waits for a packet or for <see cref="Wake"/>.</summary>
    private void Wait(int fd)
    {
        var polled = stackalloc pollfd[2];
        (polled[0].fd, polled[0].events) = (fd, POLLIN);
        (polled[1].fd, polled[1].events) = (_wake, POLLIN);
        _ = poll(polled, 2, WaitMilliseconds); // a device that was moved away wakes no reader
    }

    private void Pause()
    {
        var polled = new pollfd { fd = _wake, events = POLLIN };
        _ = poll(&polled, 1, PauseMilliseconds);
    }

    private void WarnAboutForwarding()
    {
        const string setting = "/proc/sys/net/ipv4/ip_forward";
        try
        {
            if (File.ReadAllText(setting).Trim() == "0")
                _warn("net.ipv4.ip_forward is 0: subscribers reach this host and nothing behind it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { } // no /proc: the value is unknown
    }
}
