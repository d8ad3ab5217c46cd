namespace Akka.LNS.Server.Settings.Sections;

/// <summary>The pages that the API serves to browsers.</summary>
public sealed record DashboardSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>Pages that are open at a time; one more is refused.</summary>
    public int Viewers { get; init; } = 32;

    /// <summary>At a time; with one more the oldest ends.</summary>
    public int Logins { get; init; } = 64;

    /// <summary>Then the token is asked for again.</summary>
    public TimeSpan LoginLasts { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Between two points of the plots.</summary>
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Of the plots.</summary>
    public TimeSpan History { get; init; } = TimeSpan.FromMinutes(15);
}
