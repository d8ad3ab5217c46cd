using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Tests.Lab;

/// <summary>Single orders as batches of one.</summary>
internal static class PlaneOrders
{
    public static void Open(this IDataPlane plane, in PathKey key, in PathSettings settings, IPppReceiver receiver) =>
        plane.Run(PlaneOrder.Open(key, settings, receiver));

    public static void Forward(this IDataPlane plane, in PathKey key, ForwardingSettings settings) =>
        plane.Run(PlaneOrder.Forward(key, settings));

    public static PathCounters Stop(this IDataPlane plane, in PathKey key) => plane.Run(PlaneOrder.Stop(key));

    public static PathCounters Close(this IDataPlane plane, in PathKey key) => plane.Run(PlaneOrder.Close(key));

    private static PathCounters Run(this IDataPlane plane, PlaneOrder order)
    {
        PlaneOrder[] batch = [order];
        plane.Apply(batch);
        Assert.Null(batch[0].Failure);
        return batch[0].Counters;
    }
}
