namespace Akka.LNS.Client;

/// <summary>How one call ended.</summary>
/// <param name="At">UTC.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="Address">Absent: it never had one.</param>
/// <param name="WasOn">False: it never came up.</param>
/// <param name="EndedBy">Peer (the LAC), Subscriber, Lns, Administrator, Radius.</param>
/// <param name="Layer">Where the end began.</param>
/// <param name="Cause">One of few words.</param>
/// <param name="DurationSeconds">Since the call came.</param>
/// <param name="InOctets">IP octets from the subscriber.</param>
public sealed record DisconnectRow(DateTimeOffset At, string Session, string User, string Lac, string Calling, string? Address, bool WasOn, string EndedBy, string Layer,
    string Cause, string Text, double DurationSeconds, ulong InOctets, ulong OutOctets);

public sealed record DisconnectPage(int Total, int Offset, int Limit, IReadOnlyList<DisconnectRow> Disconnects);
