using System.Globalization;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Wire.Trace;

/// <summary>One message as readable text. It contains no password, key or response, and no octets that could be one.</summary>
/// <param name="Layer">Protocol: l2tp, lcp, pap, chap, ipcp, ppp (any other protocol) or radius.</param>
/// <param name="Summary">One line with the name and the numbers of the message.</param>
/// <param name="Details">One line for each AVP, option or attribute.</param>
public sealed record MessageText(string Layer, string Summary, IReadOnlyList<string> Details)
{
    private const int MostHex = 64; // octets; limits the length of a line

    public override string ToString() =>
        Details.Count == 0 ? $"{Layer}: {Summary}" : $"{Layer}: {Summary}\n  {string.Join("\n  ", Details)}";

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    internal static string Quoted(ReadOnlySpan<byte> octets) => PeerText.Quote(octets);
    internal static string Size(int octets) => octets == 1 ? "1 octet" : Invariant($"{octets} octets");
    internal static string Hex(ReadOnlySpan<byte> octets) =>
        octets.Length <= MostHex ? "0x" + Convert.ToHexStringLower(octets)
            : Invariant($"0x{Convert.ToHexStringLower(octets[..MostHex])}... ({octets.Length} octets)");
}
