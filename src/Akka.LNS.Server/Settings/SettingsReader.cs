using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Akka.LNS.Actors;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Clustering;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Server.Api;
using Akka.LNS.Server.Settings.Hocon;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Server.Settings.Values;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Server.Settings;

/// <summary>What a configuration file says, or all that is wrong with it.</summary>
/// <param name="Errors">FILE:LINE: path: what was found; what is allowed. Empty: <paramref name="Settings"/> may be used.</param>
/// <param name="AkkaHocon">The akka { } section of the file over that of lns.conf, for Akka's own parser.</param>
/// <param name="Effective">What holds, lns.conf included.</param>
public sealed record SettingsResult(LnsdSettings Settings, string AkkaHocon, IReadOnlyList<string> Errors, IReadOnlyCollection<SettingsKey> Keys, EffectiveConfiguration Effective)
{
    /// <summary>Nothing could be read.</summary>
    public static SettingsResult Unreadable(string error) => new(new LnsdSettings(), "", [error], [], EffectiveConfiguration.Empty);
}

/// <summary>HOCON to <see cref="LnsSettings"/>. Every key stands here once, with its type, unit and range; defaults stand in lns.conf.</summary>
public sealed class SettingsReader
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private const int MostAddresses = 1 << 24;
    private const long KiB = 1 << 10, MiB = 1 << 20, GiB = 1 << 30;

    private readonly SettingsSource _source;
    private string _nodeName = "";
    private ImmutableDictionary<string, LinkTemplate> _links = ImmutableDictionary<string, LinkTemplate>.Empty;
    private ImmutableDictionary<string, BundleTemplate> _bundles = ImmutableDictionary<string, BundleTemplate>.Empty;
    private ImmutableArray<PeerSettings> _peers = [];
    private ImmutableArray<RealmSettings> _realms = [];
    private ImmutableArray<string> _servers = [];
    private readonly Dictionary<string, List<(Ipv4Prefix Network, AddressRange Range)>> _ranges = new(StringComparer.Ordinal);

    private SettingsReader(SettingsSource source) => _source = source;

    /// <param name="text">The configuration; lns.conf stands behind it.</param>
    /// <param name="file">Its name in messages, and the place that relative file names in it start from.</param>
    public static SettingsResult Read(string text, string file, Func<string, string?>? environment = null) =>
        Read(text, file, EmbeddedConfiguration.Reference, environment ?? Environment.GetEnvironmentVariable);

    /// <summary>What has been put together from files that were read before.</summary>
    internal static SettingsResult Read(HoconObject root) =>
        Read(root, HoconParser.Parse(EmbeddedConfiguration.Reference, EmbeddedConfiguration.ReferenceName, Environment.GetEnvironmentVariable));

    /// <summary>Somebody else's text: no file of this machine is included in it, and no error shows a value of this program's environment.</summary>
    internal static SettingsResult ReadForeign(string text, string file)
    {
        var used = new Dictionary<string, string>(StringComparer.Ordinal);
        var read = Read(text, file, EmbeddedConfiguration.Reference, name =>
        {
            var value = Environment.GetEnvironmentVariable(name);
            if (value is { Length: > 3 }) used[name] = value;
            return value;
        }, HoconParser.NoIncludes);
        return read with { Errors = [.. read.Errors.Select(e => used.Aggregate(e, static (line, v) => line.Replace(v.Value, $"${{{v.Key}}}", StringComparison.Ordinal)))] };
    }

    internal static SettingsResult Read(string text, string file, string referenceText, Func<string, string?> environment, Func<string, string?>? include = null)
    {
        var reference = HoconParser.Parse(referenceText, EmbeddedConfiguration.ReferenceName, environment);
        HoconObject root;
        try
        {
            root = HoconParser.Parse(text, file, environment, include ?? (static path => File.Exists(path) ? RegularFile.ReadAllText(path) : null));
        }
        catch (HoconException e)
        {
            return SettingsResult.Unreadable($"{e.At}: {e.Message}");
        }
        return Read(root, reference);
    }

    private static SettingsResult Read(HoconObject root, HoconObject reference)
    {
        var source = new SettingsSource(root, reference);
        foreach (var key in root.Keys)
            if (key is not ("lns" or "akka")) source.Errors.Add(root[key]!.At, HoconPath.Quote(key), $"unknown key{Nearest.Hint(key, ["lns", "akka"])}; allowed: akka, lns");
        foreach (var key in new[] { "lns", "akka" })
            if (root[key] is { } node and not HoconObject) source.Errors.Add(node.At, key, $"found {node.Kind}; a section {{ }} is expected");
        var settings = new SettingsReader(source).ReadLns(SectionReader.Root(source, "lns"));
        source.RunLater();
        var akka = $"akka {{\n{reference.Child("akka")?.ToCanonicalText()}}}\nakka {{\n{root.Child("akka")?.ToCanonicalText()}}}\n";
        return new SettingsResult(settings, akka, source.Errors.Lines, source.Keys, EffectiveConfiguration.Of(root, reference, source.Notes));
    }

    private LnsdSettings ReadLns(SectionReader lns)
    {
        _nodeName = lns.Text("node-name", 64);
        var pools = lns.Map("pools", ReadPool);
        var bundles = lns.Section("bundles", ReadBundles);
        _bundles = bundles.ToImmutableDictionary(static b => b.Name, StringComparer.Ordinal);
        var links = lns.Section("links", ReadLinks);
        _links = links.ToImmutableDictionary(static l => l.Name, StringComparer.Ordinal);
        var users = lns.Map("users", (name, user) => ReadUser(name, user, () => pools.Select(static p => p.Name)));
        var own = bundles.Select(static b => b.Ipcp.LocalAddress).Where(static a => !a.IsNone).Distinct().ToImmutableArray();
        var networks = _ranges.Values.SelectMany(static r => r).Select(static r => r.Network)
            .Concat(users.Where(static u => u.Profile.AddressChoice == FramedAddressChoice.Fixed).Select(static u => new Ipv4Prefix(u.Profile.FramedIpAddress, 32)))
            .Concat(users.SelectMany(static u => u.Profile.FramedRoutes).Select(static r => r.Destination));
        var tun = lns.Section("tun", section => ReadTun(section, own, networks));
        var radius = lns.Section("radius", ReadRadius);
        var overload = lns.Section("overload", s => ReadOverload(s, radius));
        var settings = new LnsSettings
        {
            NodeName = _nodeName,
            Group = lns.Section("group", ReadGroup),
            Listen = ReadListen(lns),
            DataPlane = lns.Word("data-plane", ("tun", DataPlaneKind.Tun), ("null", DataPlaneKind.Null)),
            Tun = tun,
            Policing = lns.Section("policing", static s => new PolicingSettings
            {
                FramesPerSecond = s.Real("frames-per-second", 1, 100_000),
                Burst = s.Number("burst", 1, 100_000),
            }),
            Tunnels = lns.Section("tunnels", ReadTunnels),
            Sessions = lns.Section("sessions", static s => new SessionsSettings
            {
                ConnectTimeout = s.Duration("connect-timeout", Second, 10 * Minute),
                Max = s.Number("max", 1, 10_000_000),
                MaxPerTunnel = s.Number("max-per-tunnel", 1, 65535),
                IdQuarantine = s.Duration("id-quarantine", TimeSpan.Zero, Hour),
            }),
            Links = _links,
            Bundles = _bundles,
            Radius = radius,
            Realms = ReadRealms(lns),
            Users = users.ToImmutableDictionary(static u => u.Name, StringComparer.Ordinal),
            Pools = pools.ToImmutableDictionary(static p => p.Name, StringComparer.Ordinal),
            Overload = overload,
            Drain = lns.Section("drain", static s => new DrainSettings
            {
                Deadline = s.OptionalDuration("deadline", Second, 30 * Day),
                ReportInterval = s.Duration("report-interval", Second, Hour),
            }),
            InterfaceGate = lns.Section("interface-gate", static s => new InterfaceGateSettings
            {
                Pause = s.Duration("pause", TimeSpan.Zero, 10 * Second),
                MaxBatch = s.Number("max-batch", 1, 1000),
            }),
            Shutdown = lns.Section("shutdown", static s => new ShutdownSettings { Within = s.Duration("within", Second, 10 * Minute) }),
            Disconnects = lns.Section("disconnects", static s => new DisconnectSettings
            {
                Keep = s.Number("keep", 1, 1_000_000), KeepPerUser = s.Number("keep-per-user", 1, 1_000_000), KeepPerLac = s.Number("keep-per-lac", 1, 1_000_000),
            }),
        };
        var all = new LnsdSettings
        {
            Node = settings,
            Cluster = lns.Section("cluster", ReadCluster),
            Api = lns.Section("api", ReadApi),
            Dashboard = lns.Section("dashboard", static d => new DashboardSettings
            {
                Enabled = d.Flag("enabled"),
                Viewers = d.Number("viewers", 1, 1000),
                Logins = d.Number("logins", 1, 10_000),
                LoginLasts = d.Duration("login-lasts", Minute, 30 * Day),
                SampleInterval = d.Duration("sample-interval", Second, Minute),
                History = d.Duration("history", Minute, Day),
            }),
            Metrics = lns.Section("metrics", static m => new MetricsSettings { Otlp = m.Section("otlp", ReadOtlp) }),
            Log = lns.Section("log", ReadLog),
        };
        lns.Close();
        CheckOverlaps(lns);
        // what the start would refuse
        if (!_overlaps && !LnsNode.TryMakePools(settings, out _, out var fault)) lns.Fail("pools", fault);
        return all with { Node = settings with { Traces = _traces } };
    }

    private static OverloadSettings ReadOverload(SectionReader s, RadiusSettings radius)
    {
        var overload = new OverloadSettings
        {
            SerialWeight = s.Number("serial-weight", 0, 1000),
            ParallelWeight = s.Number("parallel-weight", 0, 1000),
            SampleInterval = s.Duration("sample-interval", 10 * Millisecond, 10 * Second),
            RefuseFrom = s.Number("refuse-from", 1, 1_000_000_000),
            RefuseAll = s.Number("refuse-all", 1, 1_000_000_000),
            ReopenBelow = s.Number("reopen-below", 1, 1_000_000_000),
            Hold = s.Duration("hold", TimeSpan.Zero, 10 * Minute),
            MaxLoginWait = s.OptionalDuration("max-login-wait", 100 * Millisecond, 10 * Minute),
            MaxInSetup = s.Number("max-in-setup", 1, 10_000_000),
            CallsPerSecond = s.Optional<double>("calls-per-second", CallRate, ReadCallRate),
            CallsBurst = s.Number("calls-burst", 1, 10_000_000),
        };
        if (overload.RefuseAll <= overload.RefuseFrom) s.Fail("refuse-all", $"{overload.RefuseAll} is not above refuse-from, {overload.RefuseFrom}");
        if (overload.ReopenBelow > overload.RefuseAll) s.Fail("reopen-below", $"{overload.ReopenBelow} is above refuse-all, {overload.RefuseAll}");
        if (overload.MaxLoginWait > radius.LoginTimeout)
            s.Fail("max-login-wait", $"{Units.Show(overload.MaxLoginWait.Value)} is more than radius.login-timeout, {Units.Show(radius.LoginTimeout)}");
        return overload;
    }

    private const string CallRate = "a number from 0.01 to 1000000";
    private static readonly TryRead<double> ReadCallRate = static text =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n is >= 0.01 and <= 1_000_000 ? n : null;

    private static GroupSettings ReadGroup(SectionReader s)
    {
        var name = s.Text("name", 64);
        return new GroupSettings
        {
            Name = name,
            NasIdentifier = s.OptionalText("nas-identifier", 253) ?? name,
            NasIpAddress = s.Optional<Ipv4Address>("nas-ip-address", "an IPv4 address", Ipv4),
        };
    }

    private static ListenSettings ReadListen(SectionReader lns)
    {
        var endpoints = lns.List("listen", "ADDRESS:PORT, \"[IPV6]:PORT\", or an address alone for port 1701", 255, static text => Endpoint(text, ListenSettings.L2tpPort));
        var listen = lns.Section("socket", s => new ListenSettings([.. endpoints.Select(static e => e.Value)])
        {
            ReceiveBufferOctets = (int)s.Size("receive-buffer", 64 * KiB, GiB),
            SendBufferOctets = (int)s.Size("send-buffer", 64 * KiB, GiB),
            DataThreads = s.Number("data-threads", 1, 64),
        });
        if (endpoints.IsEmpty) lns.Fail("listen", "nothing to listen on; allowed: at least one ADDRESS:PORT");
        else if (endpoints.Distinct().Count() < endpoints.Length) lns.Fail("listen", "an address and port stands there twice");
        return listen;
    }

    private static TunSettings ReadTun(SectionReader s, ImmutableArray<Ipv4Address> own, IEnumerable<Ipv4Prefix> networks)
    {
        var name = s.Text("device", 15);
        if (name.Any(static c => char.IsWhiteSpace(c) || c is '/' or '%' or ':') || name is "." or "..") s.Fail("device", $"found '{name}'; allowed: a name without spaces and / % :");
        var addresses = s.List<Ipv4Address>("addresses", "IPv4 addresses", 16, Ipv4);
        var routes = s.List<Ipv4Prefix>("routes", "IPv4 networks (192.0.2.0/24)", 4096, Prefix);
        return new TunSettings(name, [.. own.Concat(addresses).Distinct()], Widest([.. networks, .. routes]))
        {
            Mtu = s.Number("mtu", 576, 9000),
            Queues = s.Number("queues", 1, 64),
        };
    }

    private TunnelsSettings ReadTunnels(SectionReader tunnels)
    {
        tunnels.Section("defaults", section => ReadPeer("*", section));
        return new TunnelsSettings
        {
            Max = tunnels.Number("max", 1, 65535),
            Peers = _peers = tunnels.Map("peers", ReadPeer, defaults: "defaults"),
        };
    }

    private PeerSettings ReadPeer(string pattern, SectionReader s)
    {
        var secret = s.Secret("secret");
        var hide = s.Flag("hide-avps");
        if (hide && secret is null) s.Fail("hide-avps", "AVPs can be hidden only with a secret (RFC 2661 section 4.3)");
        if (pattern.Split('/') is [var address, _] && !(IPNetwork.TryParse(pattern, out var network) && IPAddress.TryParse(address, out var begin) && network.BaseAddress.Equals(begin)))
            _source.Errors.Add(s.At, s.Path, $"'{pattern}' is not a network; allowed: 192.0.2.0/24 without host bits, an address, a host name, a host name with * and ?, or \"*\"");
        var initial = s.Duration("retransmit-initial", 100 * Millisecond, 30 * Second);
        var most = s.Duration("retransmit-max", Second, 5 * Minute);
        if (most < initial) s.Fail("retransmit-max", $"{Units.Show(most)} is less than retransmit-initial, {Units.Show(initial)}");
        return new PeerSettings
        {
            Pattern = PeerPattern.Parse(pattern),
            Link = s.Reference("link", "link template", () => _links.Keys),
            MaxSessions = s.Number("max-sessions", 1, 65535),
            RefuseWith = s.Word("refuse-with", ("2/7", RefuseWith.TryAnother), ("2/4", RefuseWith.NoResources), ("4", RefuseWith.NoFacilities)),
            Limits = new QuotaLimits(s.Number("max-tunnels-of-lac", 1, 65535), s.Number("max-sessions-of-lac", 1, 10_000_000), s.Number("max-in-setup", 1, 10_000_000),
                s.Optional<double>("calls-per-second", CallRate, ReadCallRate), s.Number("calls-burst", 1, 10_000_000)),
            Connection = new ControlConnectionSettings
            {
                HostName = s.OptionalText("host-name", 64) ?? _nodeName,
                Secret = secret?.Value,
                HideAvps = hide,
                ReceiveWindow = (ushort)s.Number("receive-window", 1, 1024),
                HelloInterval = s.Duration("hello-interval", TimeSpan.Zero, Day),
                RetransmitInitial = initial,
                RetransmitMax = most,
                MaxRetransmits = s.Number("max-retransmits", 1, 50),
                SetupTimeout = s.Duration("setup-timeout", Second, 10 * Minute),
                ClosingLinger = s.Duration("closing-linger", TimeSpan.Zero, 5 * Minute),
                AckDelay = s.Duration("ack-delay", TimeSpan.Zero, 500 * Millisecond),
            },
        };
    }

    private ImmutableArray<LinkTemplate> ReadLinks(SectionReader links)
    {
        var standard = links.Section("defaults", section => ReadLink(TemplateNames.Default, section));
        return [standard, .. links.Map("templates", ReadLink, defaults: "defaults").Where(NotDefault(links, static (LinkTemplate t) => t.Name))];
    }

    private LinkTemplate ReadLink(string name, SectionReader s)
    {
        var methods = s.WordList("auth", ("pap", AuthMethod.Pap), ("chap", AuthMethod.ChapMd5), ("mschap-v2", AuthMethod.MsChapV2));
        var by = s.WordList("auth-by", ("local", AuthSource.Local), ("radius", AuthSource.Radius));
        if (!methods.IsEmpty && by.IsEmpty) s.Fail("auth-by", "nobody is asked; allowed: at least one of local, radius");
        if (methods.Distinct().Count() < methods.Length) s.Fail("auth", "a method stands there twice");
        if (by.Distinct().Count() < by.Length) s.Fail("auth-by", "a source stands there twice");
        return new LinkTemplate
        {
            Name = name,
            AuthBy = by,
            Bundle = s.Reference("bundle", "bundle template", () => _bundles.Keys),
            Policy = new LinkPolicy
            {
                ServerName = s.OptionalText("server-name", 64) ?? _nodeName,
                AuthMethods = methods,
                Mru = (ushort)s.Number("mru", 128, 9000),
                MinPeerMru = (ushort)s.Number("min-peer-mru", 64, 1500),
                MaxPeerMru = (ushort)s.Number("max-peer-mru", 576, 9000),
                EchoInterval = s.Duration("echo-interval", TimeSpan.Zero, Hour),
                EchoFailures = (byte)s.Number("echo-failures", 1, 100),
                EchoJitter = s.Real("echo-jitter", 0, 0.9),
                FirstRestartInterval = s.Duration("first-restart-interval", 50 * Millisecond, 30 * Second),
                RestartInterval = s.Duration("restart-interval", 100 * Millisecond, 30 * Second),
                MaxConfigure = (byte)s.Number("max-configure", 1, 100),
                MaxTerminate = (byte)s.Number("max-terminate", 1, 20),
                MaxFailure = (byte)s.Number("max-failure", 1, 50),
                AuthTimeout = s.Duration("auth-timeout", Second, 10 * Minute),
                SetupTimeout = s.Duration("setup-timeout", Second, 10 * Minute),
                AllowPfc = s.Flag("allow-pfc"),
                AllowAcfc = s.Flag("allow-acfc"),
                OfferPfc = s.Flag("offer-pfc"),
                OfferAcfc = s.Flag("offer-acfc"),
            },
        };
    }

    private ImmutableArray<BundleTemplate> ReadBundles(SectionReader bundles)
    {
        var standard = bundles.Section("defaults", section => ReadBundle(TemplateNames.Default, section));
        return [standard, .. bundles.Map("templates", ReadBundle, defaults: "defaults").Where(NotDefault(bundles, static (BundleTemplate t) => t.Name))];
    }

    private BundleTemplate ReadBundle(string name, SectionReader s)
    {
        var own = s.Optional<Ipv4Address>("own-address", "an IPv4 address", Ipv4) ?? Ipv4Address.None;
        _source.Later(() =>
        {
            if (own.IsNone && _peers.Any(peer => _links.GetValueOrDefault(peer.Link)?.Bundle == name || (_peers.Length > 0 && _realms.Any(realm => realm.Bundle == name)))) s.Fail("own-address", "missing: the LNS needs an address of its own in the tunnel; allowed: an IPv4 address");
        });
        var dns = s.List<Ipv4Address>("dns", "at most two IPv4 addresses", 2, Ipv4);
        var nbns = s.List<Ipv4Address>("nbns", "at most two IPv4 addresses", 2, Ipv4);
        return new BundleTemplate
        {
            Name = name,
            Ipcp = new IpcpPolicy
            {
                LocalAddress = own,
                PrimaryDns = dns.ElementAtOrDefault(0),
                SecondaryDns = dns.ElementAtOrDefault(1),
                PrimaryNbns = nbns.ElementAtOrDefault(0),
                SecondaryNbns = nbns.ElementAtOrDefault(1),
                FirstRestartInterval = s.Duration("first-restart-interval", 50 * Millisecond, 30 * Second),
                RestartInterval = s.Duration("restart-interval", 100 * Millisecond, 30 * Second),
                MaxConfigure = (byte)s.Number("max-configure", 1, 100),
                MaxTerminate = (byte)s.Number("max-terminate", 1, 20),
                MaxFailure = (byte)s.Number("max-failure", 1, 50),
                SetupTimeout = s.Duration("setup-timeout", Second, 10 * Minute),
            },
            Pool = s.OptionalReference("pool", "pool", () => _ranges.Keys),
            IdleTimeout = s.Duration("idle-timeout", TimeSpan.Zero, 30 * Day),
            SessionTimeout = s.Duration("session-timeout", TimeSpan.Zero, 365 * Day),
            MaxMtu = s.Number("max-mtu", 576, 9000),
            ClampMss = s.Flag("mss-clamp"),
            AntiSpoofing = s.Flag("anti-spoofing"),
        };
    }

    private RadiusSettings ReadRadius(SectionReader radius)
    {
        var settings = new RadiusSettings
        {
            Workers = radius.Number("workers", 1, 4096),
            Backlog = radius.Section("backlog", static s => new RadiusBacklogSettings
            {
                Authentication = s.Number("authentication", 1, 10_000_000),
                StartStop = s.Number("start-stop", 1, 10_000_000),
                Interim = s.Number("interim", 1, 10_000_000),
            }),
            RequireMessageAuthenticator = radius.Flag("require-message-authenticator"),
            LoginTimeout = radius.Duration("login-timeout", Second, 5 * Minute),
            Servers = radius.Sections("servers", "server-defaults", static s => ReadServer(s, isDefaults: false)),
            Accounting = radius.Section("accounting", static s => new AccountingSettings
            {
                Enabled = s.Flag("enabled"),
                OnOff = s.Flag("on-off"),
                InterimInterval = s.Duration("interim-interval", TimeSpan.Zero, Day),
                InterimJitter = s.Real("interim-jitter", 0, 0.9),
                RetryInterval = s.Duration("retry-interval", 100 * Millisecond, Hour),
                RetryMax = s.Duration("retry-max", Second, Day),
                Spool = s.Section("spool", static f => new AccountingSpoolSettings
                {
                    File = f.OptionalText("file", 4096),
                    MaxSize = f.Size("max-size", MiB, 1024 * GiB),
                    MaxInMemory = f.Number("max-in-memory", 1000, 100_000_000),
                }),
            }),
        };
        settings = settings with { DynamicAuthorization = radius.Section("dynamic-authorization", ReadDynamicAuthorization) };
        radius.Section("server-defaults", static s => ReadServer(s, isDefaults: true));
        _servers = [.. settings.Servers.Select(static s => s.Name)];
        if (settings.Servers.Select(static s => s.Name).Distinct(StringComparer.Ordinal).Count() < settings.Servers.Length)
            radius.Fail("servers", "two servers have the same name");
        return settings;
    }

    private static DynamicAuthorizationSettings ReadDynamicAuthorization(SectionReader s)
    {
        var settings = new DynamicAuthorizationSettings
        {
            Listen = s.Value<Service>("listen", "ADDRESS:PORT, \"[IPV6]:PORT\", or an address alone for port 3799",
                static text => Endpoint(text, DynamicAuthorizationSettings.DefaultPort)).Value ?? new DynamicAuthorizationSettings().Listen,
            ReplayWindow = s.Duration("replay-window", Second, Hour),
            RequireEventTimestamp = s.Flag("require-event-timestamp"),
            Remember = s.Number("remember", 100, 10_000_000),
            Clients = s.Sections("clients", "client-defaults", static c => ReadClient(c, isDefaults: false)),
        };
        s.Section("client-defaults", static c => ReadClient(c, isDefaults: true));
        foreach (var twice in settings.Clients.GroupBy(static c => c.Network).Where(static g => g.Count() > 1))
            s.Fail("clients", $"{twice.Key} stands there twice");
        return settings;
    }

    private static DynamicAuthorizationClient ReadClient(SectionReader s, bool isDefaults)
    {
        if (isDefaults && s.Has("address")) s.Fail("address", "each client has its own");
        if (isDefaults && s.Has("name")) s.Fail("name", "each client has its own");
        var network = isDefaults ? default : s.Value<IPNetwork>("address", "an address, or a network without host bits (192.0.2.0/24)", static text =>
            AnyAddress(text) is { Value: var one } ? new IPNetwork(one, one.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128)
                : text.Split('/') is [var begin, _] && IPNetwork.TryParse(text, out var many) && IPAddress.TryParse(begin, out var first) && many.BaseAddress.Equals(first) ? many : null);
        var name = isDefaults ? null : s.OptionalText("name", 64);
        var secret = s.Secret("secret");
        if (!isDefaults && secret is null) s.Fail("secret", "missing; allowed: a text, or secret-file with the path of a file");
        return new DynamicAuthorizationClient
        {
            Name = name ?? network.ToString(), Network = network, Secret = secret ?? new Secret(""), RequireMessageAuthenticator = s.Flag("require-message-authenticator"),
        };
    }

    private RealmTable<RealmSettings> ReadRealms(SectionReader lns)
    {
        var realms = lns.Map("realms", ReadRealm).Where(static r => RealmKey.IsKey(r.Name)).ToArray();
        foreach (var twice in realms.GroupBy(static r => r.Name, StringComparer.OrdinalIgnoreCase).Where(static g => g.Count() > 1))
            lns.Fail("realms", $"'{twice.Key}' stands there twice: the case of letters does not matter");
        _realms = [.. realms.DistinctBy(static r => r.Name, StringComparer.OrdinalIgnoreCase)];
        return new RealmTable<RealmSettings>(_realms.Select(static r => KeyValuePair.Create(r.Name, r)));
    }

    private RealmSettings ReadRealm(string name, SectionReader s)
    {
        if (!RealmKey.IsKey(name))
            _source.Errors.Add(s.At, s.Path, $"'{name}' is no realm; allowed: a realm, \"*.SUFFIX\", none (names without a realm), \"*\" (everything else)");
        var servers = ImmutableArray.CreateBuilder<string>();
        s.Each("servers", "names of RADIUS servers", 64, server =>
        {
            servers.Add(server);
            return null;
        });
        s.Later(() =>
        {
            var known = _servers.Order(StringComparer.Ordinal).ToArray();
            foreach (var server in servers)
            {
                if (!known.Contains(server, StringComparer.Ordinal))
                    s.Fail("servers", $"there is no RADIUS server '{server}'{Nearest.Hint(server, known)}; {(known.Length == 0 ? "there is none at all" : $"there are: {string.Join(", ", known)}")}");
            }
        });
        var by = s.WordList("auth-by", ("local", AuthSource.Local), ("radius", AuthSource.Radius));
        if (by.Distinct().Count() < by.Length) s.Fail("auth-by", "a source stands there twice");
        return new RealmSettings
        {
            Name = name,
            Servers = servers.ToImmutable(),
            AuthBy = by,
            Bundle = s.OptionalReference("bundle", "bundle template", () => _bundles.Keys),
            Strip = s.Flag("strip", unless: false),
            Reject = s.OptionalText("reject", 200),
        };
    }

    private static RadiusServerSettings ReadServer(SectionReader s, bool isDefaults)
    {
        if (isDefaults && s.Has("address")) s.Fail("address", "each server has its own");
        if (isDefaults && s.Has("name")) s.Fail("name", "each server has its own");
        var address = isDefaults ? IPAddress.Loopback : s.Value<Address>("address", "an IPv4 or IPv6 address (a host name would have to be looked up)", AnyAddress).Value;
        var text = isDefaults ? null : s.OptionalText("name", 64);
        var authPort = s.Number("auth-port", 0, 65535);
        var acctPort = s.Number("acct-port", 0, 65535);
        var secret = s.Secret("secret");
        if (!isDefaults && secret is null) s.Fail("secret", "missing; allowed: a text, or secret-file with the path of a file");
        if (authPort == 0 && acctPort == 0) s.Fail("acct-port", "auth-port and acct-port are both 0: the server would do nothing");
        var source = s.Optional<Address>("source", "an IPv4 or IPv6 address", AnyAddress)?.Value;
        if (source is not null && !isDefaults && address is not null && source.AddressFamily != address.AddressFamily) s.Fail("source", $"{source} and {address} are of two families");
        address ??= IPAddress.Loopback;
        return new RadiusServerSettings
        {
            Name = text ?? string.Create(CultureInfo.InvariantCulture, $"{new IPEndPoint(address, authPort)}"),
            Authentication = new IPEndPoint(address, authPort),
            Accounting = new IPEndPoint(address, acctPort),
            Secret = secret ?? new Secret(""),
            Timeout = s.Duration("timeout", 50 * Millisecond, Minute),
            Retries = s.Number("retries", 0, 20),
            Priority = s.Number("priority", 1, 100),
            Weight = s.Number("weight", 1, 1000),
            DeadAfter = s.Number("dead-after", 1, 1000),
            DeadTime = s.Duration("dead-time", Second, Hour),
            RequestsPerSecond = s.Optional<double>("requests-per-second", "a number from 0.1 to 1000000, or none", static text =>
                double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is >= 0.1 and <= 1_000_000 ? rate : null),
            Burst = s.Number("burst", 1, 1_000_000),
            StatusServer = s.Word("status-server", ("auto", StatusServerUse.Auto), ("on", StatusServerUse.On), ("off", StatusServerUse.Off)),
            Source = source,
        };
    }

    private static LocalUser ReadUser(string name, SectionReader s, Func<IEnumerable<string>> pools)
    {
        var password = s.Secret("password");
        if (password is null) s.Fail("password", "missing; allowed: a text, or password-file with the path of a file");
        var profile = SubscriberProfile.Read(ReadAttributes(s));
        foreach (var problem in profile.Problems.Prepend(profile.Rejection).OfType<string>()) s.Fail("attributes", problem);
        if (profile.FramedPool.Length > 0) s.Later(() => CheckPool(profile.FramedPool));
        return new LocalUser { Name = name, Password = password ?? new Secret(""), Profile = profile };

        void CheckPool(string pool)
        {
            var known = pools().Order(StringComparer.Ordinal).ToArray();
            if (!known.Contains(pool, StringComparer.Ordinal)) s.Fail("attributes", $"Framed-Pool: there is no pool '{pool}'{Nearest.Hint(pool, known)}");
        }
    }

    /// <summary>Lines as FreeRADIUS' users file has them, by the names of the dictionary.</summary>
    private static byte[] ReadAttributes(SectionReader s)
    {
        const string Allowed = "texts like \"Framed-IP-Address = 203.0.113.7\"";
        List<byte> octets = [];
        s.Each("attributes", Allowed, 64, line =>
        {
            if (!RadiusDictionary.Default.TryEncodeLine(line, out var attribute, out var error)) return error;
            octets.AddRange(attribute);
            return null;
        }, Masked);
        return [.. octets];

        // a vendor's text can be "...password=..." or "...key=..."
        static string? Masked(string line)
        {
            if (!RadiusDictionary.Default.TryEncodeLine(line, out var encoded, out _)) return null;
            ReadOnlySpan<byte> rest = encoded;
            return AttributeView.TryRead(ref rest, out var attribute, out _) && RadiusDictionary.Default.HoldsSecret(attribute) ? RadiusDictionary.Default.Render(attribute) : null;
        }
    }

    private AddressPoolSettings ReadPool(string name, SectionReader s)
    {
        const string Allowed = "IPv4 networks (192.0.2.0/24), ranges (\"192.0.2.10 - 192.0.2.20\") or addresses";
        var ranges = s.List<Addresses>("ranges", Allowed, 4096, ReadAddresses);
        if (ranges.IsEmpty) s.Fail("ranges", "no address; allowed: " + Allowed);
        _ranges[name] = [.. ranges.SelectMany(static r => r.Networks.Select(n => (n, r.Given)))];
        if (ranges.Sum(static r => r.Given.Count) > MostAddresses) s.Fail("ranges", $"more than {MostAddresses} addresses in one pool");
        return new AddressPoolSettings(name, [.. ranges.Select(static r => r.Given)],
            [.. s.List<Addresses>("exclude", Allowed, 4096, ReadAddresses).Select(static r => r.All)], s.Flag("sticky", unless: true));
    }

    private static OtlpSettings ReadOtlp(SectionReader s)
    {
        const string Allowed = "none, or a URL: http://HOST:PORT or https://HOST:PORT, with a path or without";
        var endpoint = s.OptionalText("endpoint", 2048);
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
        {
            // somebody's password is not for the screen
            if (endpoint is not null) s.Fail("endpoint", $"found {(endpoint.Contains('@', StringComparison.Ordinal) ? "a name in front of the host" : $"'{endpoint}'")}; allowed: {Allowed}");
            uri = null;
        }
        return new OtlpSettings
        {
            Endpoint = uri,
            Interval = s.Duration("interval", Second, Hour),
            Protocol = s.Word("protocol", ("grpc", OtlpProtocol.Grpc), ("http", OtlpProtocol.Http)),
        };
    }

    private static ClusterSettings ReadCluster(SectionReader s)
    {
        const string Seed = "HOST:PORT (an IPv4 address or a name)";
        var name = s.Text("name", 64);
        if (name.Length > 0 && (!char.IsAsciiLetterOrDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
            s.Fail("name", $"found '{name}'; allowed: letters, digits, - and _, a letter or digit first");
        var seeds = s.List("seeds", Seed, 64, SeedOf);
        if (seeds.Distinct().Count() < seeds.Length) s.Fail("seeds", "a node stands there twice");
        var roles = ImmutableArray.CreateBuilder<string>();
        s.Each("roles", "words of letters, digits, - and _", 32, role =>
        {
            roles.Add(role);
            return role.Length is > 0 and <= 64 && role.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? null
                : $"found '{role}'; allowed: words of at most 64 letters, digits, - and _";
        });
        var quorum = s.Number("quorum", 1, 64);
        if (quorum > 0 && seeds.Length > 2 * quorum - 1)
            s.Fail("quorum", $"found {quorum} with {seeds.Length} seeds, of which two parts could both go on; allowed: more than half of all nodes, at least {seeds.Length / 2 + 1}");
        return new ClusterSettings
        {
            Enabled = s.Flag("enabled"),
            Name = name,
            Seeds = seeds,
            Roles = [.. roles.Distinct(StringComparer.Ordinal)],
            Remoting = s.Section("remoting", ReadRemoting),
            SeedTimeout = s.Duration("seed-timeout", Second, 10 * Minute),
            HeartbeatPause = s.Duration("heartbeat-pause", 500 * Millisecond, 10 * Minute),
            StableAfter = s.Duration("stable-after", Second, Hour),
            Quorum = quorum,
            RejoinAfter = s.Duration("rejoin-after", Second, Hour),
            KeepLost = s.Duration("keep-lost", Second, 30 * Day),
        };
    }

    private static RemotingSettings ReadRemoting(SectionReader s)
    {
        const string Allowed = "an IPv4 address of this machine, or its name";
        var hostname = s.Text("hostname", 253);
        if (hostname.Length > 0 && (!IsHost(hostname) || hostname == "0.0.0.0")) s.Fail("hostname", $"found '{hostname}'; allowed: {Allowed}");
        var tls = s.Section("tls", ReadRemotingTls);
        if (tls is null && hostname.Length > 0 && hostname != "localhost" && !(IPAddress.TryParse(hostname, out var address) && IPAddress.IsLoopback(address)))
            s.Fail("hostname", $"found '{hostname}', which is beyond loopback, without TLS; allowed: an address of loopback, or remoting.tls with certificate, key and ca");
        return new RemotingSettings { Hostname = hostname, Port = s.Number("port", 0, 65535), Tls = tls };
    }

    private static RemotingTls? ReadRemotingTls(SectionReader s)
    {
        var (certificate, key, authority) = (s.FileText("certificate"), s.FileText("key"), s.FileText("ca"));
        if (certificate is null && key is null && authority is null) return null;
        foreach (var (name, text) in new[] { ("certificate", certificate), ("key", key), ("ca", authority) })
            if (text is null) s.Fail(name, "missing; allowed: the path of a PEM file: certificate, key and ca belong together");
        var tls = new RemotingTls(certificate ?? "", new Secret(key ?? ""), authority ?? "");
        if (certificate is { Length: > 0 } && key is { Length: > 0 } && authority is { Length: > 0 } && !ClusterTls.TryRead(tls, TimeProvider.System.GetUtcNow(), out _, out var part, out var error))
            s.Fail(part, error);
        return tls;
    }

    private static ClusterEndpoint? SeedOf(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && IsHost(text[..colon]) && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? new ClusterEndpoint(text[..colon], port) : null;
    }

    /// <summary>IPv4 or a name of DNS; the other nodes must say it letter by letter.</summary>
    private static bool IsHost(string text) => text.Length <= 253 && Uri.CheckHostName(text) is UriHostNameType.IPv4 or UriHostNameType.Dns && !text.Contains('_');

    private TraceSettings _traces = new();

    private ApiSettings ReadApi(SectionReader s)
    {
        const string Where = "unix:PATH, ADDRESS:PORT or \"[IPV6]:PORT\"";
        (string, ApiRole)[] roles = [("read", ApiRole.Read), ("operate", ApiRole.Operate)];
        var enabled = s.Flag("enabled");
        var listen = s.List("listen", Where, 16, ListenOfApi);
        if (enabled && listen.IsEmpty) s.Fail("listen", $"nothing to listen on; allowed: at least one of {Where}, or enabled = off");
        if (listen.Distinct().Count() < listen.Length) s.Fail("listen", "an address and port or path stands there twice");
        var tls = s.Section("tls", t => ReadTls(t, enabled));
        foreach (var beyond in listen.Where(l => l.EndPoint is { } e && !IPAddress.IsLoopback(e.Address) && tls is null))
            s.Fail("listen", $"{beyond} is beyond loopback, and there is no certificate; allowed: unix:PATH and addresses of loopback, or others with lns.api.tls.certificate and key");
        var certificates = s.Map("certificates", (name, c) => ReadCertificate(name, c, roles));
        if (enabled && certificates.Length > 0 && tls?.ClientCa is null) s.Fail("certificates", "no certificate of a client is asked for; allowed: with lns.api.tls.client-ca");
        return new ApiSettings
        {
            Enabled = enabled,
            Listen = listen,
            Unix = s.Section("unix", u => new ApiUnixSettings
            {
                Mode = u.Value<UnixFileMode>("mode", "an octal file mode from 0600 to 0777", SocketMode),
                Group = u.OptionalText("group", 64),
                Role = u.Word("role", roles),
            }),
            Limits = s.Section("limits", l =>
            {
                _traces = new TraceSettings { Max = l.Number("traces", 0, 1000), RecordsPerSecond = l.Number("trace-records-per-second", 1, 1_000_000) };
                return new ApiLimits
                {
                Connections = l.Number("connections", 1, 10_000),
                BodyOctets = l.Size("body", KiB, 16 * MiB),
                HeaderTimeout = l.Duration("header-timeout", Second, Minute),
                IdleTimeout = l.Duration("idle-timeout", Second, Hour),
                };
            }),
            Tokens = s.Map("tokens", (name, t) => ReadToken(name, t, roles)),
            Tls = tls,
            Certificates = certificates,
        };
    }

    /// <param name="used">The files are looked at.</param>
    private static ApiTlsSettings? ReadTls(SectionReader s, bool used)
    {
        var (certificate, key, ca) = (s.OptionalPath("certificate"), s.OptionalPath("key"), s.OptionalPath("client-ca"));
        if (certificate is null || key is null)
        {
            if (certificate is not null) s.Fail("key", "missing; allowed: the path of a file in PEM with the key of the certificate");
            else if (key is not null || ca is not null) s.Fail("certificate", "missing; allowed: the path of a file in PEM");
            return null;
        }
        var tls = new ApiTlsSettings(certificate, key, ca);
        try
        {
            if (used) TlsMaterial.Load(tls, DateTimeOffset.UtcNow);
        }
        catch (TlsFileException e)
        {
            s.Fail(e.Key, e.Message);
        }
        return tls;
    }

    private static ApiCertificate ReadCertificate(string name, SectionReader s, (string, ApiRole)[] roles)
    {
        var role = s.Word("role", roles);
        var common = s.OptionalText("common-name", 64); // RFC 5280, upper bound of a common name
        var fingerprint = s.OptionalText("fingerprint", 95)?.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
        if (common is null == fingerprint is null) s.Fail("common-name", $"{(common is null ? "missing" : "there is a fingerprint, too")}; allowed: one of common-name, fingerprint");
        if (fingerprint is not null && (fingerprint.Length != 64 || !fingerprint.All(char.IsAsciiHexDigit)))
            s.Fail("fingerprint", "not the SHA-256 of a certificate; allowed: 64 hexadecimal digits, colons between octets or not");
        return new ApiCertificate(name, role, common, fingerprint);
    }

    private static ApiToken ReadToken(string name, SectionReader s, (string, ApiRole)[] roles)
    {
        const string Allowed = "one of token, token-file, token-sha256";
        const int LeastOctets = 16;
        var role = s.Word("role", roles);
        var token = s.Secret("token");
        var hash = s.OptionalText("token-sha256", 64, isSecret: true);
        if (token is null == hash is null) s.Fail("token", token is null ? $"missing; allowed: {Allowed}" : $"there is a token-sha256, too; allowed: {Allowed}");
        if (hash is not null && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit))) s.Fail("token-sha256", "not the SHA-256 of a token; allowed: 64 hexadecimal digits");
        if (token is { Octets.Length: > 0 and < LeastOctets }) s.Fail("token", $"too short to be safe; allowed: at least {LeastOctets} octets");
        return new ApiToken(name, role, new Secret(hash ?? Convert.ToHexString(SHA256.HashData(token?.Octets ?? []))));
    }

    private static ApiListen? ListenOfApi(string text)
    {
        if (text.StartsWith(ApiListen.UnixPrefix, StringComparison.Ordinal)) // sun_path has 108 octets (unix(7))
            return text[ApiListen.UnixPrefix.Length..] is { Length: > 0 and < 108 } path && !path.Contains('\0') ? ApiListen.Unix(path) : null;
        return Endpoint(text, -1) is { } e ? new ApiListen(null, e.Value) : null;
    }

    private static UnixFileMode? SocketMode(string text)
    {
        if (text.Length is < 3 or > 4 || !text.All(static c => c is >= '0' and <= '7')) return null;
        var mode = Convert.ToInt32(text, 8);
        return mode is >= 0b110_000_000 and <= 0b111_111_111 ? (UnixFileMode)mode : null;
    }

    private static LogSettings ReadLog(SectionReader s)
    {
        (string, LogVerbosity)[] levels = [("debug", LogVerbosity.Debug), ("information", LogVerbosity.Information), ("warning", LogVerbosity.Warning), ("error", LogVerbosity.Error), ("off", LogVerbosity.Off)];
        (string, LogFormat)[] formats = [("text", LogFormat.Text), ("json", LogFormat.Json)];
        return new LogSettings
        {
            Level = s.Word("level", levels),
            Levels = s.Words("levels", levels),
            Console = s.Section("console", c => new ConsoleLogSettings { Enabled = c.Flag("enabled"), Format = c.Word("format", formats) }),
            File = s.Section("file", f => new FileLogSettings
            {
                Path = f.OptionalText("path", 4096),
                Format = f.Word("format", formats),
                RollingSize = f.Size("rolling-size", 64 * KiB, 100 * GiB),
                Retained = f.Number("retained", 1, 10_000),
            }),
        };
    }

    private bool _overlaps;

    /// <summary>An address in two pools would be given twice at a time.</summary>
    private void CheckOverlaps(SectionReader lns)
    {
        var all = _ranges.SelectMany(static p => p.Value.Select(r => (Pool: p.Key, r.Range))).Distinct().OrderBy(static r => r.Range.First.Value).ToArray();
        for (var i = 1; i < all.Length; i++)
        {
            if (all[i].Range.First > all[i - 1].Range.Last) continue;
            _overlaps = true;
            lns.Fail("pools", $"{all[i - 1].Range} of '{all[i - 1].Pool}' and {all[i].Range} of '{all[i].Pool}' overlap: an address must not be given twice");
        }
    }

    private static Func<T, bool> NotDefault<T>(SectionReader section, Func<T, string> name) => template =>
    {
        if (name(template) != TemplateNames.Default) return true;
        section.Fail("templates", "no template may be called 'default': that is the section defaults");
        return false;
    };

    private static ImmutableArray<Ipv4Prefix> Widest(ImmutableArray<Ipv4Prefix> networks)
    {
        var kept = new List<Ipv4Prefix>();
        foreach (var network in networks.Distinct().OrderBy(static n => n.Length).ThenBy(static n => n.Network.Value))
            if (!kept.Exists(k => k.Contains(network))) kept.Add(network);
        return [.. kept];
    }

    /// <summary>A value type round IPAddress, for <see cref="TryRead{T}"/>.</summary>
    private readonly record struct Address(IPAddress Value);
    private readonly record struct Service(IPEndPoint Value);

    /// <param name="Given">A network without its first and last address.</param>
    /// <param name="All">All of it.</param>
    private readonly record struct Addresses(AddressRange Given, AddressRange All, ImmutableArray<Ipv4Prefix> Networks);

    private static Ipv4Address? Ipv4(string text) => Ipv4Address.TryParse(text, out var address) && !address.IsNone ? address : null;
    private static Ipv4Prefix? Prefix(string text) => Ipv4Prefix.TryParse(text, out var prefix) ? prefix : null;
    private static Address? AnyAddress(string text) => IPAddress.TryParse(text, out var address) && text.AsSpan().IndexOfAny('.', ':') >= 0 ? new Address(address) : null;

    /// <param name="port">Where the text has none; below zero: it must have one.</param>
    private static Service? Endpoint(string text, int port)
    {
        if (text.StartsWith('[') ? !text.EndsWith(']') : text.Count(static c => c == ':') == 1)
            return IPEndPoint.TryParse(text, out var endpoint) && HasDots(text) ? new Service(endpoint) : null;
        return port >= 0 && IPAddress.TryParse(text.Trim('[', ']'), out var address) && HasDots(text) ? new Service(new IPEndPoint(address, port)) : null;

        static bool HasDots(string text) => text.StartsWith('[') || text.Count(static c => c == '.') == 3 || text.Count(static c => c == ':') > 1; // not "1701"
    }

    private static Addresses? ReadAddresses(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            if (!Ipv4Prefix.TryParse(text, out var network)) return null;
            var last = new Ipv4Address(network.Network.Value | ~network.Mask);
            var all = new AddressRange(network.Network, last);
            var given = network.Length >= 31 ? all : new AddressRange(new Ipv4Address(network.Network.Value + 1), new Ipv4Address(last.Value - 1));
            return new Addresses(given, all, [network]);
        }
        if (!Ipv4Address.TryParse(text.AsSpan(0, dash).Trim(), out var from) || !Ipv4Address.TryParse(text.AsSpan(dash + 1).Trim(), out var to) || to < from) return null;
        return new Addresses(new AddressRange(from, to), new AddressRange(from, to), Cover(from, to));
    }

    /// <summary>The fewest networks that are exactly the range.</summary>
    private static ImmutableArray<Ipv4Prefix> Cover(Ipv4Address from, Ipv4Address to)
    {
        var networks = ImmutableArray.CreateBuilder<Ipv4Prefix>();
        for (ulong at = from.Value, end = to.Value; at <= end;)
        {
            var length = 32;
            while (length > 0 && (at & ((1UL << (33 - length)) - 1)) == 0 && at + (1UL << (33 - length)) - 1 <= end) length--;
            networks.Add(new Ipv4Prefix(new Ipv4Address((uint)at), length));
            at += 1UL << (32 - length);
        }
        return networks.ToImmutable();
    }
}
