using System.Globalization;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>Options of the command line.</summary>
internal sealed record StressOptions
{
    /// <summary>Address of a running LNS. Null: lns-stress starts one.</summary>
    public UdpEndpoint? Lns { get; init; }
    /// <summary>Number of subscribers. Null: the default of the scenario.</summary>
    public int? Sessions { get; init; }
    /// <summary>Number of tunnels. Null: 2 to 64, chosen by the seed.</summary>
    public int? Tunnels { get; init; }
    public int Seed { get; init; }
    /// <summary>Shared secret of the tunnels; empty: none.</summary>
    public string Secret { get; init; } = "";
    public string Password { get; init; } = "secret";
    public SubscriberAuth Auth { get; init; }
    /// <summary>Address of all LACs. Null: with an LNS on loopback each LAC has its own, from 127.1.0.1 on; else the system
    /// chooses one.</summary>
    public Ipv4Address? Lac { get; init; }
    public RadiusBehaviour Radius { get; init; } = RadiusBehaviour.Quick;
    public bool RadiusIsSet { get; init; }
    public (Ipv4Address Address, ushort Authentication, ushort Accounting)? RadiusListen { get; init; }
    public string RadiusSecret { get; init; } = "stress radius secret";
    /// <summary>Maximum of RADIUS requests that the LNS has outstanding. Null: unknown.</summary>
    public int? Workers { get; init; }
    public TimeSpan? Duration { get; init; }
    public int? Rounds { get; init; }
    /// <summary>Rates are reported but not judged, for a machine that runs other work.</summary>
    public bool NoRates { get; init; }
    public string Plane { get; init; } = "tun";
    public IReadOnlyList<string> Set { get; init; } = [];
    public string? Json { get; init; }
    public string? Plots { get; init; }
    public int? Pid { get; init; }
    public string? Api { get; init; }
    public string Log { get; init; } = "warning";
    public bool Keep { get; init; }

    public static bool TryParseEndpoint(string text, out UdpEndpoint endpoint)
    {
        endpoint = default;
        var parts = text.Split(':');
        if (parts.Length is < 1 or > 2 || !TryParseAddress(parts[0], out var address)) return false;
        ushort port = 1701;
        if (parts.Length == 2 && (!TryParsePort(parts[1], out port) || port == 0)) return false;
        endpoint = new UdpEndpoint(address, port);
        return true;
    }

    /// <summary>Reads ADDRESS:AUTHENTICATION-PORT:ACCOUNTING-PORT.</summary>
    public static bool TryParseListen(string text, out (Ipv4Address Address, ushort Authentication, ushort Accounting) listen)
    {
        listen = default;
        var parts = text.Split(':');
        if (parts.Length != 3 || !TryParseAddress(parts[0], out var address)
            || !TryParsePort(parts[1], out var authentication) || !TryParsePort(parts[2], out var accounting)) return false;
        listen = (address, authentication, accounting);
        return true;
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    public static bool TryParseAddress(string text, out Ipv4Address address)
    {
        address = default;
        var parts = text.Split('.');
        if (parts.Length != 4) return false;
        uint value = 0;
        foreach (var part in parts)
        {
            if (!byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var octet)) return false;
            value = value << 8 | octet;
        }
        address = new Ipv4Address(value);
        return true;
    }
}
