namespace Akka.LNS.Protocol.Accounting;

/// <summary>Settings of the ledger.</summary>
/// <param name="Window">Maximum number of attempts at a time for each server set that is up.</param>
/// <param name="RetryInterval">First pause after a record that no server accepted.</param>
/// <param name="RetryMax">Maximum of the pause, which doubles.</param>
public sealed record LedgerPolicy(int Window, TimeSpan RetryInterval, TimeSpan RetryMax);

/// <summary>The RADIUS servers that the users of a realm need. Realms with the same servers share a retry queue.</summary>
/// <param name="Servers">Names of the servers in ordinal order, separated by spaces; empty: any server.</param>
public sealed record ServerSet(string Servers)
{
    public static ServerSet Of(IEnumerable<string> servers) => new(string.Join(' ', servers.Order(StringComparer.Ordinal)));
}
