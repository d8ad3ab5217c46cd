namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Settings of the dashboard, the pages that the API serves to browsers.</summary>
public sealed record DashboardSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>Maximum number of open pages. The next one is refused.</summary>
    public int Viewers { get; init; } = 32;

    /// <summary>Maximum number of logins. The next one ends the oldest.</summary>
    public int Logins { get; init; } = 64;

    /// <summary>Time after which a login ends.</summary>
    public TimeSpan LoginLasts { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Time between two points of the plots.</summary>
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time that the plots cover.</summary>
    public TimeSpan History { get; init; } = TimeSpan.FromMinutes(15);
}
