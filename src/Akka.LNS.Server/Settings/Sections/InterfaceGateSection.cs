using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.interface-gate</c></summary>
internal static class InterfaceGateSection
{
    private static readonly InterfaceGateSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<TimeSpan> Pause = Keys.Duration("pause", Default.Pause, TimeSpan.Zero, 10 * Second, Apply.Live);
    private static readonly Key<int> MaxBatch = Keys.Number("max-batch", Default.MaxBatch, 1, 1000, Apply.Live);

    public static InterfaceGateSettings Read(SectionReader s) => new() { Pause = s.Get(Pause), MaxBatch = s.Get(MaxBatch) };
}
