using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.sessions</c></summary>
internal static class SessionsSection
{
    private static readonly SessionsSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<TimeSpan> ConnectTimeout =
        Keys.Duration("connect-timeout", Default.ConnectTimeout, Second, 10 * Minute, Apply.Live);
    private static readonly Key<int> Max = Keys.Number("max", Default.Max, 1, 10_000_000, Apply.Live);
    private static readonly Key<int> MaxPerTunnel = Keys.Number("max-per-tunnel", Default.MaxPerTunnel, 1, 65535, Apply.Live);
    private static readonly Key<TimeSpan> IdQuarantine =
        Keys.Duration("id-quarantine", Default.IdQuarantine, TimeSpan.Zero, Hour, Apply.Restart);

    public static SessionsSettings Read(SectionReader s) => new()
    {
        ConnectTimeout = s.Get(ConnectTimeout),
        Max = s.Get(Max),
        MaxPerTunnel = s.Get(MaxPerTunnel),
        IdQuarantine = s.Get(IdQuarantine),
    };
}
