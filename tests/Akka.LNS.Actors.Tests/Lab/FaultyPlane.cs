using System.Net;
using Akka.LNS.DataPlane;

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
    public bool TryReadCounters(in PathKey key, out PathCounters counters) => inner.TryReadCounters(key, out counters);
    public PlaneCounters ReadPlaneCounters() => inner.ReadPlaneCounters();
    public void Dispose() => inner.Dispose();

    private static void Break(bool? fails)
    {
        if (fails == true) throw new InvalidOperationException(Broken);
    }
}
