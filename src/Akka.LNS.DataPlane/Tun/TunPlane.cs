using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Sockets;
using Akka.LNS.Wire.Ip;
using Path = Akka.LNS.DataPlane.Sockets.Path;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>Forwards IPv4 through one TUN device: the kernel routes the pools to it, a subscriber costs no interface.</summary>
internal sealed class TunPlane(ListenSettings listen, PolicingSettings policing, TunSettings tun) : SocketPlane(listen, policing)
{
    private const double IcmpPerSecond = 1000; // ours: a flood of too large packets is not answered one by one
    private const int IcmpBurst = 50;
    private readonly RouteTable _routes = new();
    private readonly Dictionary<Ipv4Prefix, int> _kernelRoutes = []; // outside of _networks; how many paths want each
    private ImmutableArray<Ipv4Prefix> _networks = tun.Routes;           // go to the device as a whole
    private readonly List<RouteChange> _routeChanges = [];               // of the orders that are running: they go to the kernel together
    private readonly Policer _icmpPolicer = new(IcmpPerSecond, IcmpBurst, PlaneClock.Frequency);
    private TunDevice? _device;
    private ImmutableArray<int> _queues = [];
    private int _icmpSocket = -1, _wake = -1;
    private long _icmpDue = long.MinValue;

    public override string Describe() =>
        $"tun {tun.Device} mtu {tun.Mtu}{string.Concat(tun.Addresses.Select(static a => $", {a}/32"))}";

    private protected override void StartDevice()
    {
        _device = TunDevice.Open(tun);
        _queues = [.. _device.Queues];
        _wake = Libc.EventFd(0, Libc.OCloexec);
        // written back through the device the kernel would refuse it: packets that come in with a source of our own are martians
        _icmpSocket = Libc.Socket(Libc.AfInet, Libc.SockRaw | Libc.SockCloexec, Libc.IpprotoRaw);
        if (_icmpSocket < 0) Warn($"no ICMP about too large packets: {Libc.Describe(Libc.Errno)} (CAP_NET_RAW)");
        WarnAboutForwarding();
        for (var i = 0; i < _queues.Length; i++)
        {
            var (queue, tally) = (i, NewTally());
            Run($"lns-tun-{i}", () => Pump(queue, tally));
        }
    }

    private protected override unsafe void WakeDevice()
    {
        if (_wake < 0) return;
        var one = 1ul;
        Libc.Write(_wake, &one, sizeof(ulong));
    }

    private protected override void CloseDevice()
    {
        _device?.Dispose();
        _device = null;
        if (_icmpSocket >= 0) Libc.Close(_icmpSocket);
        if (_wake >= 0) Libc.Close(_wake);
        (_icmpSocket, _wake) = (-1, -1);
    }

    private protected override unsafe bool DeliverUp(int worker, ReadOnlySpan<byte> packet)
    {
        fixed (byte* octets = packet)
        {
            nint written;
            do written = Libc.Write(_queues[worker % _queues.Length], octets, (nuint)packet.Length);
            while (written < 0 && Libc.Errno == Libc.Eintr);
            return written == packet.Length;
        }
    }

    private protected override void OnForwarding(Path path, ForwardingSettings? before, ForwardingSettings? after)
    {
        var (old, now) = (Prefixes(before), Prefixes(after));
        foreach (var prefix in old)
        {
            if (now.Contains(prefix)) continue;
            _routes.Remove(prefix, path);
            Unroute(prefix);
        }
        foreach (var prefix in now)
        {
            _routes.Set(prefix, path); // again too: another path may have taken it meanwhile
            if (!old.Contains(prefix)) Route(prefix);
        }
    }

    private static ImmutableArray<Ipv4Prefix> Prefixes(ForwardingSettings? settings) =>
        settings is null ? [] : settings.FramedRoutes is { Length: > 0 } framed
            ? [.. framed.Append(new Ipv4Prefix(settings.Subscriber, 32)).Distinct()]
            : [new Ipv4Prefix(settings.Subscriber, 32)];

    private protected override void OnRoutes(ImmutableArray<Ipv4Prefix> networks, IEnumerable<Path> paths)
    {
        if (_device is null) return;
        HashSet<Ipv4Prefix> before = [.. _networks, .. _kernelRoutes.Keys];
        _networks = networks;
        _kernelRoutes.Clear(); // counted anew: what was within the old networks was not counted
        foreach (var prefix in paths.SelectMany(static p => Prefixes(p.Forwarding)))
            if (!IsWithinNetworks(prefix)) CollectionsMarshal.GetValueRefOrAddDefault(_kernelRoutes, prefix, out _)++;
        HashSet<Ipv4Prefix> after = [.. networks, .. _kernelRoutes.Keys];
        // what comes before what goes: nobody is without a route in between
        _routeChanges.AddRange(after.Except(before).Select(static n => new RouteChange(n, IsAdded: true)));
        _routeChanges.AddRange(before.Except(after).Select(static n => new RouteChange(n, IsAdded: false)));
    }

    private bool IsWithinNetworks(Ipv4Prefix prefix)
    {
        foreach (var network in _networks)
            if (network.Contains(prefix)) return true;
        return false;
    }

    private void Route(Ipv4Prefix prefix)
    {
        if (IsWithinNetworks(prefix)) return;
        var wanted = _kernelRoutes.GetValueOrDefault(prefix);
        _kernelRoutes[prefix] = wanted + 1;
        if (wanted > 0 || _device is null) return;
        _routeChanges.Add(new RouteChange(prefix, IsAdded: true));
    }

    private void Unroute(Ipv4Prefix prefix)
    {
        if (!_kernelRoutes.TryGetValue(prefix, out var wanted)) return;
        if (wanted > 1)
        {
            _kernelRoutes[prefix] = wanted - 1;
            return;
        }
        _kernelRoutes.Remove(prefix);
        if (_device is not null) _routeChanges.Add(new RouteChange(prefix, IsAdded: false));
    }

    private protected override void FinishOrders()
    {
        if (_routeChanges.Count == 0) return;
        var changes = CollectionsMarshal.AsSpan(_routeChanges);
        _device?.ChangeRoutes(changes);
        foreach (var change in changes) // a removal: ESRCH, somebody else did it; gone it is
            if (change is { IsAdded: true, Errno: not 0 }) Warn($"cannot route {change.Network} to {tun.Device}: {Libc.Describe(change.Errno)}");
        _routeChanges.Clear();
    }

    private void WarnAboutForwarding()
    {
        const string setting = "/proc/sys/net/ipv4/ip_forward";
        try
        {
            if (File.ReadAllText(setting).Trim() == "0") Warn("net.ipv4.ip_forward is 0: subscribers reach this host and nothing behind it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { } // no /proc: nothing to say about it
    }

    /// <summary>IP to subscribers: reads until the device is empty or a batch is full, then sends the batch.</summary>
    private unsafe void Pump(int queue, Tally tally)
    {
        var down = new Downstream(Math.Max(tun.Mtu, 1500));
        var polled = stackalloc Libc.PollFd[2];
        polled[0] = new Libc.PollFd { Fd = _queues[queue], Events = Libc.Pollin };
        polled[1] = new Libc.PollFd { Fd = _wake, Events = Libc.Pollin };
        var now = PlaneClock.Now;
        while (!IsStopping)
        {
            var batch = down.Batch;
            if (batch.IsFull)
            {
                Flush(down, tally);
                now = PlaneClock.Now;
            }
            var length = Libc.Read(_queues[queue], batch.NextPacket, (nuint)batch.PacketOctets);
            if (length > 0)
            {
                OnPacket(down, (int)length, queue, tally, now);
                continue;
            }
            var errno = Libc.Errno;
            if (errno == Libc.Eintr) continue;
            Flush(down, tally);
            if (length < 0 && errno != Libc.Eagain)
            {
                if (!IsStopping) Warn($"the device {tun.Device} is gone: {Libc.Describe(errno)}");
                return;
            }
            Libc.Poll(polled, 2, -1);
            now = PlaneClock.Now;
        }
    }

    /// <summary>One thread's batch, which listener it goes to, and places for a packet while batch or packet are divided.</summary>
    private sealed class Downstream(int packetOctets)
    {
        public readonly SendBatch Batch = new(packetOctets);
        public readonly byte[] Scratch = new byte[packetOctets + 128];
        public readonly byte[] Whole = new byte[packetOctets + 128];
        public int Socket = -1;
    }

    private static void Flush(Downstream down, Tally tally)
    {
        if (down.Batch.Count == 0) return;
        var failed = down.Batch.Flush(down.Socket);
        if (failed > 0) tally.Drop(DropReason.SendFailed, (ulong)failed);
    }

    private unsafe void OnPacket(Downstream down, int length, int queue, Tally tally, long now)
    {
        var octets = new ReadOnlySpan<byte>(down.Batch.NextPacket, length);
        if (!Ipv4HeaderView.TryRead(octets, out var ip, out var error))
        {
            tally.Drop(error == Ipv4Error.NotVersion4 ? DropReason.NotIpv4 : DropReason.BadIp);
            return;
        }
        if (_routes.Find(ip.Destination.Value) is not { } path)
        {
            tally.Drop(DropReason.NoPath);
            return;
        }
        if (path.Forwarding is not { } forwarding)
        {
            Drop(path, tally, DropReason.NotForwarding);
            return;
        }
        if (ip.TotalLength > forwarding.Mtu)
        {
            if (ip.DontFragment) Refuse(path, ip, forwarding, tally, now);
            else Fragment(down, path, ip, forwarding, queue, tally, now);
            return;
        }
        if (forwarding.ClampMss && Clamp(ip.Packet, forwarding)) tally.Add(Count.MssClamped);
        Emit(down, path, forwarding, ip.TotalLength, queue, tally, now);
    }

    /// <summary>Sends what lies at the batch's next place.</summary>
    private unsafe void Emit(Downstream down, Path path, ForwardingSettings forwarding, int length, int queue, Tally tally, long now)
    {
        var batch = down.Batch;
        var settings = path.Attached.Settings;
        var listener = ListenerOf(settings.Flow);
        var socket = listener.DataSocket(queue);
        if (batch.Count > 0 && socket != down.Socket) // a path of another listening end point
        {
            new ReadOnlySpan<byte>(batch.NextPacket, length).CopyTo(down.Scratch);
            Flush(down, tally);
            down.Scratch.AsSpan(0, length).CopyTo(new Span<byte>(batch.NextPacket, length));
        }
        down.Socket = socket;
        Span<byte> header = stackalloc byte[Path.MaxHeader];
        var size = path.WriteIpHeader(header, settings);
        header[..size].CopyTo(new Span<byte>(batch.NextPacket - size, size));
        batch.Add(listener, settings.Flow, size, length);
        path.CountOut(length, now);
        tally.Add(Count.OutPackets);
        tally.Add(Count.OutOctets, (ulong)length);
    }

    private unsafe void Fragment(Downstream down, Path path, Ipv4HeaderView ip, ForwardingSettings forwarding, int queue, Tally tally, long now)
    {
        ip.Packet.CopyTo(down.Whole); // the fragments take the place that the packet lies in
        Ipv4HeaderView.TryRead(down.Whole, out var whole, out _);
        tally.Add(Count.Fragmented);
        var fragments = new Ipv4Fragmenter(whole, forwarding.Mtu);
        while (true)
        {
            if (down.Batch.IsFull) Flush(down, tally);
            if (!fragments.TryNext(new Span<byte>(down.Batch.NextPacket, down.Batch.PacketOctets), out var length)) return;
            Emit(down, path, forwarding, length, queue, tally, now);
        }
    }

    /// <summary>Larger than the path and not to be fragmented: dropped, and its sender hears the MTU (RFC 1191 §4).</summary>
    private unsafe void Refuse(Path path, Ipv4HeaderView ip, ForwardingSettings forwarding, Tally tally, long now)
    {
        Drop(path, tally, DropReason.TooBig);
        if (_icmpSocket < 0 || tun.Addresses.IsEmpty || !IcmpUnreachable.MayAnswer(ip) || !_icmpPolicer.TryTake(ref _icmpDue, now)) return;
        var answer = stackalloc byte[IcmpUnreachable.MaxLength];
        var length = IcmpUnreachable.WriteFragmentationNeeded(
            new Span<byte>(answer, IcmpUnreachable.MaxLength), ip, tun.Addresses[0], (ushort)forwarding.Mtu);
        var address = stackalloc byte[SocketOctets.MaxAddress];
        var addressLength = SocketOctets.WriteAddress(address, false, ip.Source.Value, 0);
        if (Libc.SendTo(_icmpSocket, answer, (nuint)length, Libc.MsgDontwait | Libc.MsgNosignal, address, addressLength) >= 0) tally.Add(Count.IcmpSent);
    }
}
