using Akka.LNS.Server.Settings.Sections;
using Serilog;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace Akka.LNS.Server.Node;

/// <summary>
/// Writes log lines to the console and a file, as the settings say. Properties of a message stay properties: JSON has all of them, text has
/// those that the message names. A fault that nothing handles is a line too.
/// </summary>
/// <remarks>The logger of Akka takes the static <see cref="Serilog.Log.Logger"/>, so a process has one output at a time.</remarks>
internal sealed class LogOutput : IAsyncDisposable
{
    private LogOutput(Serilog.Core.Logger log, LogLevels levels, LogQueues queues)
    {
        (Log, Levels, Queues) = (log, levels, queues);
        Serilog.Log.Logger = log;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        TaskScheduler.UnobservedTaskException += OnUnobserved;
    }

    public Serilog.Core.Logger Log { get; }

    /// <summary>Levels by source. They can change while the output is in use.</summary>
    public LogLevels Levels { get; }

    public LogQueues Queues { get; }

    public static LogOutput Create(LogSettings settings)
    {
        var configuration = new LoggerConfiguration().Enrich.FromLogContext().Enrich.With<ShownProperties>();
        var (levels, queues) = (new LogLevels(settings, configuration.MinimumLevel), new LogQueues());
        configuration.Filter.With(levels);
        if (settings.Console.Enabled)
            configuration.WriteTo.Async(sink => sink.Console(Format(settings.Console.Format)), queues.Of("console"), LogQueues.MaxWaiting);
        if (settings.File.Path is { } path)
            configuration.WriteTo.Async(sink => sink.File(Format(settings.File.Format), path,
                fileSizeLimitBytes: settings.File.RollingSize, rollOnFileSizeLimit: true, retainedFileCountLimit: settings.File.Retained),
                    queues.Of("file"), LogQueues.MaxWaiting);
        return new LogOutput(configuration.CreateLogger(), levels, queues);
    }

    /// <summary>Writes what waits and closes the sinks. Later messages are dropped.</summary>
    public ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        return Serilog.Log.CloseAndFlushAsync();
    }

    private static ITextFormatter Format(LogFormat format) => format switch
    {
        LogFormat.Json => new CompactJsonFormatter(),
        _ => new TextLines(),
    };

    private void OnUnhandled(object sender, UnhandledExceptionEventArgs e)
    {
        Log.Fatal(e.ExceptionObject as Exception, "lnsd ends because of a fault");
        if (e.IsTerminating) Serilog.Log.CloseAndFlush();
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        Log.Error(e.Exception, "a task failed, and no other code has seen its exception");
        e.SetObserved();
    }
}
