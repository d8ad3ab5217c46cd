namespace Akka.LNS.Client;

/// <summary>One address pool.</summary>
/// <param name="Size">Number of addresses in the pool.</param>
/// <param name="Sticky">A user gets the previous address again if it is free.</param>
/// <param name="Outside">
/// Addresses in use that the pool no longer contains after a reload. A pool that was removed has size 0.
/// </param>
public sealed record PoolRow(string Name, int Size, int Used, int Free, bool Sticky, int Outside);

/// <summary>All pools.</summary>
/// <param name="Outside">Addresses in use that belong to no pool.</param>
public sealed record PoolList(IReadOnlyList<PoolRow> Pools, int Outside);

/// <summary>One assigned address of a pool.</summary>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="State">State as in <see cref="SessionRow"/>.</param>
/// <param name="Since">When the ICRQ arrived, UTC.</param>
/// <param name="Outside">The pool no longer contains the address after a reload. The session keeps it until the session ends.</param>
public sealed record LeaseRow(string Address, string User, string Session, string State, DateTimeOffset Since, bool Outside);

/// <summary>One page of leases.</summary>
public sealed record LeasePage(int Total, int Offset, int Limit, IReadOnlyList<LeaseRow> Leases);
