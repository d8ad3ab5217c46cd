namespace Akka.LNS.Client;

/// <summary>One PPP link.</summary>
/// <param name="Name">Name of the link, l2tp-TUNNEL-SESSION. Accounting attribute mpd-link.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="State">State as in <see cref="SessionRow"/>.</param>
public sealed record LinkRow(string Name, string Session, string User, string State, string Lac, string Calling);

/// <summary>One page of links.</summary>
public sealed record LinkPage(int Total, int Offset, int Limit, IReadOnlyList<LinkRow> Links);
