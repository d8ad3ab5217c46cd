using System.Globalization;

namespace Akka.LNS.Protocol.Radius;

/// <summary>NAS-Port and NAS-Port-Id of a call: Tunnel ID and Session ID of the L2TP header.</summary>
/// <remarks>mpd-link, mpd-bundle and mpd-iface are the same as NAS-Port-Id.</remarks>
public static class PortName
{
    private const string Prefix = "l2tp-";

    public static string Of(ushort tunnel, ushort session) => $"{Prefix}{tunnel}-{session}";

    /// <summary>Both identifiers in one number, unique on the node during the call.</summary>
    public static uint Number(ushort tunnel, ushort session) => ((uint)tunnel << 16) | session;

    /// <summary>Reads the number of a name that <see cref="Of"/> made. False: it is no such name.</summary>
    public static bool TryRead(ReadOnlySpan<char> name, out uint port)
    {
        port = 0;
        if (!name.StartsWith(Prefix)) return false;
        name = name[Prefix.Length..];
        var dash = name.IndexOf('-');
        if (dash < 0 || !Id(name[..dash], out var tunnel) || !Id(name[(dash + 1)..], out var session)) return false;
        port = Number(tunnel, session);
        return true;
    }

    private static bool Id(ReadOnlySpan<char> text, out ushort id) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && (text.Length == 1 || text[0] != '0');
}
