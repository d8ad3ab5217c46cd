using System.Diagnostics;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.L2tpSockets;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>Listens to the kernel's changes of devices, addresses and routes (rtnetlink(7)), with a thread of its own. It has the owner
/// compare the device when it may have changed, and publishes the addresses and routes of the host.</summary>
/// <remarks>When the kernel drops messages (ENOBUFS), everything is compared and read again.</remarks>
internal sealed unsafe class DeviceWatch : IDisposable
{
    private const uint GroupLink = 0x1, GroupIpv4Address = 0x10, GroupIpv4Route = 0x40;
    private const int BufferOctets = 1 << 16, ReceiveBufferOctets = 1 << 20, JoinMilliseconds = 5000;

    /// <summary>Time to wait for further changes before a comparison: one command makes many messages.</summary>
    private static readonly long Settle = Stopwatch.Frequency / 10;

    /// <summary>Shortest time between two comparisons, and time to the next one after a failure.</summary>
    private static readonly long Pause = Stopwatch.Frequency;

    /// <summary>Reading the host takes at most this part of the time.</summary>
    private const int HostShare = 20;

    private readonly IDeviceOwner _owner;
    private readonly TunInterface _device;
    private readonly int _mtu;
    private readonly HostLists _lists = new();
    private readonly Thread _thread;
    private int _fd, _wake;
    private volatile bool _isStopping;
    private long _checkAt = long.MaxValue, _checkedAt, _hostAt = long.MaxValue, _hostNext;

    /// <param name="mtu">MTU of the device in octets.</param>
    /// <exception cref="DataPlaneStartException">There is no rtnetlink.</exception>
    public DeviceWatch(IDeviceOwner owner, TunInterface device, int mtu)
    {
        (_owner, _device, _mtu) = (owner, device, mtu);
        _fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        var address = stackalloc uint[3]; // sockaddr_nl: family, port (the kernel chooses), groups
        (address[0], address[1], address[2]) = ((uint)(int)AF_NETLINK, 0, GroupLink | GroupIpv4Address | GroupIpv4Route);
        if (_fd < 0 || bind(_fd, (sockaddr*)address, 3 * sizeof(uint)) != 0)
        {
            var error = errno;
            _lists.Dispose();
            throw new DataPlaneStartException($"cannot listen to rtnetlink: {SocketOptions.Describe(error)}");
        }
        _ = SocketOptions.TrySet(_fd, SOL_SOCKET, SO_RCVBUF, ReceiveBufferOctets);
        _wake = eventfd(0, EFD_CLOEXEC);
        Publish(); // before the first subscriber
        _thread = new Thread(Run) { IsBackground = true, Name = "lns-netlink" };
        _thread.Start();
    }

    public void Dispose()
    {
        _isStopping = true;
        var one = 1ul;
        _ = write(_wake, &one, sizeof(ulong));
        if (_thread != Thread.CurrentThread) _thread.Join(JoinMilliseconds);
        _ = close(_fd);
        _ = close(_wake);
        _lists.Dispose();
    }

    private void Run()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(BufferOctets, pinned: true);
        while (!_isStopping)
        {
            Wait();
            Drain(buffer);
            var now = Stopwatch.GetTimestamp();
            if (_isStopping) return;
            if (now >= _checkAt)
            {
                _checkAt = long.MaxValue;
                if (!Check()) _checkAt = Stopwatch.GetTimestamp() + Pause;
                _checkedAt = Stopwatch.GetTimestamp();
            }
            if (now >= _hostAt) Publish();
        }
    }

    private bool Check()
    {
        try
        {
            return _owner.Check();
        }
        catch (Exception e) when (e is not OutOfMemoryException) // the watch must not end with one bad comparison
        {
            _owner.Warn($"the comparison of the device failed: {e.Message}");
            return false;
        }
    }

    private void Publish()
    {
        var begin = Stopwatch.GetTimestamp();
        _hostAt = long.MaxValue;
        if (_lists.Without(_device.Index) is { } host) _owner.OnHost(host);
        var end = Stopwatch.GetTimestamp();
        _hostNext = end + Math.Max(Settle, HostShare * (end - begin));
    }

    private void Wait()
    {
        var polled = stackalloc pollfd[2];
        (polled[0].fd, polled[0].events) = (_fd, POLLIN);
        (polled[1].fd, polled[1].events) = (_wake, POLLIN);
        var due = Math.Min(_checkAt, _hostAt);
        var left = due == long.MaxValue ? -1 : Math.Max(0, due - Stopwatch.GetTimestamp());
        _ = poll(polled, 2, left < 0 ? -1 : (int)(left * 1000 / Stopwatch.Frequency) + 1);
    }

    /// <summary>Takes what the kernel has said.</summary>
    private void Drain(byte[] buffer)
    {
        fixed (byte* octets = buffer)
        {
            while (!_isStopping)
            {
                var length = (int)recv(_fd, octets, BufferOctets, MSG_DONTWAIT);
                if (length < 0 && errno == ENOBUFS)
                {
                    CheckSoon();
                    HostSoon();
                    continue;
                }
                if (length < 0 && errno == EINTR) continue;
                if (length <= 0) return;
                ReadOnlySpan<byte> rest = buffer.AsSpan(0, length);
                while (NetlinkMessage.TryRead(ref rest, out var message)) Take(message);
            }
        }
    }

    private void Take(NetlinkMessage message)
    {
        var own = _device.Index;
        if (message.TryReadLink(out var link))
        {
            if (link.Index != own) HostSoon();
            else if (message.Type == NetlinkMessage.DeleteLink || !link.IsUp || link.Mtu != _mtu) CheckSoon();
        }
        else if (message.TryReadAddress(out _, out var index))
        {
            if (index != own) HostSoon();
            else if (message.Type == NetlinkMessage.DeleteAddress) CheckSoon();
        }
        else if (message.TryReadRoute(out var route) && route.Table == RouteState.MainTable)
        {
            // a new route of this device is our own; a removed one is, unless it should be there
            if (route.Index != own) HostSoon();
            if ((route.Index != own || message.Type == NetlinkMessage.DeleteRoute) && _owner.Expects(route.Network)) CheckSoon();
        }
    }

    private void CheckSoon()
    {
        if (_checkAt == long.MaxValue) _checkAt = Math.Max(Stopwatch.GetTimestamp() + Settle, _checkedAt == 0 ? 0 : _checkedAt + Pause);
    }

    private void HostSoon()
    {
        if (_hostAt == long.MaxValue) _hostAt = Math.Max(Stopwatch.GetTimestamp() + Settle, _hostNext);
    }
}
