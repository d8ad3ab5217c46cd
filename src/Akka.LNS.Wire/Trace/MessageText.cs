using System.Globalization;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Wire.Trace;

/// <summary>One message as an engineer reads it. No password, key or proof of one is in it, nor octets that could be one.</summary>
/// <param name="Layer">l2tp, lcp, pap, chap, ipcp, ppp (any other protocol) or radius.</param>
/// <param name="Summary">One line: which message it is, and its numbers.</param>
/// <param name="Details">A line for each AVP, option or attribute.</param>
public sealed record MessageText(string Layer, string Summary, IReadOnlyList<string> Details)
{
    private const int MostHex = 64; // octets; a frame of garbage is no reason for a page

    public override string ToString() => Details.Count == 0 ? $"{Layer}: {Summary}" : $"{Layer}: {Summary}\n  {string.Join("\n  ", Details)}";

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    internal static string Quoted(ReadOnlySpan<byte> octets) => $"\"{PeerText.Decode(octets, ushort.MaxValue)}\"";
    internal static string Size(int octets) => octets == 1 ? "1 octet" : Invariant($"{octets} octets");
    internal static string Hex(ReadOnlySpan<byte> octets) =>
        octets.Length <= MostHex ? "0x" + Convert.ToHexStringLower(octets) : Invariant($"0x{Convert.ToHexStringLower(octets[..MostHex])}... ({octets.Length} octets)");
}
