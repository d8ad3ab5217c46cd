using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.policing</c></summary>
internal static class PolicingSection
{
    private static readonly PolicingSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<double> FramesPerSecond =
        Keys.Real("frames-per-second", Default.FramesPerSecond, 1, 100_000, Apply.Restart);
    private static readonly Key<int> Burst = Keys.Number("burst", Default.Burst, 1, 100_000, Apply.Restart);

    public static PolicingSettings Read(SectionReader s) => new() { FramesPerSecond = s.Get(FramesPerSecond), Burst = s.Get(Burst) };
}
