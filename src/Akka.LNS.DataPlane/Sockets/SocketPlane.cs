using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>What all planes share: UDP sockets and their threads, the path table, policing, counters. A plane adds what IP packets go to.</summary>
internal abstract class SocketPlane : IDataPlane
{
    private const int MaxWarnings = 100;
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(5);
    private readonly ListenSettings _listen;
    private readonly Policer _policer;
    private readonly PathTable _paths = new();
    private readonly Lock _gate = new(); // orders come one at a time anyway; receive threads never take it
    private readonly List<Thread> _threads = [];
    private readonly List<Tally> _tallies = [];
    private readonly List<string> _warnings = [];
    private ImmutableArray<Listener> _listeners = [];
    private IControlReceiver? _receiver;
    private bool _isStarted, _isDisposed;
    private volatile bool _isStopping;

    protected SocketPlane(ListenSettings listen, PolicingSettings policing)
    {
        if (listen.Endpoints.Length is 0 or > 255) throw new ArgumentException("1 to 255 end points", nameof(listen));
        _listen = listen;
        _policer = new Policer(policing.FramesPerSecond, policing.Burst, PlaneClock.Frequency);
        Shared = NewTally();
    }

    public abstract string Describe();
    public int PathCount => _paths.Count;

    public IReadOnlyList<string> Warnings
    {
        get { lock (_warnings) return [.. _warnings]; }
    }

    public IReadOnlyList<IPEndPoint> Listening => [.. _listeners.Select(static l => l.Bound)];

    /// <summary>Counters of threads that are not the plane's own.</summary>
    private protected Tally Shared { get; }
    private protected bool IsStopping => _isStopping;

    public void Start(IControlReceiver receiver)
    {
        if (_isStarted) throw new InvalidOperationException("a plane starts once");
        _isStarted = true;
        _receiver = receiver;
        try
        {
            var warnings = new List<string>();
            foreach (var endpoint in _listen.Endpoints) // the array grows as they open, so that a failure closes those before it
                _listeners = _listeners.Add(Listener.Open((byte)_listeners.Length, endpoint, _listen, warnings));
            foreach (var warning in warnings) Warn(warning);
            StartDevice();
            foreach (var listener in _listeners)
            {
                for (var i = 0; i < listener.Sockets.Count; i++)
                {
                    var (fd, worker, tally) = (listener.Sockets[i], Math.Max(0, i - 1), NewTally());
                    Run(i == 0 ? $"lns-control-{listener.Index}" : $"lns-data-{listener.Index}-{worker}", () => Receive(listener, fd, worker, tally));
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        var isSent = flow.Listener < _listeners.Length && Send(_listeners[flow.Listener], flow, datagram, default);
        if (isSent) Shared.AddShared(Count.ControlOut);
        else Shared.DropShared(DropReason.SendFailed);
    }

    public void SendPpp(in PathKey key, ReadOnlySpan<byte> frame)
    {
        if (_paths.Find(key) is not { } path) return;
        Span<byte> header = stackalloc byte[Path.MaxHeader];
        var settings = path.Attached.Settings;
        var length = path.WriteL2tp(header, settings);
        var isSent = Send(_listeners[settings.Flow.Listener], settings.Flow, header[..length], frame);
        if (isSent) Shared.AddShared(Count.PppOut);
        else Shared.DropShared(DropReason.SendFailed);
    }

    public void Apply(Span<PlaneOrder> orders)
    {
        lock (_gate)
        {
            foreach (ref var order in orders)
            {
                try
                {
                    switch (order.Kind)
                    {
                        case PlaneOrderKind.Open: OpenPath(order.Key, order.Settings, order.Receiver!); break;
                        case PlaneOrderKind.Forward: ForwardPath(order.Key, order.Forwarding); break;
                        case PlaneOrderKind.Stop: order.Counters = ForwardPath(order.Key, null)?.Counters ?? default; break;
                        case PlaneOrderKind.Close: order.Counters = ClosePath(order.Key); break;
                    }
                }
                catch (Exception e) when (e is not OutOfMemoryException) // one path's fault
                {
                    order.Failure = e.Message;
                }
            }
            FinishOrders();
        }
    }

    public void Route(ImmutableArray<Ipv4Prefix> networks)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            OnRoutes(networks, _paths.All);
            FinishOrders();
        }
    }

    public bool TryReadCounters(in PathKey key, out PathCounters counters)
    {
        var path = _paths.Find(key);
        counters = path?.Counters ?? default;
        return path is not null;
    }

    public PlaneCounters ReadPlaneCounters()
    {
        Tally[] tallies;
        lock (_tallies) tallies = [.. _tallies];
        ulong Sum(Count what)
        {
            var sum = 0ul;
            foreach (var tally in tallies) sum += tally.Read(what);
            return sum;
        }
        var drops = new ulong[Tally.DropKinds];
        for (var i = 0; i < drops.Length; i++)
            foreach (var tally in tallies) drops[i] += tally.Read((DropReason)i);
        return new PlaneCounters(Sum(Count.InPackets), Sum(Count.InOctets), Sum(Count.OutPackets), Sum(Count.OutOctets),
            Sum(Count.ControlIn), Sum(Count.ControlOut), Sum(Count.PppIn), Sum(Count.PppOut),
            Sum(Count.Fragmented), Sum(Count.IcmpSent), Sum(Count.MssClamped), ImmutableCollectionsMarshal.AsImmutableArray(drops));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }
        _isStopping = true;
        foreach (var listener in _listeners) listener.Wake();
        WakeDevice();
        foreach (var thread in _threads)
            if (thread != Thread.CurrentThread) thread.Join(JoinTimeout);
        lock (_gate) CloseDevice();
        foreach (var listener in _listeners) listener.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the device and starts its threads; sockets are bound.</summary>
    private protected abstract void StartDevice();

    /// <summary>Ends what the device's threads wait in.</summary>
    private protected abstract void WakeDevice();

    /// <summary>Takes down what <see cref="StartDevice"/> made, all or part of it; threads have ended.</summary>
    private protected abstract void CloseDevice();

    /// <summary>Hands one checked IPv4 packet of a subscriber to the IP side; false: not taken.</summary>
    private protected abstract bool DeliverUp(int worker, ReadOnlySpan<byte> packet);

    /// <summary>Addresses and networks of a path come (before null), change, or go (after null). Under the gate.</summary>
    private protected abstract void OnForwarding(Path path, ForwardingSettings? before, ForwardingSettings? after);

    /// <summary>Other networks go to the device as a whole. Under the gate.</summary>
    private protected abstract void OnRoutes(ImmutableArray<Ipv4Prefix> networks, IEnumerable<Path> paths);

    /// <summary>After one order or a batch, under the gate: sends what <see cref="OnForwarding"/> and <see cref="OnRoutes"/> have collected.</summary>
    private protected abstract void FinishOrders();

    private protected Listener ListenerOf(in UdpFlow flow) => _listeners[flow.Listener];

    private protected Tally NewTally()
    {
        var tally = new Tally();
        lock (_tallies) _tallies.Add(tally);
        return tally;
    }

    private protected void Run(string name, ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true, Name = name };
        _threads.Add(thread);
        thread.Start();
    }

    private protected void Warn(string text)
    {
        lock (_warnings)
            if (_warnings.Count < MaxWarnings) _warnings.Add(text);
    }

    private void OpenPath(in PathKey key, in PathSettings settings, IPppReceiver receiver)
    {
        if (settings.Flow.Listener >= _listeners.Length || _isDisposed) return;
        ArgumentNullException.ThrowIfNull(receiver);
        var attachment = new Path.Attachment(settings, receiver);
        var present = _paths.Find(key.TunnelId, key.SessionId);
        if (present?.Key == key)
        {
            present.Attached = attachment;
            return;
        }
        if (present is not null) Remove(present);
        _paths.Add(new Path(key, attachment, PlaneClock.Now));
    }

    private Path? ForwardPath(in PathKey key, ForwardingSettings? settings)
    {
        if (settings is { Mtu: < Path.MinMtu }) settings = settings with { Mtu = Path.MinMtu };
        var path = _paths.Find(key);
        if (path is not null) Change(path, settings);
        return path;
    }

    private PathCounters ClosePath(in PathKey key)
    {
        if (_paths.Find(key) is not { } path) return default;
        Remove(path);
        return path.Counters;
    }

    private void Remove(Path path)
    {
        Change(path, null);
        _paths.Remove(path);
    }

    private void Change(Path path, ForwardingSettings? after)
    {
        var before = path.Forwarding;
        if (ReferenceEquals(before, after)) return;
        path.Forwarding = after;
        OnForwarding(path, before, after);
    }

    private static unsafe bool Send(Listener listener, in UdpFlow flow, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var address = stackalloc byte[SocketOctets.MaxAddress];
        var control = stackalloc byte[SocketOctets.MaxControl];
        var vectors = stackalloc Libc.IoVec[2];
        fixed (byte* one = first)
        fixed (byte* two = second)
        {
            vectors[0] = new Libc.IoVec { Base = one, Length = (nuint)first.Length };
            vectors[1] = new Libc.IoVec { Base = two, Length = (nuint)second.Length };
            var message = new Libc.MsgHdr
            {
                Name = address,
                NameLength = SocketOctets.WriteAddress(address, listener.IsIpv6, flow.RemoteAddress, flow.RemotePort),
                Vectors = vectors,
                VectorCount = second.IsEmpty ? 1u : 2u,
                Control = control,
                ControlLength = listener.IsWildcard ? SocketOctets.WritePktinfo(control, listener.IsIpv6, flow.LocalAddress) : 0,
            };
            nint sent;
            do sent = Libc.SendMsg(listener.ControlSocket, &message, Libc.MsgDontwait | Libc.MsgNosignal);
            while (sent < 0 && Libc.Errno == Libc.Eintr);
            return sent >= 0;
        }
    }

    private void Receive(Listener listener, int fd, int worker, Tally tally)
    {
        var batch = new ReceiveBatch(listener.IsIpv6);
        while (!_isStopping)
        {
            var count = batch.Receive(fd);
            if (_isStopping) return;
            if (count < 0)
            {
                var errno = Libc.Errno; // on an unconnected socket only EINTR and want of memory come here
                if (errno is not (Libc.Eintr or Libc.Eagain)) Thread.Yield();
                continue;
            }
            var now = PlaneClock.Now;
            for (var i = 0; i < count; i++)
            {
                if (batch.IsTruncated(i)) tally.Drop(DropReason.Oversized);
                else if (batch.Datagram(i) is { Length: >= 2 } datagram && batch.HasSender(i))
                {
                    if (L2tpHeaderView.LooksLikeControl(datagram)) OnControl(listener, batch, i, datagram, tally);
                    else OnData(batch, i, datagram, worker, tally, now);
                }
                else tally.Drop(DropReason.Truncated);
            }
            batch.Reset(count);
        }
    }

    private void OnControl(Listener listener, ReceiveBatch batch, int i, ReadOnlySpan<byte> datagram, Tally tally)
    {
        if ((datagram[1] & 0x0F) != 2)
        {
            tally.Drop(DropReason.BadVersion);
            return;
        }
        var remote = batch.Remote(i, out var port);
        var local = listener.IsWildcard ? batch.Local(i) : listener.Address;
        tally.Add(Count.ControlIn);
        try
        {
            _receiver!.OnControl(new UdpFlow(local, remote, port, listener.Index), datagram);
        }
        catch (Exception) // one datagram must not end the thread that serves everybody
        {
            tally.Drop(DropReason.ReceiverFailed);
        }
    }

    private void OnData(ReceiveBatch batch, int i, ReadOnlySpan<byte> datagram, int worker, Tally tally, long now)
    {
        if (!L2tpHeaderView.TryRead(datagram, out var header, out var error))
        {
            tally.Drop(error switch
            {
                L2tpError.BadVersion => DropReason.BadVersion,
                L2tpError.Truncated => DropReason.Truncated,
                _ => DropReason.BadHeader,
            });
            return;
        }
        var path = _paths.Find(header.TunnelId.Value, header.SessionId.Value);
        if (path is null)
        {
            tally.Drop(DropReason.UnknownPath);
            return;
        }
        var attached = path.Attached;
        if (batch.Remote(i, out var port) != attached.Settings.Flow.RemoteAddress || port != attached.Settings.Flow.RemotePort)
        {
            tally.Drop(DropReason.WrongPeer); // not the path's fault: its own counter stays
            return;
        }
        if (!PppFrameView.TryRead(header.Payload, out var frame, out _))
        {
            Drop(path, tally, DropReason.BadPpp);
            return;
        }
        switch (frame.Protocol)
        {
            case PppProtocol.Ip: OnIp(path, frame.Payload, worker, tally, now); break;
            case PppProtocol.Ipv6 or PppProtocol.Mp: Drop(path, tally, DropReason.ProtocolNotForwarded); break;
            default: OnPpp(path, attached, frame.Protocol, frame.Payload, tally, now); break;
        }
    }

    private void OnPpp(Path path, Path.Attachment attached, ushort protocol, ReadOnlySpan<byte> payload, Tally tally, long now)
    {
        if (!path.TryTakePppToken(_policer, now))
        {
            Drop(path, tally, DropReason.Policed);
            return;
        }
        tally.Add(Count.PppIn);
        try
        {
            attached.Receiver.OnPpp(protocol, payload);
        }
        catch (Exception) // as in OnControl
        {
            Drop(path, tally, DropReason.ReceiverFailed);
        }
    }

    private void OnIp(Path path, ReadOnlySpan<byte> payload, int worker, Tally tally, long now)
    {
        if (path.Forwarding is not { } forwarding)
        {
            Drop(path, tally, DropReason.NotForwarding);
            return;
        }
        if (!Ipv4HeaderView.TryRead(payload, out var ip, out _))
        {
            Drop(path, tally, DropReason.BadIp);
            return;
        }
        if (forwarding.AntiSpoofing && !Path.Owns(forwarding, ip.Source))
        {
            Drop(path, tally, DropReason.Spoofed);
            return;
        }
        var packet = ip.Packet; // PPP may have padded behind it (RFC 1661 §2)
        if (forwarding.ClampMss && Clamp(packet, forwarding)) tally.Add(Count.MssClamped);
        path.CountIn(packet.Length, now);
        tally.Add(Count.InPackets);
        tally.Add(Count.InOctets, (ulong)packet.Length);
        if (!DeliverUp(worker, packet)) tally.Drop(DropReason.DeviceFailed);
    }

    /// <summary>The packet lies in a buffer of the plane's own, whoever reads it through a view.</summary>
    private protected static bool Clamp(ReadOnlySpan<byte> packet, ForwardingSettings forwarding) =>
        packet[9] == Ipv4HeaderView.ProtocolTcp && TcpMss.Clamp(
            MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(packet), packet.Length),
            (ushort)Math.Min(forwarding.Mtu - TcpMss.HeadersLength, ushort.MaxValue));

    private protected static void Drop(Path path, Tally tally, DropReason why)
    {
        path.CountDrop();
        tally.Drop(why);
    }
}
