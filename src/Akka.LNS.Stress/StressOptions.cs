using System.Globalization;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Stress;

/// <summary>What the command line says.</summary>
internal sealed record StressOptions
{
    /// <summary>Null: an LNS of our own.</summary>
    public UdpEndpoint? Lns { get; init; }
    /// <summary>Null: the scenario's.</summary>
    public int? Sessions { get; init; }
    /// <summary>Null: 2 to 64, by the seed.</summary>
    public int? Tunnels { get; init; }
    public int Seed { get; init; }
    /// <summary>Shared secret of the tunnels; empty: none.</summary>
    public string Secret { get; init; } = "";
    public string Password { get; init; } = "secret";
    public SubscriberAuth Auth { get; init; }
    /// <summary>Address of the LACs, all of them; null: 127.1.0.1 and on towards an LNS on loopback, else the system's choice.</summary>
    public Ipv4Address? Lac { get; init; }
    public RadiusBehaviour Radius { get; init; } = RadiusBehaviour.Quick;
    public bool RadiusIsSet { get; init; }
    public (Ipv4Address Address, ushort Authentication, ushort Accounting)? RadiusListen { get; init; }
    public string RadiusSecret { get; init; } = "stress radius secret";
    /// <summary>RADIUS requests that the LNS has outstanding at most; null: not known.</summary>
    public int? Workers { get; init; }
    public TimeSpan? Duration { get; init; }
    public int? Rounds { get; init; }
    /// <summary>How quick it goes is told, not judged: for a machine that does other work beside.</summary>
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
        if (parts.Length == 2 && (!ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port == 0)) return false;
        endpoint = new UdpEndpoint(address, port);
        return true;
    }

    /// <summary>ADDRESS:AUTHENTICATION-PORT:ACCOUNTING-PORT.</summary>
    public static bool TryParseListen(string text, out (Ipv4Address Address, ushort Authentication, ushort Accounting) listen)
    {
        listen = default;
        var parts = text.Split(':');
        if (parts.Length != 3 || !TryParseAddress(parts[0], out var address)
            || !ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var authentication)
            || !ushort.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var accounting)) return false;
        listen = (address, authentication, accounting);
        return true;
    }

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
