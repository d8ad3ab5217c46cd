using System.Net;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>The L2TP side of the plane: datagrams from and to LACs, in batches.
/// Each reader and each writer belongs to one thread.</summary>
internal interface IL2tpTransport : IDisposable
{
    /// <summary>The end points in service. <see cref="UdpFlow.Listener"/> is the index.</summary>
    IReadOnlyList<IPEndPoint> Listening { get; }

    /// <summary>The readers; empty before <see cref="Open"/>.</summary>
    IReadOnlyList<TransportReader> Readers { get; }

    /// <summary>Binds the end points.</summary>
    /// <param name="writers">Number of threads that write.</param>
    /// <param name="warn">Takes problems that do not stop the start.</param>
    /// <exception cref="DataPlaneStartException">An end point cannot be bound. <see cref="IDisposable.Dispose"/> closes the
    /// others.</exception>
    void Open(int writers, Action<string> warn);

    /// <summary>Clears the batch and reads datagrams into it; waits for the first one. May return an empty batch.</summary>
    void ReadBatch(int reader, PacketBatch batch);

    /// <summary>Sends the datagrams and clears the list. Returns how many were refused.</summary>
    int WriteBatch(int writer, DatagramList datagrams);

    /// <summary>Sends the datagrams from the control sockets and clears the list. Returns how many were refused. One thread at a
    /// time.</summary>
    int WriteControl(DatagramList datagrams);

    /// <summary>Sends one datagram of two parts; the second may be empty. False: it was refused. Any thread.</summary>
    bool Send(in UdpFlow flow, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Datagrams that the kernel dropped because a receive buffer was full, since <see cref="Open"/>. Any thread.</summary>
    ulong Overflows { get; }

    /// <summary>Ends the waiting of <see cref="ReadBatch"/> for good.</summary>
    void Wake();
}

/// <summary>One reader of a transport.</summary>
/// <param name="Name">Name of its thread.</param>
/// <param name="Worker">Its worker number at the device (<see cref="IIpDevice.WriteBatch"/>).</param>
internal readonly record struct TransportReader(string Name, int Worker);
