using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.radius.accounting</c></summary>
internal static class AccountingSection
{
    private static readonly AccountingSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<bool> Enabled = Keys.Flag("enabled", Default.Enabled, Apply.Restart);
    private static readonly Key<AccountingOnOff> OnOff = Keys.Word("on-off", Default.OnOff, Apply.Live,
        ("auto", AccountingOnOff.Auto), ("on", AccountingOnOff.On), ("off", AccountingOnOff.Off));
    private static readonly Key<TimeSpan> InterimInterval =
        Keys.Duration("interim-interval", Default.InterimInterval, TimeSpan.Zero, Day, Apply.Live);
    private static readonly Key<double> InterimJitter = Keys.Real("interim-jitter", Default.InterimJitter, 0, 0.9, Apply.Live);
    private static readonly Key<TimeSpan> RetryInterval =
        Keys.Duration("retry-interval", Default.RetryInterval, 100 * Millisecond, Hour, Apply.Live);
    private static readonly Key<TimeSpan> RetryMax = Keys.Duration("retry-max", Default.RetryMax, Second, Day, Apply.Live);
    private static readonly Key<bool> KeepFirstClass = Keys.Flag("keep-first-class", Default.KeepFirstClass, Apply.Live);
    private static readonly Part Spool = Keys.Part("spool", SpoolSection.Keys);

    public static AccountingSettings Read(SectionReader s) => new()
    {
        Enabled = s.Get(Enabled),
        OnOff = s.Get(OnOff),
        InterimInterval = s.Get(InterimInterval),
        InterimJitter = s.Get(InterimJitter),
        RetryInterval = s.Get(RetryInterval),
        RetryMax = s.Get(RetryMax),
        KeepFirstClass = s.Get(KeepFirstClass),
        Spool = s.In(Spool, SpoolSection.Read),
    };

    /// <summary><c>lns.radius.accounting.spool</c></summary>
    private static class SpoolSection
    {
        private static readonly AccountingSpoolSettings Default = new();
        public static readonly Section Keys = new();
        private static readonly Key<string?> File = Keys.OptionalText("file", 4096, Apply.Restart);
        private static readonly Key<long> MaxSize = Keys.Size("max-size", Default.MaxSize, MiB, 1024 * GiB, Apply.Restart);
        private static readonly Key<int> MaxInMemory = Keys.Number("max-in-memory", Default.MaxInMemory, 1000, 100_000_000, Apply.Restart);

        public static AccountingSpoolSettings Read(SectionReader s) =>
            new() { File = s.Get(File), MaxSize = s.Get(MaxSize), MaxInMemory = s.Get(MaxInMemory) };
    }
}
