using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Settings;

/// <summary>The RADIUS router, its workers and servers.</summary>
public sealed record RadiusSettings
{
    /// <summary>Requests outstanding at a time: never more.</summary>
    public int Workers { get; init; } = 16;

    public RadiusBacklogSettings Backlog { get; init; } = new();

    /// <summary>In the order of the file. Empty: no RADIUS.</summary>
    public ImmutableArray<RadiusServerSettings> Servers { get; init; } = [];

    /// <summary>An answer without a Message-Authenticator is no answer (BlastRADIUS).</summary>
    public bool RequireMessageAuthenticator { get; init; } = true;

    /// <summary>A login is not sent any more after so long, waiting time in the backlog included; what was sent before has the server's timeout to be answered.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public AccountingSettings Accounting { get; init; } = new();

    public DynamicAuthorizationSettings DynamicAuthorization { get; init; } = new();

    /// <summary>A server is there that can be asked about logins.</summary>
    public bool Authenticates => Servers.Any(static s => s.Authentication.Port != 0);

    /// <summary>Accounting is wanted, and a server is there that takes it.</summary>
    public bool Accounts => Accounting.Enabled && Servers.Any(static s => s.Accounting.Port != 0);
}

/// <summary>Requests that may wait for a worker.</summary>
public sealed record RadiusBacklogSettings
{
    /// <summary>One more login fails at once.</summary>
    public int Authentication { get; init; } = 20_000;

    /// <summary>One more Start or Stop goes back to the accounting that keeps it, as one that no server took.</summary>
    public int StartStop { get; init; } = 20_000;

    /// <summary>One more Interim-Update is dropped: the next says the same again.</summary>
    public int Interim { get; init; } = 2_000;
}

/// <summary>One RADIUS server.</summary>
public sealed record RadiusServerSettings
{
    public string Name { get; init; } = "";

    /// <summary>Where Access-Requests go; port 0: this server does not authenticate.</summary>
    public IPEndPoint Authentication { get; init; } = new(IPAddress.Loopback, 1812);

    /// <summary>Where Accounting-Requests go; port 0: this server does not account.</summary>
    public IPEndPoint Accounting { get; init; } = new(IPAddress.Loopback, 1813);

    public Secret Secret { get; init; } = new("");

    /// <summary>From a request to its first retransmission, and between these.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Retransmissions before the next server is asked.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The lowest number that is alive is asked.</summary>
    public int Priority { get; init; } = 1;

    /// <summary>Share among the servers of one priority.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>After so many requests in a row without an answer it counts as dead.</summary>
    public int DeadAfter { get; init; } = 3;

    /// <summary>A dead server gets no request for so long, then one again.</summary>
    public TimeSpan DeadTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most packets a second, logins and accounting together, retransmissions included; null: no limit.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Of <see cref="RequestsPerSecond"/>, how many may come at once.</summary>
    public int Burst { get; init; } = 10;

    /// <summary>Whether it is probed with Status-Server when it does not answer.</summary>
    public StatusServerUse StatusServer { get; init; } = StatusServerUse.Auto;

    /// <summary>Address the requests leave from; null: the system's choice.</summary>
    public IPAddress? Source { get; init; }
}

/// <summary>Accounting by RADIUS.</summary>
public sealed record AccountingSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>Between Interim updates, when RADIUS does not say (Acct-Interim-Interval); zero: none.</summary>
    public TimeSpan InterimInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Share of the interval, 0 to 1, by which each is shortened at random.</summary>
    public double InterimJitter { get; init; } = 0.1;

    /// <summary>Accounting-On and Accounting-Off at start and end of the node.</summary>
    public bool OnOff { get; init; } = true;

    /// <summary>A record that no server took is sent again after so long, at first.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the doubling of <see cref="RetryInterval"/> stops.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromMinutes(5);

    public AccountingSpoolSettings Spool { get; init; } = new();
}

/// <summary>Where Starts and Stops wait until a server has taken them.</summary>
public sealed record AccountingSpoolSettings
{
    /// <summary>An SQLite database, made when it is not there; null: in memory only, and a crash loses what waits and who was on.</summary>
    public string? File { get; init; }

    /// <summary>Largest size of the database in octets; its write-ahead log comes on top, with a few MiB.</summary>
    public long MaxSize { get; init; } = 1L << 30;

    /// <summary>Sessions whose records may wait in memory, without a file or while it cannot be written; beyond it the oldest are lost, counted and in the log.</summary>
    public int MaxInMemory { get; init; } = 200_000;
}
