using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.overload</c></summary>
internal static class OverloadSection
{
    private static readonly OverloadSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<int> SerialWeight = Keys.Number("serial-weight", Default.SerialWeight, 0, 1000, Apply.Live);
    private static readonly Key<int> ParallelWeight = Keys.Number("parallel-weight", Default.ParallelWeight, 0, 1000, Apply.Live);
    private static readonly Key<TimeSpan> SampleInterval =
        Keys.Duration("sample-interval", Default.SampleInterval, 10 * Millisecond, 10 * Second, Apply.Live);
    private static readonly Key<int> RefuseFrom = Keys.Number("refuse-from", Default.RefuseFrom, 1, 1_000_000_000, Apply.Live);
    private static readonly Key<int> RefuseAll = Keys.Number("refuse-all", Default.RefuseAll, 1, 1_000_000_000, Apply.Live);
    private static readonly Key<int> ReopenBelow = Keys.Number("reopen-below", Default.ReopenBelow, 1, 1_000_000_000, Apply.Live);
    private static readonly Key<TimeSpan> Hold = Keys.Duration("hold", Default.Hold, TimeSpan.Zero, 10 * Minute, Apply.Live);
    private static readonly Key<TimeSpan?> MaxLoginWait =
        Keys.OptionalDuration("max-login-wait", 100 * Millisecond, 10 * Minute, Apply.Live);
    private static readonly Key<int> MaxInSetup = Keys.Number("max-in-setup", Default.MaxInSetup, 1, 10_000_000, Apply.Live);
    private static readonly Key<double?> CallsPerSecond = Keys.OptionalReal("calls-per-second", 0.01, 1_000_000, Apply.Live);
    private static readonly Key<int> CallsBurst = Keys.Number("calls-burst", Default.CallsBurst, 1, 10_000_000, Apply.Live);

    /// <param name="loginTimeout"><c>lns.radius.login-timeout</c></param>
    public static OverloadSettings Read(SectionReader s, TimeSpan loginTimeout)
    {
        var overload = new OverloadSettings
        {
            SerialWeight = s.Get(SerialWeight),
            ParallelWeight = s.Get(ParallelWeight),
            SampleInterval = s.Get(SampleInterval),
            RefuseFrom = s.Get(RefuseFrom),
            RefuseAll = s.Get(RefuseAll),
            ReopenBelow = s.Get(ReopenBelow),
            Hold = s.Get(Hold),
            MaxLoginWait = s.Get(MaxLoginWait),
            MaxInSetup = s.Get(MaxInSetup),
            CallsPerSecond = s.Get(CallsPerSecond),
            CallsBurst = s.Get(CallsBurst),
        };
        if (overload.RefuseAll <= overload.RefuseFrom)
            s.Fail(RefuseAll, $"{overload.RefuseAll} is not above refuse-from, {overload.RefuseFrom}");
        if (overload.ReopenBelow > overload.RefuseAll)
            s.Fail(ReopenBelow, $"{overload.ReopenBelow} is above refuse-all, {overload.RefuseAll}");
        if (overload.MaxLoginWait is { } wait && wait > loginTimeout)
            s.Fail(MaxLoginWait, $"{Show(wait)} is more than radius.login-timeout, {Show(loginTimeout)}");
        return overload;
    }
}
