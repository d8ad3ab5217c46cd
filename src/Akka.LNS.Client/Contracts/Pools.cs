namespace Akka.LNS.Client;

/// <param name="Size">Addresses that may be given.</param>
/// <param name="Sticky">A user gets the address it had last, when that is free.</param>
/// <param name="Outside">Addresses that somebody has from it and that are in no pool since a reload; a pool that is gone has size 0.</param>
public sealed record PoolRow(string Name, int Size, int Used, int Free, bool Sticky, int Outside);

/// <param name="Outside">Addresses that somebody has and that are in no pool.</param>
public sealed record PoolList(IReadOnlyList<PoolRow> Pools, int Outside);

/// <summary>One address of a pool that somebody has.</summary>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="State">As of <see cref="SessionRow"/>.</param>
/// <param name="Since">When the call came, UTC.</param>
/// <param name="Outside">The pool has the address no more, since a reload; it stays until the session ends.</param>
public sealed record LeaseRow(string Address, string User, string Session, string State, DateTimeOffset Since, bool Outside);

public sealed record LeasePage(int Total, int Offset, int Limit, IReadOnlyList<LeaseRow> Leases);
