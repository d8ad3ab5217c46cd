using System.Globalization;
using Akka.LNS.Server.Settings.Sections;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace Akka.LNS.Server;

/// <summary>Where log lines go, from the settings. Properties stay properties up to the last step: text for people, JSON for programs.</summary>
internal sealed class LogOutput : IAsyncDisposable
{
    private const string OneLine = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u4} {Message:lj}{NewLine}{Exception}";
    private const int Waiting = 100_000; // events; beyond it lines are dropped rather than sessions delayed

    private LogOutput(Logger log, LogLevels levels) => (Log, Levels) = (log, levels);

    public Logger Log { get; }

    /// <summary>They may be changed while it logs.</summary>
    public LogLevels Levels { get; }

    public static LogOutput Create(LogSettings settings)
    {
        var configuration = new LoggerConfiguration().Enrich.FromLogContext();
        var levels = new LogLevels(settings, configuration.MinimumLevel);
        if (settings.Console.Enabled)
            configuration.WriteTo.Async(sink => sink.Console(Format(settings.Console.Format)), Waiting);
        if (settings.File.Path is { } path)
            configuration.WriteTo.Async(sink => sink.File(Format(settings.File.Format), path,
                fileSizeLimitBytes: settings.File.RollingSize, rollOnFileSizeLimit: true, retainedFileCountLimit: settings.File.Retained), Waiting);
        return new LogOutput(configuration.CreateLogger(), levels);
    }

    public ValueTask DisposeAsync() => Log.DisposeAsync();

    private static ITextFormatter Format(LogFormat format) => format switch
    {
        LogFormat.Json => new CompactJsonFormatter(),
        _ => new MessageTemplateTextFormatter(OneLine, CultureInfo.InvariantCulture),
    };
}

/// <summary>How much is logged: of all, and of sources by the beginning of their name, those that the settings name.</summary>
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

    /// <summary>Source null: all others.</summary>
    public IEnumerable<(string? Source, LogVerbosity Level)> All =>
        _sources.Select(static s => ((string?)s.Key, ToSettings(s.Value.MinimumLevel))).Prepend((null, ToSettings(_all.MinimumLevel)));

    /// <summary>False: the settings do not name the source.</summary>
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
