namespace Akka.LNS.Client;

/// <summary>One subscriber's network.</summary>
/// <param name="Interface">l2tp-TUNNEL-SESSION.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="State">As of <see cref="SessionRow"/>.</param>
/// <param name="Since">When the user was on, UTC; absent: not yet.</param>
public sealed record BundleRow(string Interface, string Session, string User, string? Address, string? Pool, string State, DateTimeOffset? Since);

public sealed record BundlePage(int Total, int Offset, int Limit, IReadOnlyList<BundleRow> Bundles);
