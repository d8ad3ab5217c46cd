using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.disconnects</c></summary>
internal static class DisconnectsSection
{
    private static readonly DisconnectSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<int> Keep = Keys.Number("keep", Default.Keep, 1, 1_000_000, Apply.Restart);
    private static readonly Key<int> KeepPerUser = Keys.Number("keep-per-user", Default.KeepPerUser, 1, 1_000_000, Apply.Restart);
    private static readonly Key<int> KeepPerLac = Keys.Number("keep-per-lac", Default.KeepPerLac, 1, 1_000_000, Apply.Restart);

    public static DisconnectSettings Read(SectionReader s) =>
        new() { Keep = s.Get(Keep), KeepPerUser = s.Get(KeepPerUser), KeepPerLac = s.Get(KeepPerLac) };
}
