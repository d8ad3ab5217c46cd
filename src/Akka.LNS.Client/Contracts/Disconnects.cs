namespace Akka.LNS.Client;

/// <summary>The end of one call.</summary>
/// <param name="At">UTC.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="Address">Address of the subscriber; absent: never assigned.</param>
/// <param name="WasOn">False: the subscriber never came up.</param>
/// <param name="EndedBy">Peer (the LAC), Subscriber, Lns, Administrator, Radius.</param>
/// <param name="Layer">Layer in which the end began.</param>
/// <param name="Cause">Cause in one word, as in metrics.</param>
/// <param name="Text">Details for people.</param>
/// <param name="DurationSeconds">Time since the ICRQ arrived.</param>
/// <param name="InOctets">IP octets from the subscriber.</param>
/// <param name="OutOctets">IP octets to the subscriber.</param>
/// <param name="Reason">Cause, layer, party and details in the words of the log and of mpd-term-cause.</param>
public sealed record DisconnectRow(
    DateTimeOffset At, string Session, string User, string Lac, string Calling, string? Address, bool WasOn, string EndedBy, string Layer,
    string Cause, string Text, double DurationSeconds, ulong InOctets, ulong OutOctets, string Reason);

/// <summary>One page of ended calls, the latest first.</summary>
public sealed record DisconnectPage(int Total, int Offset, int Limit, IReadOnlyList<DisconnectRow> Disconnects);
