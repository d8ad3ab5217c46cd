using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Native;

/// <summary>The sums over a plane as a message.</summary>
internal static class PlaneCountersCodec
{
    public static void Write(PlaneWriter to, PlaneCounters c)
    {
        to.WriteAll([
            c.InPackets, c.InOctets, c.OutPackets, c.OutOctets, c.ControlIn, c.ControlOut, c.PppIn, c.PppOut, c.Fragmented, c.IcmpSent,
            c.MssClamped,
        ]);
        to.WriteAll(c.Drops.AsSpan());
    }

    public static PlaneCounters Read(ref PlaneReader from)
    {
        var c = from.ReadAll<ulong>();
        return new PlaneCounters(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], from.ReadAll<ulong>());
    }
}
