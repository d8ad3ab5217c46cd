namespace Akka.LNS.Client;

/// <summary>The network of one subscriber.</summary>
/// <param name="Interface">l2tp-TUNNEL-SESSION.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="State">State as in <see cref="SessionRow"/>.</param>
/// <param name="Since">When the subscriber came up, UTC; absent: not yet.</param>
public sealed record BundleRow(
    string Interface, string Session, string User, string? Address, string? Pool, string State, DateTimeOffset? Since);

/// <summary>One page of bundles.</summary>
public sealed record BundlePage(int Total, int Offset, int Limit, IReadOnlyList<BundleRow> Bundles);
