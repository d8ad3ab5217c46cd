using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>Log level of one source.</summary>
/// <param name="Source">Prefix of the source name; absent: all other sources.</param>
/// <param name="Level">debug, information, warning, error, off.</param>
public sealed record LogLevelRow(string? Source, string Level);

/// <summary>Log levels of all sources.</summary>
public sealed record LogLevelList(IReadOnlyList<LogLevelRow> Levels);

/// <summary>Order to change a log level.</summary>
/// <inheritdoc cref="LogLevelRow"/>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LogLevelChange(string? Source = null, string? Level = null);
