using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Server.Settings.Values;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns</c>: all settings.</summary>
internal static class LnsSection
{
    private static readonly LnsSettings Default = new();
    private static readonly Section Keys = new();
    private static readonly Key<string> NodeName = Keys.Text("node-name", Default.NodeName, 64, Apply.Restart);
    private static readonly Key<ImmutableArray<IPEndPoint>> Listen = Keys.List<IPEndPoint>("listen", Default.Listen.Endpoints,
        "ADDRESS:PORT, \"[IPV6]:PORT\", or an address alone for port 1701", 255,
        Networks.EndpointOr(ListenSettings.L2tpPort), Apply.Restart);
    private static readonly Key<DataPlaneKind> DataPlane =
        Keys.Word("data-plane", Default.DataPlane, Apply.Restart, ("tun", DataPlaneKind.Tun), ("null", DataPlaneKind.Null));
    private static readonly Key<DataPlaneCode> DataPlaneCode = Keys.Word("data-plane-code", Default.DataPlaneCode, Apply.Restart,
        ("auto", Actors.Settings.DataPlaneCode.Auto), ("native", Actors.Settings.DataPlaneCode.Native),
        ("managed", Actors.Settings.DataPlaneCode.Managed));
    private static readonly Part Group = Keys.Part("group", GroupSection.Keys);
    private static readonly Part Socket = Keys.Part("socket", SocketSection.Keys);
    private static readonly Part Tun = Keys.Part("tun", TunSection.Keys);
    private static readonly Part Policing = Keys.Part("policing", PolicingSection.Keys);
    private static readonly Part Tunnels = Keys.Part("tunnels", TunnelsSection.Keys);
    private static readonly Part Sessions = Keys.Part("sessions", SessionsSection.Keys);
    private static readonly Part Links = Keys.Part("links", LinksSection.Keys);
    private static readonly Part Bundles = Keys.Part("bundles", BundlesSection.Keys);
    private static readonly Part Radius = Keys.Part("radius", RadiusSection.Keys);
    private static readonly Map Realms = Keys.Map("realms", RealmSection.Keys);
    private static readonly Map Users = Keys.Map("users", UserSection.Keys);
    private static readonly Map Pools = Keys.Map("pools", PoolSection.Keys, defines: Named.Pool);
    private static readonly Part Overload = Keys.Part("overload", OverloadSection.Keys);
    private static readonly Part Drain = Keys.Part("drain", DrainSection.Keys);
    private static readonly Part InterfaceGate = Keys.Part("interface-gate", InterfaceGateSection.Keys);
    private static readonly Part Shutdown = Keys.Part("shutdown", ShutdownSection.Keys);
    private static readonly Part Disconnects = Keys.Part("disconnects", DisconnectsSection.Keys);
    private static readonly Part Cluster = Keys.Part("cluster", ClusterSection.Keys);
    private static readonly Part Api = Keys.Part("api", ApiSection.Keys);
    private static readonly Part Dashboard = Keys.Part("dashboard", DashboardSection.Keys);
    private static readonly Part Metrics = Keys.Part("metrics", MetricsSection.Keys);
    private static readonly Part Log = Keys.Part("log", LogSection.Keys);

    /// <summary>The section at the root of a configuration.</summary>
    public static readonly Part Root = new("lns", Keys);

    public static LnsdSettings Read(SectionReader s)
    {
        var name = s.Get(NodeName);
        // bundle templates check, when everything is read, whether a call can get them
        ImmutableArray<PeerSettings> peers = [];
        ImmutableArray<RealmSettings> realms = [];
        var links = ImmutableDictionary<string, LinkTemplate>.Empty;
        HashSet<string>? used = null;
        bool TakesCalls(string bundle) => !peers.IsEmpty && (used ??= [.. peers.Select(p => links.GetValueOrDefault(p.Link)?.Bundle)
            .Concat(realms.Select(static r => r.Bundle)).OfType<string>()]).Contains(bundle);

        var pools = s.Each(Pools, PoolSection.Read);
        var bundles = s.In(Bundles, b => BundlesSection.Read(b, TakesCalls));
        links = s.In(Links, l => LinksSection.Read(l, name)).ToImmutableDictionary(static l => l.Name, StringComparer.Ordinal);
        var users = s.Each(Users, UserSection.Read);
        foreach (var twice in users.GroupBy(static u => u.Name, StringComparer.Ordinal).Where(static g => g.Count() > 1))
            s.Fail(Users, $"two keys are the same user '{PeerText.Show(twice.Key)}'");
        var radius = s.In(Radius, RadiusSection.Read);
        realms = ReadRealms(s);
        var tunnels = s.In(Tunnels, t => TunnelsSection.Read(t, name));
        peers = tunnels.Peers;
        var own = bundles.Select(static b => b.Ipcp.LocalAddress).Where(static a => !a.IsNone).Distinct().ToImmutableArray();
        var (api, traces) = s.In(Api, ApiSection.Read);
        var settings = new LnsdSettings
        {
            Node = new LnsSettings
            {
                NodeName = name,
                Group = s.In(Group, GroupSection.Read),
                Listen = ReadListen(s),
                DataPlane = s.Get(DataPlane),
                DataPlaneCode = s.Get(DataPlaneCode),
                Tun = s.In(Tun, t => TunSection.Read(t, own, NetworksOf(pools, users))),
                Policing = s.In(Policing, PolicingSection.Read),
                Tunnels = tunnels,
                Sessions = s.In(Sessions, SessionsSection.Read),
                Links = links,
                Bundles = bundles.ToImmutableDictionary(static b => b.Name, StringComparer.Ordinal),
                Radius = radius,
                Realms = new RealmTable<RealmSettings>(realms.Select(static r => KeyValuePair.Create(r.Name, r))),
                Users = users.DistinctBy(static u => u.Name).ToImmutableDictionary(static u => u.Name, StringComparer.Ordinal),
                Pools = pools.ToImmutableDictionary(static p => p.Settings.Name, static p => p.Settings, StringComparer.Ordinal),
                Overload = s.In(Overload, o => OverloadSection.Read(o, radius.LoginTimeout)),
                Drain = s.In(Drain, DrainSection.Read),
                InterfaceGate = s.In(InterfaceGate, InterfaceGateSection.Read),
                Shutdown = s.In(Shutdown, ShutdownSection.Read),
                Disconnects = s.In(Disconnects, DisconnectsSection.Read),
                Traces = traces,
            },
            Cluster = s.In(Cluster, ClusterSection.Read),
            Api = api,
            Dashboard = s.In(Dashboard, DashboardSection.Read),
            Metrics = s.In(Metrics, MetricsSection.Read),
            Log = s.In(Log, LogSection.Read),
        };
        CheckPools(s, pools, settings.Node);
        CheckNetworks(s, pools, users, settings);
        return settings;
    }

    private static ListenSettings ReadListen(SectionReader s)
    {
        var endpoints = s.Get(Listen);
        if (endpoints.IsEmpty) s.Fail(Listen, "nothing to listen on; allowed: at least one ADDRESS:PORT");
        else if (endpoints.Distinct().Count() < endpoints.Length) s.Fail(Listen, "an address and port stands there twice");
        return s.In(Socket, socket => SocketSection.Read(socket, endpoints));
    }

    private static ImmutableArray<RealmSettings> ReadRealms(SectionReader s)
    {
        var realms = s.Each(Realms, RealmSection.Read).Where(static r => RealmKey.IsKey(r.Name)).ToArray();
        foreach (var twice in realms.GroupBy(static r => r.Name, StringComparer.OrdinalIgnoreCase).Where(static g => g.Count() > 1))
            s.Fail(Realms, $"'{twice.Key}' stands there twice: the case of letters does not matter");
        return [.. realms.DistinctBy(static r => r.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Networks that subscribers get addresses from: those of the pools, and those of local users.</summary>
    private static IEnumerable<Ipv4Prefix> NetworksOf(ImmutableArray<PoolEntry> pools, ImmutableArray<LocalUser> users) =>
        pools.SelectMany(static p => p.Networks)
            .Concat(users.Where(static u => u.Profile.AddressChoice == FramedAddressChoice.Fixed)
                .Select(static u => new Ipv4Prefix(u.Profile.FramedIpAddress, 32)))
            .Concat(users.SelectMany(static u => u.Profile.Networks));

    /// <summary>
    /// Checks that no subscriber can get an address that the node needs. A pool may lie around one when the pool excludes it: the host
    /// then needs a longer route to it.
    /// </summary>
    private static void CheckNetworks(
        SectionReader s, ImmutableArray<PoolEntry> pools, ImmutableArray<LocalUser> users, LnsdSettings settings)
    {
        // the kernel delivers packets to own addresses locally, and no pool leases them
        var guard = LnsNode.GuardOf(settings.Node, settings.NeededAddresses, withOwn: false);
        foreach (var pool in pools)
            foreach (var network in pool.Networks)
                if (guard.Judge(new IpPrefix(network), a => IsExcluded(pool, a)) is { } why)
                    s.Fail(Pools, $"pool '{pool.Settings.Name}': {why}");
        var strict = LnsNode.GuardOf(settings.Node, settings.NeededAddresses, withOwn: true);
        foreach (var user in users)
        {
            var address = new Ipv4Prefix(user.Profile.FramedIpAddress, 32);
            var isFixed = user.Profile.AddressChoice == FramedAddressChoice.Fixed;
            foreach (var network in isFixed ? user.Profile.Networks.Insert(0, address) : user.Profile.Networks)
                if (strict.Judge(new IpPrefix(network)) is { } why) s.Fail(Users, $"user '{user.Name}': {why}");
        }
        var checkedAlready = NetworksOf(pools, users).ToArray();
        foreach (var network in settings.Node.Tun.Routes)
            if (!checkedAlready.Contains(network) && guard.Judge(new IpPrefix(network)) is { } why)
                s.Fail(Tun, $"a route to the device: {why}");

        static bool IsExcluded(PoolEntry pool, IpPrefix address) =>
            address.IsIpv4 && pool.Settings.Exclude.Any(e => e.Contains(new Ipv4Address((uint)address.Network)));
    }

    private static void CheckPools(SectionReader s, ImmutableArray<PoolEntry> pools, LnsSettings settings)
    {
        var overlaps = PoolSection.Overlaps(pools).ToArray();
        foreach (var overlap in overlaps) s.Fail(Pools, overlap);
        // the start would refuse this too
        var areFilled = overlaps.Length == 0 && pools.All(static p => !p.Networks.IsEmpty); // an empty one is an error already
        if (areFilled && !LnsNode.TryMakePools(settings, out _, out var fault)) s.Fail(Pools, fault);
    }
}
