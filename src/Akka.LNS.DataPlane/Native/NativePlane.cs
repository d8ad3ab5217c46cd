using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Native;

/// <summary>A plane whose threads run in a library that was compiled ahead of time, with a memory of its own.</summary>
/// <remarks>
/// The garbage collector of lnsd does not stop these threads, so packets pass while it works. Control messages and PPP control do enter
/// lnsd. They have threads of their own (<c>Listener</c>), so data does not wait behind them.
/// </remarks>
/// <param name="library">Path of the library.</param>
/// <param name="settings">Settings of the plane.</param>
internal sealed unsafe class NativePlane(string library, PlaneSettings settings) : IDataPlane
{
    private static readonly ConcurrentDictionary<int, NativePlane> Planes = new(); // the library's threads find their plane by number
    private static int _lastNumber;

    [ThreadStatic] private static byte[]? _result; // of the last call on this thread
    [ThreadStatic] private static PlaneWriter? _writer;

    private readonly int _number = Interlocked.Increment(ref _lastNumber);
    private readonly ConcurrentDictionary<PathKey, IPppReceiver> _receivers = new();
    private IControlReceiver? _receiver;
    private IPlaneObserver? _observer;
    private volatile string? _failure;
    private NativeLibraryCalls? _loaded; // null before the start
    private int _plane;                  // number in the library
    private bool _isDisposed;

    private NativeLibraryCalls Calls => _loaded ?? throw new InvalidOperationException("the plane has not started");

    public IReadOnlyList<string> Warnings
    {
        get
        {
            var from = new PlaneReader(Call(PlaneCall.Warnings));
            var warnings = new string[from.Read<int>()];
            for (var i = 0; i < warnings.Length; i++) warnings[i] = from.ReadText();
            return warnings;
        }
    }

    public IReadOnlyList<IPEndPoint> Listening { get; private set; } = [];

    public int PathCount => new PlaneReader(Call(PlaneCall.PathCount)).Read<int>();

    public string? Failure => _failure;

    public string Describe() => $"{new PlaneReader(Call(PlaneCall.Describe)).ReadText()}, native";

    public void Start(IControlReceiver receiver, IPlaneObserver? observer = null)
    {
        if (_loaded is not null) throw new InvalidOperationException("a plane starts once");
        _loaded = NativeLibraryCalls.Load(library);
        (_receiver, _observer) = (receiver, observer);
        Planes[_number] = this;
        var callbacks = new PlaneCallbacks
        {
            Plane = _number, OnControl = &OnControl, OnPpp = &OnPpp, OnEvent = &OnEvent, OnResult = &OnResult,
        };
        var writer = Writer();
        settings.Write(writer);
        fixed (byte* octets = writer.Written) _plane = Calls.Create(octets, writer.Written.Length, &callbacks);
        Call(PlaneCall.Start);
        var from = new PlaneReader(Call(PlaneCall.Listening));
        Listening = PlaneSettings.ReadEndpoints(ref from);
    }

    public void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) => SendControl(flow, datagram, isQueued: 0);
    public void QueueControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) => SendControl(flow, datagram, isQueued: 1);
    public void SendPpp(in PathKey key, ReadOnlySpan<byte> frame) => SendPpp(key, frame, isQueued: 0);
    public void QueuePpp(in PathKey key, ReadOnlySpan<byte> frame) => SendPpp(key, frame, isQueued: 1);
    public void Flush() => Calls.Flush(_plane);

    private void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram, int isQueued)
    {
        fixed (UdpFlow* to = &flow)
        fixed (byte* octets = datagram) Calls.SendControl(_plane, to, octets, datagram.Length, isQueued);
    }

    private void SendPpp(in PathKey key, ReadOnlySpan<byte> frame, int isQueued)
    {
        fixed (PathKey* path = &key)
        fixed (byte* octets = frame) Calls.SendPpp(_plane, path, octets, frame.Length, isQueued);
    }

    public void Apply(Span<PlaneOrder> orders)
    {
        var writer = Writer();
        writer.Write(orders.Length);
        foreach (ref readonly var order in orders)
        {
            if (order is { Kind: PlaneOrderKind.Open, Receiver: { } receiver }) _receivers[order.Key] = receiver; // before its first frame
            OrderCodec.Write(writer, order);
        }
        var from = new PlaneReader(Call(PlaneCall.Apply, writer.Written));
        foreach (ref var order in orders)
        {
            OrderCodec.ReadResult(ref from, ref order);
            if (order.Kind == PlaneOrderKind.Close) _receivers.TryRemove(order.Key, out _);
        }
    }

    public void Route(ImmutableArray<Ipv4Prefix> networks)
    {
        var writer = Writer();
        writer.WriteAll(networks.AsSpan());
        Call(PlaneCall.Route, writer.Written);
    }

    public bool TryReadCounters(in PathKey key, out PathCounters counters)
    {
        fixed (PathKey* path = &key)
        fixed (PathCounters* to = &counters) return Calls.ReadCounters(_plane, path, to) != 0;
    }

    public PlaneCounters ReadPlaneCounters()
    {
        var from = new PlaneReader(Call(PlaneCall.ReadPlaneCounters));
        return PlaneCountersCodec.Read(ref from);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        if (_loaded is null) return;
        Call(PlaneCall.Stop); // the plane itself stays in the library: calls that come later do nothing
        _receivers.Clear();
        Planes.TryRemove(_number, out _);
    }

    private static PlaneWriter Writer()
    {
        var writer = _writer ??= new PlaneWriter();
        writer.Clear();
        return writer;
    }

    private ReadOnlySpan<byte> Call(PlaneCall call, ReadOnlySpan<byte> message = default)
    {
        PlaneOutcome outcome;
        fixed (byte* octets = message) outcome = Calls.Call(_plane, call, octets, message.Length);
        var result = _result;
        return outcome switch
        {
            PlaneOutcome.Done => result,
            PlaneOutcome.CannotStart => throw new DataPlaneStartException(new PlaneReader(result).ReadText()),
            _ => throw new InvalidOperationException(new PlaneReader(result).ReadText()),
        };
    }

    [UnmanagedCallersOnly]
    private static void OnResult(int plane, byte* octets, int length) => _result = new ReadOnlySpan<byte>(octets, length).ToArray();

    [UnmanagedCallersOnly]
    private static int OnControl(int plane, UdpFlow* flow, byte* octets, int length)
    {
        try
        {
            if (Planes.TryGetValue(plane, out var to)) to._receiver!.OnControl(*flow, new ReadOnlySpan<byte>(octets, length));
            return 1;
        }
        catch (Exception) // it must not reach the library, which counts it
        {
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int OnEvent(int plane, PlaneEvent what, byte* octets, int length)
    {
        try
        {
            if (Planes.TryGetValue(plane, out var to)) to.Take(what, new PlaneReader(new ReadOnlySpan<byte>(octets, length)));
            return 1;
        }
        catch (Exception) // it must not reach the library
        {
            return 0;
        }
    }

    private void Take(PlaneEvent what, PlaneReader from)
    {
        switch (what)
        {
            case PlaneEvent.Host: _observer?.OnHost(HostNetworkCodec.Read(ref from)); break;
            case PlaneEvent.Repaired: _observer?.OnRepaired(from.ReadText()); break;
            case PlaneEvent.Failed:
                var failure = _failure = from.ReadText();
                _observer?.OnFailed(failure);
                break;
            case PlaneEvent.Recovered:
                _failure = null;
                _observer?.OnRecovered();
                break;
            case PlaneEvent.RouteRefused: _observer?.OnRouteRefused(from.Read<Ipv4Prefix>(), from.ReadText()); break;
            case PlaneEvent.PathRoute:
                if (!_receivers.TryGetValue(from.Read<PathKey>(), out var receiver)) break;
                var network = from.Read<Ipv4Prefix>();
                receiver.OnRoute(network, from.ReadText() is { Length: > 0 } why ? why : null);
                break;
        }
    }

    [UnmanagedCallersOnly]
    private static int OnPpp(int plane, PathKey* path, ushort protocol, byte* octets, int length)
    {
        try
        {
            if (Planes.TryGetValue(plane, out var to) && to._receivers.TryGetValue(*path, out var receiver))
                receiver.OnPpp(protocol, new ReadOnlySpan<byte>(octets, length));
            return 1;
        }
        catch (Exception) // it must not reach the library, which counts it
        {
            return 0;
        }
    }
}
