using System.Collections.Immutable;
using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Settings;

/// <summary>Checked settings of <c>lns { }</c> for the actors and the data plane. The defaults are those of lns.conf.</summary>
public sealed record LnsSettings
{
    /// <summary>
    /// Name of this node in logs, in the Host Name AVP and in CHAP Challenges; a peer or a link template can replace it there.
    /// </summary>
    public string NodeName { get; init; } = "lns";

    public GroupSettings Group { get; init; } = new();

    public ListenSettings Listen { get; init; } =
        new([new IPEndPoint(IPAddress.Any, ListenSettings.L2tpPort), new IPEndPoint(IPAddress.IPv6Any, ListenSettings.L2tpPort)]);

    public DataPlaneKind DataPlane { get; init; } = DataPlaneKind.Tun;

    public DataPlaneCode DataPlaneCode { get; init; } = DataPlaneCode.Auto;

    /// <summary>The device, with the addresses of the bundle templates and the routes of the pools, users and <c>lns.tun</c>.</summary>
    public TunSettings Tun { get; init; } = new("lns0", [], []);

    public PolicingSettings Policing { get; init; } = new();

    public TunnelsSettings Tunnels { get; init; } = new();

    public SessionsSettings Sessions { get; init; } = new();

    /// <summary>Templates by name; "default" is always there.</summary>
    public ImmutableDictionary<string, LinkTemplate> Links { get; init; } =
        ImmutableDictionary<string, LinkTemplate>.Empty.Add(TemplateNames.Default, new LinkTemplate());

    /// <summary>Templates by name; "default" is always there.</summary>
    public ImmutableDictionary<string, BundleTemplate> Bundles { get; init; } =
        ImmutableDictionary<string, BundleTemplate>.Empty.Add(TemplateNames.Default, new BundleTemplate());

    public RadiusSettings Radius { get; init; } = new();

    /// <summary>Realms; empty: realms have no effect. Otherwise a user of a realm without an entry is refused.</summary>
    public RealmTable<RealmSettings> Realms { get; init; } = new([]);

    /// <summary>Settings of the realm of a user; null: none, or the name is empty.</summary>
    public RealmSettings? RealmOf(string userName) =>
        Realms.Count == 0 || userName.Length == 0 ? null : Realms.Find(RealmOfUser.Of(userName).Realm);

    /// <summary>A realm strips names: RADIUS gets a name without the realm.</summary>
    public bool StripsNames => Realms.Values.Any(static r => r.Strip);

    /// <summary>User-Name of this user towards RADIUS, in accounting and in logins except those with MS-CHAPv2.</summary>
    public string RadiusNameOf(string userName) => RealmOf(userName) is { Strip: true } ? RealmOfUser.Of(userName).User : userName;

    /// <summary>Local users by name.</summary>
    public ImmutableDictionary<string, LocalUser> Users { get; init; } = ImmutableDictionary<string, LocalUser>.Empty;

    /// <summary>Address pools by name. The own addresses, <see cref="TunSettings.Addresses"/>, are never given.</summary>
    public ImmutableDictionary<string, AddressPoolSettings> Pools { get; init; } = ImmutableDictionary<string, AddressPoolSettings>.Empty;

    public OverloadSettings Overload { get; init; } = new();

    /// <summary>Addresses of the LNS itself, which no subscriber gets.</summary>
    internal ImmutableArray<AddressRange> OwnAddresses =>
        [.. Bundles.Values.Select(static b => b.Ipcp.LocalAddress).Concat(Tun.Addresses).Where(static a => a.Value != 0).Distinct()
            .Select(static a => new AddressRange(a, a))];

    /// <summary>
    /// Addresses that the node must reach, and those that it listens on: RADIUS servers, clients of CoA and LACs that are one address, end
    /// points.
    /// </summary>
    internal IEnumerable<NamedAddress> NeededAddresses
    {
        get
        {
            foreach (var server in Radius.Servers)
            {
                var name = $"the RADIUS server '{server.Name}'";
                if (server.Authentication.Port != 0) yield return new NamedAddress(server.Authentication.Address, name);
                if (server.Accounting.Port != 0) yield return new NamedAddress(server.Accounting.Address, name);
                if (server.Source is { } source) yield return new NamedAddress(source, $"the source address for {name}", IsOwn: true);
            }
            foreach (var client in Radius.DynamicAuthorization.Clients)
            {
                if (client.Network.PrefixLength != client.Network.BaseAddress.GetAddressBytes().Length * 8) continue;
                yield return new NamedAddress(client.Network.BaseAddress, $"the client '{client.Name}' of dynamic authorization");
            }
            // without this a subscriber could take the address while the LAC has no tunnel, and the LAC would never get one again
            foreach (var peer in Tunnels.Peers)
                if (peer.Pattern.Address is { } lac) yield return new NamedAddress(lac, $"the LAC '{peer.Pattern}' of tunnels.peers");
            foreach (var endpoint in Listen.Endpoints)
                yield return new NamedAddress(endpoint.Address, "an L2TP address of the LNS", IsOwn: true);
            if (!Radius.DynamicAuthorization.Clients.IsEmpty)
            {
                yield return new NamedAddress(
                    Radius.DynamicAuthorization.Listen.Address, "the address of the LNS for dynamic authorization", IsOwn: true);
            }
            if (Group.NasIpAddress is { } nas)
                yield return new NamedAddress(IPAddress.Parse(nas.ToString()), "the NAS-IP-Address of the LNS", IsOwn: true);
        }
    }

    /// <summary>Limits of all LACs together.</summary>
    internal QuotaLimits NodeLimits => new(Tunnels.Max, Sessions.Max, Overload.MaxInSetup, Overload.CallsPerSecond, Overload.CallsBurst);

    public DrainSettings Drain { get; init; } = new();

    public InterfaceGateSettings InterfaceGate { get; init; } = new();

    public ShutdownSettings Shutdown { get; init; } = new();

    public DisconnectSettings Disconnects { get; init; } = new();

    public TraceSettings Traces { get; init; } = new();
}

/// <summary>Names of templates that the code uses.</summary>
public static class TemplateNames
{
    /// <summary>Template that is used when no name is set.</summary>
    public const string Default = "default";
}

/// <summary>Identity towards RADIUS. It belongs to a group of nodes.</summary>
public sealed record GroupSettings
{
    public string Name { get; init; } = "default";

    /// <summary>NAS-Identifier. RFC 2865 section 5.32.</summary>
    public string NasIdentifier { get; init; } = "default";

    /// <summary>NAS-IP-Address; null: not sent.</summary>
    public Ipv4Address? NasIpAddress { get; init; }
}

public enum DataPlaneKind
{
    /// <summary>One TUN device for all subscribers.</summary>
    Tun,
    /// <summary>Control plane only: IP packets are counted and dropped.</summary>
    Null,
}

/// <summary>Where the threads of the data plane run.</summary>
public enum DataPlaneCode
{
    /// <summary>In the native library when it is beside the program, else in the program.</summary>
    Auto,
    /// <summary>In the native library: garbage collections of the program do not stop them.</summary>
    Native,
    /// <summary>In the program.</summary>
    Managed,
}

/// <summary>Limits and times of L2TP calls.</summary>
public sealed record SessionsSettings
{
    /// <summary>Maximum time from ICRQ to ICCN.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum number of sessions in one tunnel.</summary>
    public int MaxPerTunnel { get; init; } = 65535;

    /// <summary>Maximum number of sessions on this node.</summary>
    public int Max { get; init; } = 200_000;

    /// <summary>Time for which a local session or tunnel ID stays unused after its end.</summary>
    public TimeSpan IdQuarantine { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Computation of the Load, and the limits from which new tunnels and calls are refused.</summary>
public sealed record OverloadSettings
{
    public int SerialWeight { get; init; } = 2;
    public int ParallelWeight { get; init; } = 10;
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Load from which a share of new tunnels and calls is refused.</summary>
    public int RefuseFrom { get; init; } = 80_000;

    /// <summary>Load at which all are refused, until <see cref="ReopenBelow"/>.</summary>
    public int RefuseAll { get; init; } = 120_000;

    /// <summary>Load below which calls are accepted again, after <see cref="Hold"/>.</summary>
    public int ReopenBelow { get; init; } = 40_000;

    /// <summary>Time that the Load must stay below <see cref="ReopenBelow"/>.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Wait of a login for RADIUS from which calls that need RADIUS are refused, until it is half as long; null: half of
    /// <see cref="RadiusSettings.LoginTimeout"/>.
    /// </summary>
    public TimeSpan? MaxLoginWait { get; init; }

    /// <summary>Maximum number of calls between ICRQ and the address of the subscriber, on this node.</summary>
    public int MaxInSetup { get; init; } = 20_000;

    /// <summary>New calls per second on this node on average; null: no limit.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>New calls at once, with <see cref="CallsPerSecond"/>.</summary>
    public int CallsBurst { get; init; } = 1000;

    internal AdmissionSettings Admission(RadiusSettings radius) =>
        new(RefuseFrom, RefuseAll, ReopenBelow, Hold, MaxLoginWait ?? radius.LoginTimeout / 2);
}

/// <summary>Pace of the operations that make the kernel create and delete routes.</summary>
public sealed record InterfaceGateSettings
{
    /// <summary>Pause after each operation; zero: none.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Maximum number of waiting orders that go as one operation.</summary>
    public int MaxBatch { get; init; } = 64;
}

/// <summary>Drain of the node: no new calls, existing sessions stay.</summary>
public sealed record DrainSettings
{
    /// <summary>Time after which the remaining sessions are ended; null: never.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Time between two log lines with the number of remaining sessions.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Number of ended calls that are remembered.</summary>
public sealed record DisconnectSettings
{
    /// <summary>Maximum number on the whole node.</summary>
    public int Keep { get; init; } = 10_000;
    public int KeepPerUser { get; init; } = 20;
    public int KeepPerLac { get; init; } = 5_000;
}

/// <summary>Shutdown of the program.</summary>
public sealed record ShutdownSettings
{
    /// <summary>Maximum time for StopCCNs, accounting Stops and the end of the data plane together.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(8);
}

/// <summary>An address that the node has or must reach.</summary>
/// <param name="Name">What it is, with an article.</param>
/// <param name="IsOwn">The node has it: the kernel delivers its packets locally, whatever the routes.</param>
public readonly record struct NamedAddress(IPAddress Address, string Name, bool IsOwn = false);
