using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.drain</c></summary>
internal static class DrainSection
{
    private static readonly DrainSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<TimeSpan?> Deadline = Keys.OptionalDuration("deadline", Second, 30 * Day, Apply.Live);
    private static readonly Key<TimeSpan> ReportInterval =
        Keys.Duration("report-interval", Default.ReportInterval, Second, Hour, Apply.Live);

    public static DrainSettings Read(SectionReader s) => new() { Deadline = s.Get(Deadline), ReportInterval = s.Get(ReportInterval) };
}
