using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Akka.LNS.DataPlane;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>A plane whose calls a test can make fail.</summary>
internal sealed class FaultyPlane(IDataPlane inner) : IDataPlane
{
    public const string Broken = "broken on purpose";

    /// <summary>True: SendControl to this peer throws.</summary>
    public Func<IPEndPoint, bool>? FailControl { get; set; }

    /// <summary>True: SendPpp of a frame of this protocol to the path throws.</summary>
    public Func<PathKey, ushort, bool>? FailPpp { get; set; }
    public Func<PathKey, bool>? FailOpen { get; set; }
    public Func<PathKey, ForwardingSettings?, bool>? FailForward { get; set; }

    /// <summary>True: Apply throws before it does anything.</summary>
    public volatile bool FailApply;

    public string Name => inner.Name;
    public string Describe() => inner.Describe();
    public IReadOnlyList<string> Warnings => inner.Warnings;
    public IReadOnlyList<IPEndPoint> Listening => inner.Listening;
    public int PathCount => inner.PathCount;
    public void Start(IControlReceiver receiver) => inner.Start(receiver);

    public void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        Break(FailControl?.Invoke(flow.Remote));
        inner.SendControl(flow, datagram);
    }

    public void Open(in PathKey key, in PathSettings settings, IPppReceiver receiver)
    {
        Break(FailOpen?.Invoke(key));
        inner.Open(key, settings, receiver);
    }

    public void SendPpp(in PathKey key, ReadOnlySpan<byte> frame)
    {
        Break(FailPpp?.Invoke(key, (ushort)((frame[2] << 8) | frame[3])));
        inner.SendPpp(key, frame);
    }

    public void Forward(in PathKey key, ForwardingSettings? settings)
    {
        Break(FailForward?.Invoke(key, settings));
        inner.Forward(key, settings);
    }

    public PathCounters Close(in PathKey key) => inner.Close(key);

    /// <summary>Sizes of the batches that came, in order.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    /// <summary>Every order that came, in order.</summary>
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
    /// <summary>What the device is sent as a whole, each time it changed.</summary>
    public ConcurrentQueue<ImmutableArray<Ipv4Prefix>> Routes { get; } = new();

    public void Route(ImmutableArray<Ipv4Prefix> networks)
    {
        Routes.Enqueue(networks);
        inner.Route(networks);
    }

    public bool TryReadCounters(in PathKey key, out PathCounters counters) => inner.TryReadCounters(key, out counters);
    public PlaneCounters ReadPlaneCounters() => inner.ReadPlaneCounters();
    public void Dispose() => inner.Dispose();

    private static void Break(bool? fails)
    {
        if (fails == true) throw new InvalidOperationException(Broken);
    }
}
