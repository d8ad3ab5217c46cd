namespace Akka.LNS.Client;

/// <summary>One PPP link.</summary>
/// <param name="Name">mpd-link: l2tp-TUNNEL-SESSION.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="State">As of <see cref="SessionRow"/>.</param>
public sealed record LinkRow(string Name, string Session, string User, string State, string Lac, string Calling);

public sealed record LinkPage(int Total, int Offset, int Limit, IReadOnlyList<LinkRow> Links);
