using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Clustering;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.cluster</c></summary>
internal static class ClusterSection
{
    private static readonly ClusterSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<bool> Enabled = Keys.Flag("enabled", Default.Enabled, Apply.Restart);
    private static readonly Key<string> Name = Keys.Text("name", Default.Name, 64, Apply.Restart);
    private static readonly Key<ImmutableArray<ClusterEndpoint>> Seeds =
        Keys.List<ClusterEndpoint>("seeds", Default.Seeds, "HOST:PORT (an IPv4 address or a name)", 64, ReadSeed, Apply.Restart);
    private static readonly Key<ImmutableArray<string>> Roles =
        Keys.TextList("roles", "words of letters, digits, - and _", 32, RoleFault, Apply.Restart);
    private static readonly Part Remoting = Keys.Part("remoting", RemotingSection.Keys);
    private static readonly Key<TimeSpan> SeedTimeout =
        Keys.Duration("seed-timeout", Default.SeedTimeout, Second, 10 * Minute, Apply.Restart);
    private static readonly Key<TimeSpan> HeartbeatPause =
        Keys.Duration("heartbeat-pause", Default.HeartbeatPause, 500 * Millisecond, 10 * Minute, Apply.Restart);
    private static readonly Key<TimeSpan> StableAfter = Keys.Duration("stable-after", Default.StableAfter, Second, Hour, Apply.Restart);
    private static readonly Key<int> Quorum = Keys.Number("quorum", Default.Quorum, 1, 64, Apply.Restart);
    private static readonly Key<TimeSpan> RejoinAfter = Keys.Duration("rejoin-after", Default.RejoinAfter, Second, Hour, Apply.Restart);
    private static readonly Key<TimeSpan> KeepLost = Keys.Duration("keep-lost", Default.KeepLost, Second, 30 * Day, Apply.Restart);

    public static ClusterSettings Read(SectionReader s)
    {
        var name = s.Get(Name);
        if (name.Length > 0 && (!char.IsAsciiLetterOrDigit(name[0]) || !IsWord(name)))
            s.Fail(Name, $"found '{name}'; allowed: letters, digits, - and _, a letter or digit first");
        var seeds = s.Get(Seeds);
        if (seeds.Distinct().Count() < seeds.Length) s.Fail(Seeds, "a node stands there twice");
        var quorum = s.Get(Quorum);
        if (quorum > 0 && seeds.Length > (2 * quorum) - 1)
        {
            s.Fail(Quorum, $"found {quorum} with {seeds.Length} seeds, of which two parts could both go on; " +
                $"allowed: more than half of all nodes, at least {(seeds.Length / 2) + 1}");
        }
        return new ClusterSettings
        {
            Enabled = s.Get(Enabled),
            Name = name,
            Seeds = seeds,
            Roles = [.. s.Get(Roles).Distinct(StringComparer.Ordinal)],
            Remoting = s.In(Remoting, RemotingSection.Read),
            SeedTimeout = s.Get(SeedTimeout),
            HeartbeatPause = s.Get(HeartbeatPause),
            StableAfter = s.Get(StableAfter),
            Quorum = quorum,
            RejoinAfter = s.Get(RejoinAfter),
            KeepLost = s.Get(KeepLost),
        };
    }

    private static bool IsWord(string text) => text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string? RoleFault(string role) =>
        role.Length is > 0 and <= 64 && IsWord(role) ? null : $"found '{role}'; allowed: words of at most 64 letters, digits, - and _";

    private static bool ReadSeed(string text, out ClusterEndpoint seed)
    {
        seed = default;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !RemotingSection.IsHost(text[..colon])) return false;
        if (!ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return false;
        seed = new ClusterEndpoint(text[..colon], port);
        return true;
    }
}

/// <summary><c>lns.cluster.remoting</c></summary>
internal static class RemotingSection
{
    private static readonly RemotingSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<string> Hostname = Keys.Text("hostname", Default.Hostname, 253, Apply.Restart);
    private static readonly Key<int> Port = Keys.Number("port", Default.Port, 0, 65535, Apply.Restart);
    private static readonly Part Tls = Keys.Part("tls", TlsSection.Keys);

    public static RemotingSettings Read(SectionReader s)
    {
        var hostname = s.Get(Hostname);
        if (hostname.Length > 0 && (!IsHost(hostname) || hostname == "0.0.0.0"))
            s.Fail(Hostname, $"found '{hostname}'; allowed: an IPv4 address of this machine, or its name");
        var tls = s.In(Tls, TlsSection.Read);
        if (tls is null && hostname.Length > 0 && !IsLoopback(hostname))
        {
            s.Fail(Hostname, $"found '{hostname}', which is beyond loopback, without TLS; " +
                "allowed: an address of loopback, or remoting.tls with certificate, key and ca");
        }
        return new RemotingSettings { Hostname = hostname, Port = s.Get(Port), Tls = tls };
    }

    /// <summary>An IPv4 address or a DNS name. The other nodes must use the same letters.</summary>
    public static bool IsHost(string text) =>
        text.Length <= 253 && Uri.CheckHostName(text) is UriHostNameType.IPv4 or UriHostNameType.Dns && !text.Contains('_');

    private static bool IsLoopback(string hostname) =>
        hostname == "localhost" || (IPAddress.TryParse(hostname, out var address) && IPAddress.IsLoopback(address));

    /// <summary><c>lns.cluster.remoting.tls</c></summary>
    private static class TlsSection
    {
        public static readonly Section Keys = new();
        private static readonly Key<string?> Certificate = Keys.FileText("certificate", Apply.Restart);
        private static readonly Key<string?> PrivateKey = Keys.FileText("key", Apply.Restart);
        private static readonly Key<string?> Authority = Keys.FileText("ca", Apply.Restart);

        public static RemotingTls? Read(SectionReader s)
        {
            var (certificate, key, authority) = (s.Get(Certificate), s.Get(PrivateKey), s.Get(Authority));
            if (certificate is null && key is null && authority is null) return null;
            foreach (var (name, text) in new[] { (Certificate, certificate), (PrivateKey, key), (Authority, authority) })
                if (text is null) s.Fail(name, "missing; allowed: the path of a PEM file: certificate, key and ca belong together");
            var tls = new RemotingTls(certificate ?? "", new Secret(key ?? ""), authority ?? "");
            if (certificate is { Length: > 0 } && key is { Length: > 0 } && authority is { Length: > 0 }
                && !ClusterTls.TryRead(tls, TimeProvider.System.GetUtcNow(), out _, out var part, out var error))
                s.Fail(part, error);
            return tls;
        }
    }
}
