using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Settings;

/// <summary>Settings of RADIUS.</summary>
public sealed record RadiusSettings
{
    /// <summary>Maximum number of outstanding requests.</summary>
    public int Workers { get; init; } = 16;

    public RadiusBacklogSettings Backlog { get; init; } = new();

    /// <summary>Servers in the order of the file; empty: no RADIUS.</summary>
    public ImmutableArray<RadiusServerSettings> Servers { get; init; } = [];

    /// <summary>Ignore answers to logins without a Message-Authenticator (BlastRADIUS).</summary>
    public bool RequireMessageAuthenticator { get; init; } = true;

    /// <summary>
    /// Time after which a login is sent to no further server, its wait in the backlog included. A request that is under way still has the
    /// timeout of its server.
    /// </summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public RadiusFailedLoginsSettings FailedLogins { get; init; } = new();

    public RadiusLineLoginsSettings LineLogins { get; init; } = new();

    public AccountingSettings Accounting { get; init; } = new();

    public DynamicAuthorizationSettings DynamicAuthorization { get; init; } = new();

    internal LoginGuardSettings Guard =>
        new(FailedLogins.After, FailedLogins.Pause, FailedLogins.MaxPause, LineLogins.PerSecond > 0 ? LineLogins.PerSecond : null,
            LineLogins.Burst);

    /// <summary>At least one server takes logins.</summary>
    public bool Authenticates => Servers.Any(static s => s.Authentication.Port != 0);

    /// <summary>Accounting is enabled, and at least one server takes it.</summary>
    public bool Accounts => Accounting.Enabled && Servers.Any(static s => s.Accounting.Port != 0);
}

/// <summary>Refusal of a user who fails again and again on one line, without a RADIUS request.</summary>
public sealed record RadiusFailedLoginsSettings
{
    /// <summary>Failed logins in a row after which the user waits; 0: never.</summary>
    public int After { get; init; } = 2;

    /// <summary>First pause. It doubles with each further failure.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Maximum pause.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time from a login to its refusal without a RADIUS request.</summary>
    public TimeSpan RejectDelay { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>Limit of the logins of one user on one line.</summary>
public sealed record RadiusLineLoginsSettings
{
    /// <summary>Logins per second on average; 0: no limit.</summary>
    public double PerSecond { get; init; } = 1;

    /// <summary>Logins at once, with <see cref="PerSecond"/>.</summary>
    public int Burst { get; init; } = 30;
}

/// <summary>Maximum numbers of requests that wait for a worker.</summary>
public sealed record RadiusBacklogSettings
{
    /// <summary>Logins. The next one fails at once.</summary>
    public int Authentication { get; init; } = 20_000;

    /// <summary>Starts and Stops. The next one goes back to the retry queue, as one that no server accepted.</summary>
    public int StartStop { get; init; } = 20_000;

    /// <summary>Interim-Updates. The next one is dropped: a later update has the same counters.</summary>
    public int Interim { get; init; } = 2_000;
}

/// <summary>One RADIUS server.</summary>
public sealed record RadiusServerSettings
{
    public string Name { get; init; } = "";

    /// <summary>Address for Access-Requests; port 0: the server gets none.</summary>
    public IPEndPoint Authentication { get; init; } = new(IPAddress.Loopback, 1812);

    /// <summary>Address for Accounting-Requests; port 0: the server gets none.</summary>
    public IPEndPoint Accounting { get; init; } = new(IPAddress.Loopback, 1813);

    public Secret Secret { get; init; } = new("");

    /// <summary>Time from a request to its retransmission.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Retransmissions before the next server is asked.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The servers with the lowest number are asked while one of them is alive.</summary>
    public int Priority { get; init; } = 1;

    /// <summary>Share of the requests among the servers of one priority.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Requests in a row without an answer after which the server counts as dead.</summary>
    public int DeadAfter { get; init; } = 3;

    /// <summary>Time for which a dead server gets no request.</summary>
    public TimeSpan DeadTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Packets per second on average, retransmissions included; null: no limit.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Packets at once, with <see cref="RequestsPerSecond"/>.</summary>
    public int Burst { get; init; } = 10;

    /// <summary>Use of Status-Server probes. RFC 5997.</summary>
    public StatusServerUse StatusServer { get; init; } = StatusServerUse.Auto;

    /// <summary>Source address of requests; null: the system chooses.</summary>
    public IPAddress? Source { get; init; }
}

/// <summary>When Accounting-On and Accounting-Off are sent.</summary>
public enum AccountingOnOff
{
    /// <summary>While the node is the only one of its NAS.</summary>
    Auto,
    On,
    Off,
}

/// <summary>Settings of accounting.</summary>
public sealed record AccountingSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>Time between two Interim-Updates unless RADIUS gives Acct-Interim-Interval; zero: none.</summary>
    public TimeSpan InterimInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Share of the interval, 0 to 0.9, by which each interval is shortened at random.</summary>
    public double InterimJitter { get; init; } = 0.1;

    /// <summary>Use of Accounting-On at the start and Accounting-Off at the end of the node.</summary>
    public AccountingOnOff OnOff { get; init; } = AccountingOnOff.Auto;

    /// <summary>Time to the first retry of a record that no server accepted.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Maximum time between two retries; the time doubles from <see cref="RetryInterval"/> up to it.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Records keep the Class of the login after a CoA that changes it.</summary>
    public bool KeepFirstClass { get; init; }

    public AccountingSpoolSettings Spool { get; init; } = new();
}

/// <summary>Where Starts and Stops wait until a server has accepted them.</summary>
public sealed record AccountingSpoolSettings
{
    /// <summary>Path of an SQLite database, which is created if missing; null: in memory only, so that a crash loses the records.</summary>
    public string? File { get; init; }

    /// <summary>Maximum size of the database in octets. Its write-ahead log needs a few MiB more.</summary>
    public long MaxSize { get; init; } = 1L << 30;

    /// <summary>
    /// Maximum number of sessions with records in memory, without a file or while it cannot be written. At the limit the oldest are
    /// dropped, counted and logged.
    /// </summary>
    public int MaxInMemory { get; init; } = 200_000;
}
