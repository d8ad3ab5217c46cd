using System.Collections.Concurrent;
using Akka.LNS.Server.Settings.Sections;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;

namespace Akka.LNS.Server.Node;

/// <summary>
/// Lowest level that is logged, in general and by source. A source is the beginning of the name of a logger. Any source can get a level
/// while lnsd runs.
/// </summary>
/// <remarks>
/// The sources of the start have a switch each, which a logger reads without a lookup. A source that comes later opens the switch of the
/// source above it, and a filter then looks at each line.
/// </remarks>
internal sealed class LogLevels : ILogEventFilter
{
    /// <summary>Maximum number of sources that get a level while lnsd runs.</summary>
    public const int MostAdded = 100;

    private readonly Lock _lock = new();
    private readonly LoggingLevelSwitch _all;
    private readonly SortedDictionary<string, LoggingLevelSwitch> _switches = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, LogVerbosity> _levels = new(StringComparer.Ordinal);
    private LogVerbosity _general;
    private volatile ConcurrentDictionary<string, LogEventLevel>? _exact; // lowest level by name of the logger; null: the switches decide

    public LogLevels(LogSettings settings, LoggerMinimumLevelConfiguration minimum)
    {
        minimum.ControlledBy(_all = new LoggingLevelSwitch(ToSerilog(_general = settings.Level)));
        foreach (var (source, level) in settings.Levels)
        {
            var one = _switches[source] = new LoggingLevelSwitch(ToSerilog(level));
            minimum.Override(source, one);
            _levels[source] = level;
        }
    }

    /// <summary>All levels; the source null stands for all sources without a level of their own.</summary>
    public IReadOnlyList<(string? Source, LogVerbosity Level)> All
    {
        get
        {
            lock (_lock) return [(null, _general), .. _levels.Select(static l => ((string?)l.Key, l.Value))];
        }
    }

    /// <summary>Changes the level of a source, or for null the general one. False: too many sources have a level.</summary>
    /// <param name="level">Null: the source gets the level of the source above it.</param>
    public bool TrySet(string? source, LogVerbosity? level)
    {
        lock (_lock)
        {
            if (source is null) _general = level ?? _general;
            else if (level is null) _levels.Remove(source);
            else if (!_levels.ContainsKey(source) && _levels.Count >= _switches.Count + MostAdded) return false;
            else _levels[source] = level.Value;
            var before = _exact;
            // first the filter, then the switches that let more lines reach it
            var needed = _levels.Count != _switches.Count || !_levels.Keys.SequenceEqual(_switches.Keys);
            if (needed) _exact = new ConcurrentDictionary<string, LogEventLevel>(StringComparer.Ordinal);
            _all.MinimumLevel = Lowest(null);
            foreach (var (name, one) in _switches) one.MinimumLevel = Lowest(name);
            if (!needed && before is not null) _exact = null;
            return true;
        }
    }

    /// <inheritdoc/>
    public bool IsEnabled(LogEvent logEvent)
    {
        if (_exact is not { } exact) return true;
        var name = logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out var value)
            && value is ScalarValue { Value: string text } ? text : "";
        if (!exact.TryGetValue(name, out var lowest))
        {
            lock (_lock) lowest = ToSerilog(LevelOf(name));
            if (exact.Count < 10_000) exact[name] = lowest;
        }
        return logEvent.Level >= lowest;
    }

    /// <summary>The level of a source, and of all sources below it whose lines its switch decides.</summary>
    private LogEventLevel Lowest(string? name)
    {
        var lowest = ToSerilog(name is null ? _general : LevelOf(name));
        foreach (var (source, level) in _levels)
            if (!_switches.ContainsKey(source) && SwitchOf(source) == name && ToSerilog(level) < lowest) lowest = ToSerilog(level);
        return lowest;
    }

    private LogVerbosity LevelOf(string name) => Nearest(_levels.Keys, name) is { } source ? _levels[source] : _general;

    private string? SwitchOf(string source) => Nearest(_switches.Keys, source);

    /// <summary>The longest of the sources that the name begins with; null: none.</summary>
    private static string? Nearest(IEnumerable<string> sources, string name) => sources
        .Where(s => name.StartsWith(s, StringComparison.Ordinal) && (name.Length == s.Length || name[s.Length] == '.'))
        .MaxBy(static s => s.Length);

    private static LogEventLevel ToSerilog(LogVerbosity verbosity) => verbosity switch
    {
        LogVerbosity.Debug => LogEventLevel.Debug,
        LogVerbosity.Information => LogEventLevel.Information,
        LogVerbosity.Warning => LogEventLevel.Warning,
        LogVerbosity.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal + 1,
    };
}
