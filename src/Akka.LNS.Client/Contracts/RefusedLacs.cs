namespace Akka.LNS.Client;

/// <summary>Tunnels of one LAC that were refused, or that ended before they were established, with one reason.</summary>
/// <param name="HostName">Host Name AVP, as the LAC sent it.</param>
/// <param name="Address">Its address. It may be forged.</param>
/// <param name="Entry">Key of the entry of <c>tunnels.peers</c> that matches; null: none does.</param>
/// <param name="Reason">Name of the reason: UnknownLac, WrongSecret, NotEstablished, or a limit.</param>
/// <param name="Text">The last reason in the words of the log. Names what was looked for when no entry matches.</param>
/// <param name="Count">Number of tunnels.</param>
/// <param name="First">Time of the first one.</param>
/// <param name="Last">Time of the last one.</param>
public sealed record RefusedLacRow(
    string HostName, string Address, string? Entry, string Reason, string Text, long Count, DateTimeOffset First, DateTimeOffset Last);

/// <summary>The LACs that were refused most recently, the latest first; at most 256.</summary>
public sealed record RefusedLacList(IReadOnlyList<RefusedLacRow> Lacs);
