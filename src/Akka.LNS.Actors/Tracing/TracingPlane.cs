using System.Collections.Immutable;
using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Tracing;

/// <summary>
/// A data plane that passes the orders for paths, and their results, to the running traces. All other calls go to the plane directly.
/// </summary>
internal sealed class TracingPlane(IDataPlane plane, Traces traces) : IDataPlane
{
    public IReadOnlyList<string> Warnings => plane.Warnings;
    public IReadOnlyList<IPEndPoint> Listening => plane.Listening;
    public int PathCount => plane.PathCount;

    public string Describe() => plane.Describe();
    public string? Failure => plane.Failure;
    public void Start(IControlReceiver receiver, IPlaneObserver? observer = null) => plane.Start(receiver, observer);
    public void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) => plane.SendControl(flow, datagram);
    public void SendPpp(in PathKey key, ReadOnlySpan<byte> frame) => plane.SendPpp(key, frame);
    public void Route(ImmutableArray<Ipv4Prefix> networks) => plane.Route(networks);
    public bool TryReadCounters(in PathKey key, out PathCounters counters) => plane.TryReadCounters(key, out counters);
    public PlaneCounters ReadPlaneCounters() => plane.ReadPlaneCounters();
    public void Dispose() => plane.Dispose();

    public void Apply(Span<PlaneOrder> orders)
    {
        if (traces.On is not { } taps)
        {
            plane.Apply(orders);
            return;
        }
        var names = NamesOf(orders); // before the orders run: they open paths
        try
        {
            plane.Apply(orders);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            for (var i = 0; i < orders.Length; i++) taps.Path(orders[i].Key, names[i], orders[i].Failure ?? e.Message);
            throw;
        }
        for (var i = 0; i < orders.Length; i++) taps.Path(orders[i].Key, names[i], Outcome(orders[i]));
    }

    private string[] NamesOf(ReadOnlySpan<PlaneOrder> orders)
    {
        var names = new string[orders.Length];
        var opened = new HashSet<PathKey>();
        for (var i = 0; i < orders.Length; i++)
        {
            names[i] = orders[i].Kind switch
            {
                PlaneOrderKind.Open when !opened.Add(orders[i].Key) || plane.TryReadCounters(orders[i].Key, out _) => PathOperation.Change,
                PlaneOrderKind.Open => PathOperation.Open,
                PlaneOrderKind.Forward => PathOperation.Forward,
                PlaneOrderKind.Stop => PathOperation.Stop,
                _ => PathOperation.Close,
            };
        }
        return names;
    }

    private static string Outcome(in PlaneOrder done) => done.Failure is { } why ? why
        : done.Kind is PlaneOrderKind.Stop or PlaneOrderKind.Close
            ? $"done, in {done.Counters.InOctets} octets, out {done.Counters.OutOctets} octets" : "done";
}
