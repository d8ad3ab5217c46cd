using System.Collections.Immutable;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>Result of a comparison of the device with what it should be.</summary>
/// <param name="Repairs">What was found and done; empty: all was right.</param>
/// <param name="Failure">What could not be repaired; null: nothing.</param>
/// <param name="Made">Routes that were missing and are there now.</param>
/// <param name="Refused">Routes that are missing, because the kernel refuses them, each with the reason.</param>
internal sealed record DeviceReport(ImmutableArray<string> Repairs, string? Failure, ImmutableArray<Ipv4Prefix> Made,
    ImmutableArray<(Ipv4Prefix Network, string Why)> Refused)
{
    public static readonly DeviceReport Right = new([], null, [], []);
}
