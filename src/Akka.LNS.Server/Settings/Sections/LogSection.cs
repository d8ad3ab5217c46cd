using System.Collections.Immutable;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.log</c></summary>
internal static class LogSection
{
    private static readonly LogSettings Default = new();
    private static readonly (string, LogVerbosity)[] Verbosities =
    [
        ("debug", LogVerbosity.Debug), ("information", LogVerbosity.Information), ("warning", LogVerbosity.Warning),
        ("error", LogVerbosity.Error), ("off", LogVerbosity.Off),
    ];
    private static readonly (string, LogFormat)[] Formats = [("text", LogFormat.Text), ("json", LogFormat.Json)];
    public static readonly Section Keys = new();
    private static readonly Key<LogVerbosity> Level = Keys.Word("level", Default.Level, Apply.Live, Verbosities);
    private static readonly Key<ImmutableDictionary<string, LogVerbosity>> Levels =
        Keys.WordMap("levels", Default.Levels, Apply.Live, Verbosities);
    private static readonly Part Console = Keys.Part("console", ConsoleSection.Keys);
    private static readonly Part File = Keys.Part("file", FileSection.Keys);

    public static LogSettings Read(SectionReader s) => new()
    {
        Level = s.Get(Level),
        Levels = s.Get(Levels),
        Console = s.In(Console, ConsoleSection.Read),
        File = s.In(File, FileSection.Read),
    };

    /// <summary><c>lns.log.console</c></summary>
    private static class ConsoleSection
    {
        private static readonly ConsoleLogSettings Default = new();
        public static readonly Section Keys = new();
        private static readonly Key<bool> Enabled = Keys.Flag("enabled", Default.Enabled, Apply.Restart);
        private static readonly Key<LogFormat> Format = Keys.Word("format", Default.Format, Apply.Restart, Formats);

        public static ConsoleLogSettings Read(SectionReader s) => new() { Enabled = s.Get(Enabled), Format = s.Get(Format) };
    }

    /// <summary><c>lns.log.file</c></summary>
    private static class FileSection
    {
        private static readonly FileLogSettings Default = new();
        public static readonly Section Keys = new();
        private static readonly Key<string?> Path = Keys.OptionalText("path", 4096, Apply.Restart);
        private static readonly Key<LogFormat> Format = Keys.Word("format", Default.Format, Apply.Restart, Formats);
        private static readonly Key<long> RollingSize = Keys.Size("rolling-size", Default.RollingSize, 64 * KiB, 100 * GiB, Apply.Restart);
        private static readonly Key<int> Retained = Keys.Number("retained", Default.Retained, 1, 10_000, Apply.Restart);

        public static FileLogSettings Read(SectionReader s) =>
            new() { Path = s.Get(Path), Format = s.Get(Format), RollingSize = s.Get(RollingSize), Retained = s.Get(Retained) };
    }
}
