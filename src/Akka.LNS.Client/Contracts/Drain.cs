using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <param name="Exit">lnsd ends with the last session.</param>
/// <param name="DeadlineSeconds">The sessions that remain are ended after so long; absent: never.</param>
/// <param name="Reason">Told to LACs that are refused, and in the log; 1 to 200 characters. Absent: nothing is said.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DrainRequest(bool Exit = false, double? DeadlineSeconds = null, string? Reason = null);

/// <param name="State">serving, draining, drained.</param>
/// <param name="Sessions">That remain.</param>
/// <param name="EndsInSeconds">Then the sessions that remain are ended.</param>
/// <param name="Reason">As it was given.</param>
public sealed record DrainReport(string State, int Sessions, bool Exit, double? EndsInSeconds, string? Reason = null);
