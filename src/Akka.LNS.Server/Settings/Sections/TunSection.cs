using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Server.Settings.Values;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.tun</c></summary>
internal static class TunSection
{
    private const int MaxDeviceOctets = 15; // IFNAMSIZ less the final zero
    private static readonly TunSettings Default = new LnsSettings().Tun;
    public static readonly Section Keys = new();
    private static readonly Key<string> Device = Keys.Text("device", Default.Device, MaxDeviceOctets, Apply.Restart);
    private static readonly Key<ImmutableArray<Ipv4Address>> Addresses =
        Keys.List<Ipv4Address>("addresses", Default.Addresses, "IPv4 addresses", 16, Networks.Ipv4, Apply.Restart);
    private static readonly Key<ImmutableArray<Ipv4Prefix>> Routes =
        Keys.List<Ipv4Prefix>("routes", Default.Routes, "IPv4 networks (192.0.2.0/24)", 4096, Networks.Ipv4Network, Apply.Restart);
    private static readonly Key<int> Mtu = Keys.Number("mtu", Default.Mtu, 576, 9000, Apply.Restart);
    private static readonly Key<int> Queues = Keys.Number("queues", Default.Queues, 1, 64, Apply.Restart);

    /// <param name="own">Own addresses of the bundle templates.</param>
    /// <param name="networks">Networks of the pools and the users.</param>
    public static TunSettings Read(SectionReader s, ImmutableArray<Ipv4Address> own, IEnumerable<Ipv4Prefix> networks)
    {
        var name = s.Get(Device);
        if (name.Any(static c => char.IsWhiteSpace(c) || c is '/' or '%' or ':') || name is "." or "..")
            s.Fail(Device, $"found '{name}'; allowed: a name without spaces and / % :");
        return new TunSettings(name, [.. own.Concat(s.Get(Addresses)).Distinct()], Widest([.. networks, .. s.Get(Routes)]))
        {
            Mtu = s.Get(Mtu),
            Queues = s.Get(Queues),
        };
    }

    /// <summary>The networks that no other of them contains.</summary>
    private static ImmutableArray<Ipv4Prefix> Widest(ImmutableArray<Ipv4Prefix> networks)
    {
        var kept = new List<Ipv4Prefix>();
        foreach (var network in networks.Distinct().OrderBy(static n => n.Length).ThenBy(static n => n.Network.Value))
            if (!kept.Exists(k => k.Contains(network))) kept.Add(network);
        return [.. kept];
    }
}
