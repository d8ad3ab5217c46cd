using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Actors.Settings;

/// <summary>Settings of control connections, and the LACs that may open them.</summary>
public sealed record TunnelsSettings
{
    /// <summary>Maximum number of tunnels on this node.</summary>
    public int Max { get; init; } = 10_000;

    /// <summary>Bounds of tunnels in set-up whose address has not proved itself.</summary>
    public HalfOpenSettings HalfOpen { get; init; } = new();

    /// <summary>File that keeps the tunnels for the next process; null: none.</summary>
    public string? StateFile { get; init; }

    internal ListenerLimits Listener => new(HalfOpen.Max, HalfOpen.MaxPerAddress, Max);

    /// <summary>Entries in the order of the file. The order has no effect: see <see cref="For"/>.</summary>
    public ImmutableArray<PeerSettings> Peers { get; init; } = [new PeerSettings()];

    /// <summary>
    /// Settings of a LAC: those of its address before those of a network (longest prefix first), before those of a host name, before those
    /// of a host name glob (most letters first), before "*". Null: no entry, the LAC is refused.
    /// </summary>
    public PeerSettings? For(string hostName, IPAddress remote)
    {
        PeerSettings? best = null;
        foreach (var peer in Peers)
            if (peer.Pattern.Matches(hostName, remote) && (best is null || peer.Pattern.Rank > best.Pattern.Rank)) best = peer;
        return best;
    }
}

/// <summary>
/// Bounds of tunnels between SCCRQ and SCCCN from addresses that never had a tunnel: the addresses of their SCCRQs may be forged.
/// </summary>
public sealed record HalfOpenSettings
{
    /// <summary>Maximum number of such tunnels. A new one replaces the oldest.</summary>
    public int Max { get; init; } = ListenerLimits.Default.HalfOpen;

    /// <summary>Maximum number of them from one IPv4 address or one IPv6 network of 64 bits. Further SCCRQs are ignored.</summary>
    public int MaxPerAddress { get; init; } = ListenerLimits.Default.HalfOpenPerAddress;

    /// <summary>Maximum time from SCCRQ to SCCCN, when it is less than that of the LAC's entry.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Settings of one LAC, or of all LACs that match a pattern.</summary>
public sealed record PeerSettings
{
    public PeerPattern Pattern { get; init; } = PeerPattern.Any;

    /// <summary>Window, timers, secret and hiding of the control connection. Its secret must never be printed.</summary>
    public ControlConnectionSettings Connection { get; init; } = new();

    /// <summary>Name of the link template for calls of this LAC.</summary>
    public string Link { get; init; } = TemplateNames.Default;

    /// <summary>Maximum number of sessions in one tunnel of this LAC.</summary>
    public int MaxSessions { get; init; } = 65535;

    /// <summary>Result and error code when a tunnel or call is refused.</summary>
    public RefuseWith RefuseWith { get; init; } = RefuseWith.TryAnother;

    /// <summary>Limits of all tunnels with the same Host Name together.</summary>
    public QuotaLimits Limits { get; init; } = new(65535, 10_000_000, 10_000_000, null, 1000);

    public override string ToString() =>
        $"{nameof(PeerSettings)} {{ {Pattern}, link {Link}, {(Connection.Secret is null ? "no secret" : "secret ***")} }}";
}

/// <summary>Key of <c>tunnels.peers</c>: an address, a network, a host name, a host name with * and ?, or * for every LAC.</summary>
public sealed partial record PeerPattern
{
    private readonly string? _hostName; // with wildcards; null: any
    private readonly IPNetwork? _network;

    private PeerPattern(string text, int rank, IPNetwork? network, string? hostName) =>
        (Text, Rank, _network, _hostName) = (text, rank, network, hostName);

    /// <summary>Matches every LAC, with the lowest rank.</summary>
    public static readonly PeerPattern Any = Parse("*");

    public string Text { get; }

    /// <summary>A higher rank is more specific.</summary>
    public int Rank { get; }

    /// <summary>Reads a pattern; never fails. A text that is no address and no network is a host name, in which * and ? are wild.</summary>
    /// <remarks>Case does not matter, although host names are octets in RFC 2661 section 4.4.3.</remarks>
    public static PeerPattern Parse(string text)
    {
        if (text == "*") return new PeerPattern(text, 0, null, null);
        if (IPAddress.TryParse(text, out var address)) return Of(text, new IPNetwork(address, address.GetAddressBytes().Length * 8));
        if (IPNetwork.TryParse(text, out var network)) return Of(text, network);
        return new PeerPattern(text, (Glob.IsPattern(text) ? 1_000 : 10_000) + Math.Min(text.Count(static c => c is not ('*' or '?')), 999),
            null, text);

        static PeerPattern Of(string text, IPNetwork network) => new(text, 100_000 + network.PrefixLength, network, null);
    }

    /// <summary>The only address that matches; null: there are several, or a host name decides.</summary>
    internal IPAddress? Address =>
        _network is { } network && network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8 ? network.BaseAddress : null;

    public bool Matches(string hostName, IPAddress remote)
    {
        if (_network is { } network) return network.Contains(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);
        return _hostName is null || Glob.Matches(_hostName, hostName, ignoreCase: true);
    }

    public bool Equals(PeerPattern? other) => other is not null && other.Text == Text;
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
    public override string ToString() => Text;
}
