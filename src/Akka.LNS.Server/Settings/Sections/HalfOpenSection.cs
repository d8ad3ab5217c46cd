using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.tunnels.half-open</c></summary>
internal static class HalfOpenSection
{
    private static readonly HalfOpenSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<int> Max = Keys.Number("max", Default.Max, 1, 65535, Apply.Live);
    private static readonly Key<int> MaxPerAddress = Keys.Number("max-per-address", Default.MaxPerAddress, 1, 65535, Apply.Live);
    private static readonly Key<TimeSpan> Timeout = Keys.Duration("timeout", Default.Timeout, Second, 10 * Minute, Apply.Live);

    public static HalfOpenSettings Read(SectionReader s) => new()
    {
        Max = s.Get(Max), MaxPerAddress = s.Get(MaxPerAddress), Timeout = s.Get(Timeout),
    };
}
