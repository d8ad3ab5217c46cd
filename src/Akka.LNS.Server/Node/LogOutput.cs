using System.Globalization;
using Akka.LNS.Server.Settings.Sections;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace Akka.LNS.Server.Node;

/// <summary>
/// Writes log lines to the console and a file, as the settings say. Properties of a message stay properties: JSON has all of them, text has
/// those that the message names.
/// </summary>
/// <remarks>The logger of Akka takes the static <see cref="Serilog.Log.Logger"/>, so a process has one output at a time.</remarks>
internal sealed class LogOutput : IAsyncDisposable
{
    private const string OneLine = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u4} {Message:lj}{NewLine}{Exception}";

    /// <summary>Maximum number of lines that wait for a slow sink. Further lines are dropped, so that logging delays no session.</summary>
    private const int MaxWaiting = 100_000;

    private LogOutput(Serilog.Core.Logger log, LogLevels levels)
    {
        (Log, Levels) = (log, levels);
        Serilog.Log.Logger = log;
    }

    public Serilog.Core.Logger Log { get; }

    /// <summary>Levels by source. They can change while the output is in use.</summary>
    public LogLevels Levels { get; }

    public static LogOutput Create(LogSettings settings)
    {
        var configuration = new LoggerConfiguration().Enrich.FromLogContext().Enrich.With<ShownProperties>();
        var levels = new LogLevels(settings, configuration.MinimumLevel);
        if (settings.Console.Enabled)
            configuration.WriteTo.Async(sink => sink.Console(Format(settings.Console.Format)), MaxWaiting);
        if (settings.File.Path is { } path)
            configuration.WriteTo.Async(sink => sink.File(Format(settings.File.Format), path,
                fileSizeLimitBytes: settings.File.RollingSize, rollOnFileSizeLimit: true, retainedFileCountLimit: settings.File.Retained),
                    MaxWaiting);
        return new LogOutput(configuration.CreateLogger(), levels);
    }

    /// <summary>Writes what waits and closes the sinks. Later messages are dropped.</summary>
    public ValueTask DisposeAsync() => Serilog.Log.CloseAndFlushAsync();

    private static ITextFormatter Format(LogFormat format) => format switch
    {
        LogFormat.Json => new CompactJsonFormatter(),
        _ => new MessageTemplateTextFormatter(OneLine, CultureInfo.InvariantCulture),
    };
}

/// <summary>Lowest level that is logged, in general and by source. A source is the beginning of the name of a logger.</summary>
internal sealed class LogLevels
{
    private readonly LoggingLevelSwitch _all;
    private readonly SortedDictionary<string, LoggingLevelSwitch> _sources = new(StringComparer.Ordinal);

    public LogLevels(LogSettings settings, LoggerMinimumLevelConfiguration minimum)
    {
        minimum.ControlledBy(_all = new LoggingLevelSwitch(ToSerilog(settings.Level)));
        foreach (var (source, level) in settings.Levels)
        {
            var one = _sources[source] = new LoggingLevelSwitch(ToSerilog(level));
            minimum.Override(source, one);
        }
    }

    /// <summary>All levels; the source null stands for all sources without a level of their own.</summary>
    public IEnumerable<(string? Source, LogVerbosity Level)> All =>
        _sources.Select(static s => ((string?)s.Key, ToSettings(s.Value.MinimumLevel))).Prepend((null, ToSettings(_all.MinimumLevel)));

    /// <summary>Changes the level of a source, or for null the general one. False: the settings do not name the source.</summary>
    public bool TrySet(string? source, LogVerbosity level)
    {
        if (source is null) _all.MinimumLevel = ToSerilog(level);
        else if (_sources.TryGetValue(source, out var one)) one.MinimumLevel = ToSerilog(level);
        else return false;
        return true;
    }

    private static LogEventLevel ToSerilog(LogVerbosity verbosity) => verbosity switch
    {
        LogVerbosity.Debug => LogEventLevel.Debug,
        LogVerbosity.Information => LogEventLevel.Information,
        LogVerbosity.Warning => LogEventLevel.Warning,
        LogVerbosity.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal + 1,
    };

    private static LogVerbosity ToSettings(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => LogVerbosity.Debug,
        LogEventLevel.Information => LogVerbosity.Information,
        LogEventLevel.Warning => LogVerbosity.Warning,
        LogEventLevel.Error => LogVerbosity.Error,
        _ => LogVerbosity.Off,
    };
}
