using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.shutdown</c></summary>
internal static class ShutdownSection
{
    public static readonly Section Keys = new();
    private static readonly Key<TimeSpan> Within =
        Keys.Duration("within", new ShutdownSettings().Within, Second, 10 * Minute, Apply.Restart);

    public static ShutdownSettings Read(SectionReader s) => new() { Within = s.Get(Within) };
}
