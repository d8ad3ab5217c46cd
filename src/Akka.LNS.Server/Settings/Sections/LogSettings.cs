using System.Collections.Immutable;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Lowest level that is logged.</summary>
public enum LogVerbosity
{
    Debug,
    Information,
    Warning,
    Error,
    Off,
}

public enum LogFormat
{
    /// <summary>One line for people.</summary>
    Text,
    /// <summary>One JSON object a line (Serilog's compact format), all properties kept.</summary>
    Json,
}

/// <summary>Settings of the log.</summary>
public sealed record LogSettings
{
    public LogVerbosity Level { get; init; } = LogVerbosity.Information;

    /// <summary>Levels of sources, by the beginning of their name: "Akka", "Akka.LNS.Actors.Tunnels".</summary>
    public ImmutableDictionary<string, LogVerbosity> Levels { get; init; } = ImmutableDictionary<string, LogVerbosity>.Empty
        .Add("Akka", LogVerbosity.Warning).Add("Akka.Remote", LogVerbosity.Error).Add("Akka.LNS", LogVerbosity.Information)
        .Add("Microsoft", LogVerbosity.Warning);

    public ConsoleLogSettings Console { get; init; } = new();

    public FileLogSettings File { get; init; } = new();
}

public sealed record ConsoleLogSettings
{
    public bool Enabled { get; init; } = true;
    public LogFormat Format { get; init; } = LogFormat.Text;
}

public sealed record FileLogSettings
{
    /// <summary>Path of the log file; null: none.</summary>
    public string? Path { get; init; }
    public LogFormat Format { get; init; } = LogFormat.Json;

    /// <summary>Size in octets at which a new file begins.</summary>
    public long RollingSize { get; init; } = 64L << 20;

    /// <summary>Number of files that are kept; older ones are deleted.</summary>
    public int Retained { get; init; } = 10;
}
