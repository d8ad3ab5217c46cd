using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <param name="Source">The beginning of a source's name; absent: all others.</param>
/// <param name="Level">debug, information, warning, error, off.</param>
public sealed record LogLevelRow(string? Source, string Level);

public sealed record LogLevelList(IReadOnlyList<LogLevelRow> Levels);

/// <inheritdoc cref="LogLevelRow"/>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LogLevelChange(string? Source = null, string? Level = null);
