using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.dashboard</c></summary>
internal static class DashboardSection
{
    private static readonly DashboardSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<bool> Enabled = Keys.Flag("enabled", Default.Enabled, Apply.Restart);
    private static readonly Key<int> Viewers = Keys.Number("viewers", Default.Viewers, 1, 1000, Apply.Restart);
    private static readonly Key<int> Logins = Keys.Number("logins", Default.Logins, 1, 10_000, Apply.Restart);
    private static readonly Key<TimeSpan> LoginLasts = Keys.Duration("login-lasts", Default.LoginLasts, Minute, 30 * Day, Apply.Restart);
    private static readonly Key<TimeSpan> SampleInterval =
        Keys.Duration("sample-interval", Default.SampleInterval, Second, Minute, Apply.Restart);
    private static readonly Key<TimeSpan> History = Keys.Duration("history", Default.History, Minute, Day, Apply.Restart);

    public static DashboardSettings Read(SectionReader s) => new()
    {
        Enabled = s.Get(Enabled),
        Viewers = s.Get(Viewers),
        Logins = s.Get(Logins),
        LoginLasts = s.Get(LoginLasts),
        SampleInterval = s.Get(SampleInterval),
        History = s.Get(History),
    };
}
