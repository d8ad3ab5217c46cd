namespace Akka.LNS.Dashboard;

/// <summary>What the dashboard may cost.</summary>
/// <param name="Viewers">Pages that are open at a time; one more is refused.</param>
/// <param name="Logins">At a time; with one more the oldest ends.</param>
/// <param name="LoginLasts">Then it has to be made again.</param>
/// <param name="SampleInterval">Between two points of the plots.</param>
/// <param name="History">Of the plots.</param>
public sealed record DashboardOptions(int Viewers, int Logins, TimeSpan LoginLasts, TimeSpan SampleInterval, TimeSpan History);
