using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>Wraps a plane. A test can make its calls fail, and sees the orders received.</summary>
internal sealed class FaultyPlane(IDataPlane inner) : IDataPlane
{
    public const string Broken = "broken on purpose";

    /// <summary>True: SendControl to this peer throws.</summary>
    public Func<IPEndPoint, bool>? FailControl { get; set; }

    /// <summary>True: SendPpp of a frame of this protocol to the path throws.</summary>
    public Func<PathKey, ushort, bool>? FailPpp { get; set; }

    /// <summary>True: the order to open this path fails.</summary>
    public Func<PathKey, bool>? FailOpen { get; set; }

    /// <summary>True: the order to start (or, with null, to stop) forwarding fails.</summary>
    public Func<PathKey, ForwardingSettings?, bool>? FailForward { get; set; }

    /// <summary>True: Apply throws before it does anything.</summary>
    public volatile bool FailApply;

    public string Describe() => inner.Describe();
    public IReadOnlyList<string> Warnings => inner.Warnings;
    public IReadOnlyList<IPEndPoint> Listening => inner.Listening;
    public int PathCount => inner.PathCount;
    /// <summary>Observer of the plane: a test can tell it what a device would.</summary>
    public IPlaneObserver? Observer { get; private set; }

    public string? Failure => inner.Failure;

    public void Start(IControlReceiver receiver, IPlaneObserver? observer = null)
    {
        Observer = observer;
        inner.Start(receiver, observer);
    }

    /// <summary>Sees each control message that the node sends.</summary>
    public Action<byte[]>? ControlSent { get; set; }

    public void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        ControlSent?.Invoke(datagram.ToArray());
        Break(FailControl?.Invoke(flow.Remote));
        inner.SendControl(flow, datagram);
    }

    public void SendPpp(in PathKey key, ReadOnlySpan<byte> frame)
    {
        Break(FailPpp?.Invoke(key, (ushort)((frame[2] << 8) | frame[3])));
        inner.SendPpp(key, frame);
    }

    /// <summary>Sizes of the batches, in the order of their arrival.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    /// <summary>All orders, in the order of their arrival.</summary>
    public ConcurrentQueue<(PlaneOrderKind Kind, PathKey Key)> Orders { get; } = new();

    public void Apply(Span<PlaneOrder> orders)
    {
        Break(FailApply);
        Batches.Enqueue(orders.Length);
        var healthy = new List<int>();
        for (var i = 0; i < orders.Length; i++)
        {
            Orders.Enqueue((orders[i].Kind, orders[i].Key));
            if (Fails(orders[i])) orders[i].Failure = Broken;
            else healthy.Add(i);
        }
        var batch = new PlaneOrder[healthy.Count];
        for (var i = 0; i < batch.Length; i++) batch[i] = orders[healthy[i]];
        inner.Apply(batch);
        for (var i = 0; i < batch.Length; i++) orders[healthy[i]] = batch[i];
    }

    private bool Fails(in PlaneOrder order) => order.Kind switch
    {
        PlaneOrderKind.Open => FailOpen?.Invoke(order.Key) == true,
        PlaneOrderKind.Close => false,
        _ => FailForward?.Invoke(order.Key, order.Forwarding) == true,
    };

    /// <summary>The networks of each call of <see cref="Route"/>.</summary>
    public ConcurrentQueue<ImmutableArray<Ipv4Prefix>> Routes { get; } = new();

    public void Route(ImmutableArray<Ipv4Prefix> networks)
    {
        Routes.Enqueue(networks);
        inner.Route(networks);
    }

    /// <summary>Changes the counters that the node reads; null: they are as they are.</summary>
    public Func<PathCounters, PathCounters>? Counters { get; set; }

    public bool TryReadCounters(in PathKey key, out PathCounters counters)
    {
        if (!inner.TryReadCounters(key, out counters)) return false;
        if (Counters is { } change) counters = change(counters);
        return true;
    }

    public PlaneCounters ReadPlaneCounters() => inner.ReadPlaneCounters();
    public void Dispose() => inner.Dispose();

    private static void Break(bool? fails)
    {
        if (fails == true) throw new InvalidOperationException(Broken);
    }
}
