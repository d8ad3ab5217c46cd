using System.Collections.Immutable;
using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Settings;

/// <summary>All of <c>lns { }</c>, checked: whoever holds one need not look for errors. Defaults are those of lns.conf.</summary>
public sealed record LnsSettings
{
    /// <summary>Names this node in logs, and is the Host Name AVP and the name in CHAP Challenges unless a peer or link says otherwise.</summary>
    public string NodeName { get; init; } = "lns";

    public GroupSettings Group { get; init; } = new();

    public ListenSettings Listen { get; init; } = new([new IPEndPoint(IPAddress.Any, ListenSettings.L2tpPort), new IPEndPoint(IPAddress.IPv6Any, ListenSettings.L2tpPort)]);

    public DataPlaneKind DataPlane { get; init; } = DataPlaneKind.Tun;

    /// <summary>Addresses are those of the bundles and routes those of the pools, unless the file names some.</summary>
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

    /// <summary>Empty: realms mean nothing. Else a user of a realm that is not in it is refused without a question.</summary>
    public RealmTable<RealmSettings> Realms { get; init; } = new([]);

    /// <summary>What holds for a user; null: nothing more than for all, or the name is empty.</summary>
    public RealmSettings? RealmOf(string userName) => Realms.Count == 0 || userName.Length == 0 ? null : Realms.Find(RealmOfUser.Of(userName).Realm);

    /// <summary>There are users whom RADIUS knows by another name than they say.</summary>
    public bool StripsNames => Realms.Values.Any(static r => r.Strip);

    /// <summary>What RADIUS gets as User-Name of this user, in accounting and in logins but those by MS-CHAPv2.</summary>
    public string RadiusNameOf(string userName) => RealmOf(userName) is { Strip: true } ? RealmOfUser.Of(userName).User : userName;

    /// <summary>Local users by name.</summary>
    public ImmutableDictionary<string, LocalUser> Users { get; init; } = ImmutableDictionary<string, LocalUser>.Empty;

    /// <summary>Address pools by name. What nobody may have, the own addresses, is <see cref="TunSettings.Addresses"/>.</summary>
    public ImmutableDictionary<string, AddressPoolSettings> Pools { get; init; } = ImmutableDictionary<string, AddressPoolSettings>.Empty;

    public OverloadSettings Overload { get; init; } = new();

    /// <summary>Addresses of the LNS itself, which no subscriber gets.</summary>
    internal ImmutableArray<AddressRange> OwnAddresses =>
        [.. Bundles.Values.Select(static b => b.Ipcp.LocalAddress).Concat(Tun.Addresses).Where(static a => a.Value != 0).Distinct()
            .Select(static a => new AddressRange(a, a))];

    /// <summary>Limits over all LACs.</summary>
    internal QuotaLimits NodeLimits => new(Tunnels.Max, Sessions.Max, Overload.MaxInSetup, Overload.CallsPerSecond, Overload.CallsBurst);

    public DrainSettings Drain { get; init; } = new();

    public InterfaceGateSettings InterfaceGate { get; init; } = new();

    public ShutdownSettings Shutdown { get; init; } = new();

    public DisconnectSettings Disconnects { get; init; } = new();

    public TraceSettings Traces { get; init; } = new();
}

/// <summary>Names that the code itself uses.</summary>
public static class TemplateNames
{
    /// <summary>The template that is used when none is named.</summary>
    public const string Default = "default";
}

/// <summary>Who this node is towards RADIUS and, later, the cluster: service belongs to a group, never to a host.</summary>
public sealed record GroupSettings
{
    public string Name { get; init; } = "default";

    /// <summary>NAS-Identifier; the group's name unless set.</summary>
    public string NasIdentifier { get; init; } = "default";

    /// <summary>NAS-IP-Address; null: not sent.</summary>
    public Ipv4Address? NasIpAddress { get; init; }
}

public enum DataPlaneKind
{
    /// <summary>One TUN device for all subscribers.</summary>
    Tun,
    /// <summary>Control plane only: PPP is carried, IP is counted and dropped.</summary>
    Null,
}

/// <summary>Limits on sessions.</summary>
public sealed record SessionsSettings
{
    /// <summary>From ICRQ to ICCN.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Sessions in one tunnel; one more is refused.</summary>
    public int MaxPerTunnel { get; init; } = 65535;

    /// <summary>Sessions on this node.</summary>
    public int Max { get; init; } = 200_000;

    /// <summary>Local session and tunnel ids stay unused so long after their end.</summary>
    public TimeSpan IdQuarantine { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>How the Load is computed (2 x serial depth + 10 x parallel depth), and when new tunnels and calls are refused.</summary>
public sealed record OverloadSettings
{
    public int SerialWeight { get; init; } = 2;
    public int ParallelWeight { get; init; } = 10;
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Load from which a share of new tunnels and calls is refused, which rises ...</summary>
    public int RefuseFrom { get; init; } = 80_000;

    /// <summary>... to all at this Load, where the latch falls.</summary>
    public int RefuseAll { get; init; } = 120_000;

    /// <summary>The latch opens when the Load has been below this ...</summary>
    public int ReopenBelow { get; init; } = 40_000;

    /// <summary>... for so long.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A login that waits so long for RADIUS shuts out calls that need RADIUS, until it is half; null: half of <see cref="RadiusSettings.LoginTimeout"/>.</summary>
    public TimeSpan? MaxLoginWait { get; init; }

    /// <summary>Calls between ICRQ and the subscriber's coming up, on this node.</summary>
    public int MaxInSetup { get; init; } = 20_000;

    /// <summary>New calls on this node in the long run; null: any number.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>New calls at once.</summary>
    public int CallsBurst { get; init; } = 1000;

    internal AdmissionSettings Admission(RadiusSettings radius) => new(RefuseFrom, RefuseAll, ReopenBelow, Hold, MaxLoginWait ?? radius.LoginTimeout / 2);
}

/// <summary>Paces the operations that make the kernel create and delete things.</summary>
public sealed record InterfaceGateSettings
{
    /// <summary>After each operation; zero: none.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Orders that go as one operation, when so many wait.</summary>
    public int MaxBatch { get; init; } = 64;
}

/// <summary>Emptying the node without ending anybody.</summary>
public sealed record DrainSettings
{
    /// <summary>The sessions that remain are ended so long after the signal; null: never.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>How often the log says how many remain.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What is kept of calls that ended.</summary>
public sealed record DisconnectSettings
{
    /// <summary>The latest, on the whole node.</summary>
    public int Keep { get; init; } = 10_000;
    public int KeepPerUser { get; init; } = 20;
    public int KeepPerLac { get; init; } = 5_000;
}

/// <summary>The end of the program.</summary>
public sealed record ShutdownSettings
{
    /// <summary>StopCCNs, accounting Stops and the data plane get so long together.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(8);
}
