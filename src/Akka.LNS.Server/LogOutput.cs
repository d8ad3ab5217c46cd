using System.Globalization;
using Akka.LNS.Actors.Settings;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace Akka.LNS.Server;

/// <summary>Where log lines go, from the settings. Properties stay properties up to the last step: text for people, JSON for programs.</summary>
internal static class LogOutput
{
    private const string OneLine = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u4} {Message:lj}{NewLine}{Exception}";
    private const int Waiting = 100_000; // events; beyond it lines are dropped rather than sessions delayed

    public static Logger Create(LogSettings settings)
    {
        var configuration = new LoggerConfiguration().Enrich.FromLogContext();
        Limit(configuration.MinimumLevel, settings);
        if (settings.Console.Enabled)
            configuration.WriteTo.Async(sink => sink.Console(Format(settings.Console.Format)), Waiting);
        if (settings.File.Path is { } path)
            configuration.WriteTo.Async(sink => sink.File(Format(settings.File.Format), path,
                fileSizeLimitBytes: settings.File.RollingSize, rollOnFileSizeLimit: true, retainedFileCountLimit: settings.File.Retained), Waiting);
        return configuration.CreateLogger();
    }

    private static void Limit(LoggerMinimumLevelConfiguration minimum, LogSettings settings)
    {
        minimum.Is(Level(settings.Level));
        foreach (var (source, level) in settings.Levels) minimum.Override(source, Level(level));
    }

    private static ITextFormatter Format(LogFormat format) => format switch
    {
        LogFormat.Json => new CompactJsonFormatter(),
        _ => new MessageTemplateTextFormatter(OneLine, CultureInfo.InvariantCulture),
    };

    private static LogEventLevel Level(LogVerbosity verbosity) => verbosity switch
    {
        LogVerbosity.Debug => LogEventLevel.Debug,
        LogVerbosity.Information => LogEventLevel.Information,
        LogVerbosity.Warning => LogEventLevel.Warning,
        LogVerbosity.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal + 1,
    };
}
