namespace Akka.LNS.Dashboard;

/// <summary>Limits of the dashboard.</summary>
/// <param name="Viewers">Maximum number of open pages. A further page is refused.</param>
/// <param name="Logins">Maximum number of logins. A further login ends the oldest one.</param>
/// <param name="LoginLasts">Lifetime of a login.</param>
/// <param name="SampleInterval">Time between two points of the plots.</param>
/// <param name="History">Time range of the plots.</param>
public sealed record DashboardOptions(int Viewers, int Logins, TimeSpan LoginLasts, TimeSpan SampleInterval, TimeSpan History);
