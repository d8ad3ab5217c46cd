using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Native;

/// <summary>Orders and their results as messages.</summary>
internal static class OrderCodec
{
    /// <summary>Writes one order. Its receiver stays with lnsd, which finds it by the key.</summary>
    public static void Write(PlaneWriter to, in PlaneOrder order)
    {
        to.Write(order.Kind);
        to.Write(order.Key);
        switch (order.Kind)
        {
            case PlaneOrderKind.Open:
                to.Write(order.Settings);
                to.Write(order.Receiver is not null);
                break;
            case PlaneOrderKind.Forward:
                var forwarding = order.Forwarding!;
                to.Write(forwarding.Subscriber);
                to.Write(forwarding.Mtu);
                to.Write(forwarding.ClampMss);
                to.Write(forwarding.AntiSpoofing);
                to.WriteAll(forwarding.FramedRoutes.AsSpan());
                break;
        }
    }

    /// <param name="receiverOf">Makes the receiver of a path that opens.</param>
    public static PlaneOrder Read(ref PlaneReader from, Func<PathKey, IPppReceiver> receiverOf)
    {
        var kind = from.Read<PlaneOrderKind>();
        var key = from.Read<PathKey>();
        switch (kind)
        {
            case PlaneOrderKind.Open:
                return PlaneOrder.Open(key, from.Read<PathSettings>(), from.Read<bool>() ? receiverOf(key) : null!); // null fails
            case PlaneOrderKind.Forward:
                var forwarding = new ForwardingSettings(from.Read<Ipv4Address>(), from.Read<int>())
                {
                    ClampMss = from.Read<bool>(), AntiSpoofing = from.Read<bool>(), FramedRoutes = from.ReadAll<Ipv4Prefix>(),
                };
                return PlaneOrder.Forward(key, forwarding);
            case PlaneOrderKind.Stop: return PlaneOrder.Stop(key);
            default: return PlaneOrder.Close(key);
        }
    }

    public static void WriteResult(PlaneWriter to, in PlaneOrder order)
    {
        to.Write(order.Counters);
        to.WriteText(order.Failure ?? "");
    }

    public static void ReadResult(ref PlaneReader from, ref PlaneOrder order)
    {
        order.Counters = from.Read<PathCounters>();
        order.Failure = from.ReadText() is { Length: > 0 } why ? why : null;
    }
}
