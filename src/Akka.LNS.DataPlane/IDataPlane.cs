using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane;

/// <summary>Takes L2TP control messages (T=1, version 2; nothing else was read).</summary>
public interface IControlReceiver
{
    /// <summary>Called on a receive thread: must not block, and must copy what it keeps.</summary>
    void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram);
}

/// <summary>Takes the PPP frames of one path that are not forwarded: LCP, authentication, NCPs, unknown protocols.</summary>
public interface IPppReceiver
{
    /// <summary>Called on a receive thread: must not block, and must copy what it keeps. <paramref name="payload"/> begins after the protocol field.</summary>
    void OnPpp(ushort protocol, ReadOnlySpan<byte> payload);
}

/// <summary>Sockets, paths and forwarding. Data packets never leave it for an actor.</summary>
/// <remarks>Open, Forward and Close are keyed, idempotent and may come from any thread; receive threads read what they publish without locks.
/// An order for a path that is not there, or for an older incarnation, does nothing.</remarks>
public interface IDataPlane : IDisposable
{
    /// <summary>The word in the configuration: tun, null.</summary>
    string Name { get; }

    /// <summary>For people: "tun lns0 mtu 1500, 100.64.0.1/32".</summary>
    string Describe();

    /// <summary>What the operator should know and that does not stop the start (a limited receive buffer, a kernel route refused).</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>The end points in service, with the ports they got.</summary>
    IReadOnlyList<IPEndPoint> Listening { get; }

    /// <summary>Paths that are open.</summary>
    int PathCount { get; }

    /// <summary>Binds sockets, makes the device, starts the threads.</summary>
    /// <exception cref="DataPlaneStartException">One clear line; nothing is left behind.</exception>
    void Start(IControlReceiver receiver);

    /// <summary>Sends one control message to the flow's peer, from the flow's local address. Any thread.</summary>
    void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram);

    /// <summary>Opens a path for PPP, or changes an open one (its counters and forwarding stay). Another incarnation of the same ids is displaced.</summary>
    void Open(in PathKey key, in PathSettings settings, IPppReceiver receiver);

    /// <summary>Sends one PPP frame: FF 03, protocol, packet. Any thread.</summary>
    void SendPpp(in PathKey key, ReadOnlySpan<byte> frame);

    /// <summary>Begins, changes or (null) stops forwarding.</summary>
    void Forward(in PathKey key, ForwardingSettings? settings);

    /// <summary>Closes a path. The first close returns the final counters, any later one zeros.</summary>
    PathCounters Close(in PathKey key);

    /// <summary>Runs orders one after the other, each as its own method would, but as one operation where the plane can: one lock, one message to the kernel.</summary>
    /// <remarks>What became of each is written in it. One that fails is a failure of its own path, and the others run.</remarks>
    void Apply(Span<PlaneOrder> orders);

    /// <summary>Networks that the kernel sends to the device from now on, in the place of those of <see cref="TunSettings.Routes"/> or of the last call. What paths have outside of them
    /// keeps, or gets, a route of its own. A plane without a device has no use for it.</summary>
    /// <remarks>A route that the kernel refuses is a warning.</remarks>
    void Route(ImmutableArray<Ipv4Prefix> networks);

    /// <summary>Counters of an open path.</summary>
    bool TryReadCounters(in PathKey key, out PathCounters counters);

    /// <summary>Sums over the plane.</summary>
    PlaneCounters ReadPlaneCounters();
}

/// <summary>The plane cannot start; the message is one line for the operator.</summary>
public sealed class DataPlaneStartException : Exception
{
    public DataPlaneStartException(string message) : base(message) { }
    public DataPlaneStartException(string message, Exception inner) : base(message, inner) { }
}
