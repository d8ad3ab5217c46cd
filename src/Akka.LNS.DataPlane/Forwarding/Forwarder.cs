using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>The plane between the L2TP transport and the IP device: it owns the paths, the threads and the counters.</summary>
/// <param name="transport">The L2TP side. Belongs to the forwarder.</param>
/// <param name="device">The IP side. Belongs to the forwarder.</param>
/// <param name="networks">Networks that the device routes from its start.</param>
/// <param name="policing">Limit of PPP control frames.</param>
internal sealed class Forwarder(IL2tpTransport transport, IIpDevice device, ImmutableArray<Ipv4Prefix> networks, PolicingSettings policing)
    : IDataPlane, IDeviceOwner
{
    private const int MaxWarnings = 100;
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(5);
    private readonly Policer _policer = new(policing.FramesPerSecond, policing.Burst, Stopwatch.Frequency);
    private readonly PathTable _paths = new();
    private readonly PathRoutes? _routes = device.Queues > 0 ? new PathRoutes(networks) : null; // null: no packet comes from the device
    private readonly Lock _gate = new(); // orders come one at a time anyway; packet threads never take it
    private readonly List<Thread> _threads = [];
    private readonly List<ThreadCounters> _counters = [];
    private readonly ThreadCounters _shared = new(); // of threads that are not the plane's own
    private readonly List<string> _warnings = [];
    private Outbox? _outbox; // from the start on
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<Ipv4Prefix, string> _refused = []; // routes that the kernel refuses, with the reason
    private readonly HashSet<Ipv4Prefix> _lost = []; // whole networks among them that were routed before
    private IPlaneObserver? _observer;
    private volatile string? _failure;
    private bool _isStarted, _isDisposed;

    public int PathCount => _paths.Count;
    public IReadOnlyList<IPEndPoint> Listening => transport.Listening;

    public IReadOnlyList<string> Warnings
    {
        get { lock (_warnings) return [.. _warnings]; }
    }

    public string? Failure => _failure;

    public string Describe() => device.Describe();

    public void Start(IControlReceiver receiver, IPlaneObserver? observer = null)
    {
        if (_isStarted) throw new InvalidOperationException("a plane starts once");
        _isStarted = true;
        _observer = observer;
        try
        {
            transport.Open(device.Queues, Warn);
            _outbox = new Outbox(transport, _shared);
            device.Open(this);
            if (_routes is { } routes) StartDownstreams(routes.Table);
            for (var reader = 0; reader < transport.Readers.Count; reader++)
            {
                var upstream = new Upstream(transport, reader, device, _paths, _policer, receiver, NewCounters(), _stopping.Token);
                Run(transport.Readers[reader].Name, upstream.Run);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) =>
        _outbox?.Send(flow, datagram, default, PlaneCounter.ControlOut);

    public void QueueControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) =>
        _outbox?.Add(flow, datagram, default, PlaneCounter.ControlOut);

    public void SendPpp(in PathKey key, ReadOnlySpan<byte> frame) => SendPpp(key, frame, isQueued: false);

    public void QueuePpp(in PathKey key, ReadOnlySpan<byte> frame) => SendPpp(key, frame, isQueued: true);

    public void Flush() => _outbox?.Flush();

    private void SendPpp(in PathKey key, ReadOnlySpan<byte> frame, bool isQueued)
    {
        if (_paths.Find(key) is not { } path || _outbox is not { } outbox) return;
        var settings = path.Attached.Settings;
        Span<byte> header = stackalloc byte[SessionPath.MaxL2tpHeader];
        header = header[..SessionPath.L2tpHeaderLength(settings)];
        path.WriteL2tpHeader(header, settings);
        if (isQueued) outbox.Add(settings.Flow, header, frame, PlaneCounter.PppOut);
        else outbox.Send(settings.Flow, header, frame, PlaneCounter.PppOut);
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
                        case PlaneOrderKind.Open: Open(order.Key, order.Settings, order.Receiver!); break;
                        case PlaneOrderKind.Forward: Forward(order.Key, order.Forwarding); break;
                        case PlaneOrderKind.Stop: order.Counters = Forward(order.Key, null)?.Counters ?? default; break;
                        case PlaneOrderKind.Close: order.Counters = Close(order.Key); break;
                    }
                }
                catch (Exception e) when (e is not OutOfMemoryException) // one path's fault
                {
                    order.Failure = e.Message;
                }
            }
            ChangeKernelRoutes();
        }
    }

    public void Route(ImmutableArray<Ipv4Prefix> networks)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _routes?.SetNetworks(networks, _paths.All);
            ChangeKernelRoutes();
        }
    }

    void IDeviceOwner.Warn(string problem) => Warn(problem);

    void IDeviceOwner.OnHost(HostNetwork host) => _observer?.OnHost(host);

    bool IDeviceOwner.Expects(Ipv4Prefix network)
    {
        lock (_gate) return _routes?.IsExpected(network) == true;
    }

    bool IDeviceOwner.Check()
    {
        lock (_gate)
        {
            if (_isDisposed || _routes is not { } routes) return true;
            var report = device.Repair(routes.Expected);
            foreach (var network in report.Made) Restore(network);
            foreach (var (network, why) in report.Refused)
            {
                if (routes.IsNetwork(network) && !_refused.ContainsKey(network)) _lost.Add(network);
                Refuse(network, why);
            }
            var failure = report.Failure ?? (_lost.Count > 0 ? _refused[_lost.First()] : null);
            if (!report.Repairs.IsEmpty) _observer?.OnRepaired(string.Join("; ", report.Repairs));
            if (failure is not null && failure != _failure) _observer?.OnFailed(failure);
            else if (failure is null && _failure is not null) _observer?.OnRecovered();
            _failure = failure;
            return failure is null;
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
        ThreadCounters[] all;
        lock (_counters) all = [.. _counters, _shared];
        ulong Sum(PlaneCounter what)
        {
            var sum = 0ul;
            foreach (var counters in all) sum += counters.Read(what);
            return sum;
        }
        var drops = new ulong[ThreadCounters.DropReasonCount];
        for (var i = 0; i < drops.Length; i++)
            foreach (var counters in all) drops[i] += counters.Read((DropReason)i);
        drops[(int)DropReason.SocketOverflow] += transport.Overflows;
        return new PlaneCounters(Sum(PlaneCounter.InPackets), Sum(PlaneCounter.InOctets), Sum(PlaneCounter.OutPackets),
            Sum(PlaneCounter.OutOctets), Sum(PlaneCounter.ControlIn), Sum(PlaneCounter.ControlOut), Sum(PlaneCounter.PppIn),
            Sum(PlaneCounter.PppOut), Sum(PlaneCounter.Fragmented), Sum(PlaneCounter.IcmpSent), Sum(PlaneCounter.MssClamped),
            ImmutableCollectionsMarshal.AsImmutableArray(drops));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }
        _stopping.Cancel();
        transport.Wake();
        device.Wake();
        foreach (var thread in _threads)
            if (thread != Thread.CurrentThread) thread.Join(JoinTimeout);
        lock (_gate) device.Dispose(); // orders that come later find no device
        transport.Dispose();
        _stopping.Dispose();
    }

    private void StartDownstreams(RouteTable routes)
    {
        var icmp = new IcmpErrors(device);
        for (var queue = 0; queue < device.Queues; queue++)
        {
            var downstream = new Downstream(device, queue, transport, routes, icmp, NewCounters(), _stopping.Token);
            Run($"lns-tun-{queue}", downstream.Run);
        }
    }

    private ThreadCounters NewCounters()
    {
        var counters = new ThreadCounters();
        lock (_counters) _counters.Add(counters);
        return counters;
    }

    private void Run(string name, ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true, Name = name };
        _threads.Add(thread);
        thread.Start();
    }

    private void Warn(string text)
    {
        lock (_warnings)
            if (_warnings.Count < MaxWarnings) _warnings.Add(text);
    }

    private void Open(in PathKey key, in PathSettings settings, IPppReceiver receiver)
    {
        if (settings.Flow.Listener >= transport.Listening.Count || _isDisposed) return;
        ArgumentNullException.ThrowIfNull(receiver);
        var attachment = new SessionPath.Attachment(settings, receiver);
        var present = _paths.Find(key.TunnelId, key.SessionId);
        if (present?.Key == key)
        {
            present.Attached = attachment;
            return;
        }
        if (present is not null) Remove(present);
        _paths.Add(new SessionPath(key, attachment, Stopwatch.GetTimestamp()));
    }

    private SessionPath? Forward(in PathKey key, ForwardingSettings? settings)
    {
        if (settings is { Mtu: < SessionPath.MinMtu }) settings = settings with { Mtu = SessionPath.MinMtu };
        var path = _paths.Find(key);
        if (path is null) return null;
        Change(path, settings);
        if (_refused.Count > 0 && settings is not null) // refused for another path that has the same prefix
            foreach (var prefix in PathRoutes.PrefixesOf(settings))
                if (_refused.TryGetValue(prefix, out var why)) path.Attached.Receiver.OnRoute(prefix, why);
        return path;
    }

    private PathCounters Close(in PathKey key)
    {
        if (_paths.Find(key) is not { } path) return default;
        Remove(path);
        return path.Counters;
    }

    private void Remove(SessionPath path)
    {
        Change(path, null);
        _paths.Remove(path);
    }

    private void Change(SessionPath path, ForwardingSettings? after)
    {
        var before = path.Forwarding;
        if (ReferenceEquals(before, after)) return;
        path.Forwarding = after;
        _routes?.Change(path, before, after);
    }

    /// <summary>Makes the kernel routes that the orders have collected, as one operation.</summary>
    private void ChangeKernelRoutes()
    {
        if (_routes is not { } routes || routes.Changes.IsEmpty) return;
        device.SetRoutes(routes.Changes);
        foreach (var change in routes.Changes)
        {
            if (!change.IsAdded) Forget(change.Network);
            if (change.Problem is not { } why) continue;
            Warn(why);
            if (change.IsAdded) Refuse(change.Network, why);
            else _observer?.OnRouteRefused(change.Network, why);
        }
        routes.ClearChanges();
    }

    private void Refuse(Ipv4Prefix network, string why)
    {
        if (!_refused.TryAdd(network, why)) return;
        if (_routes!.IsNetwork(network) || _routes.Table.Find(network) is not { } path) _observer?.OnRouteRefused(network, why);
        else path.Attached.Receiver.OnRoute(network, why);
    }

    private void Restore(Ipv4Prefix network)
    {
        if (!_refused.ContainsKey(network)) return;
        Forget(network);
        _routes!.Table.Find(network)?.Attached.Receiver.OnRoute(network, null);
    }

    private void Forget(Ipv4Prefix network)
    {
        if (_refused.Count == 0) return;
        _refused.Remove(network);
        _lost.Remove(network);
    }
}
