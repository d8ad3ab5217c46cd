using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Threads;

/// <summary>Sending by actors: what is ready together leaves together. On other threads it leaves at once.</summary>
internal static class GatheredSending
{
    /// <summary>Sends a control message.</summary>
    public static void GatherControl(this IDataPlane plane, in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        if (ActorThreads.FlushSoon(plane)) plane.QueueControl(flow, datagram);
        else plane.SendControl(flow, datagram);
    }

    /// <summary>Sends a PPP frame.</summary>
    public static void GatherPpp(this IDataPlane plane, in PathKey key, ReadOnlySpan<byte> frame)
    {
        if (ActorThreads.FlushSoon(plane)) plane.QueuePpp(key, frame);
        else plane.SendPpp(key, frame);
    }
}
