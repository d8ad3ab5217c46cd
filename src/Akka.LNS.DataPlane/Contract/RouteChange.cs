using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>A kernel route to the device that is added or removed.</summary>
internal record struct RouteChange(Ipv4Prefix Network, bool IsAdded)
{
    /// <summary>Errno of the kernel. 0: done.</summary>
    public int Errno { get; set; }

    /// <summary>Why the kernel did not do it, for people; null: it did, or a removed route was gone already.</summary>
    public string? Problem { get; set; }
}
