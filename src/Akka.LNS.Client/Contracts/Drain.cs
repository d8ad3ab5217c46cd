using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>Order to drain the node.</summary>
/// <param name="Exit">lnsd exits after the last session.</param>
/// <param name="DeadlineSeconds">Time after which the remaining sessions are ended; absent: never.</param>
/// <param name="Reason">Text for refused LACs and the log, 1 to 200 characters; absent: none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DrainRequest(bool Exit = false, double? DeadlineSeconds = null, string? Reason = null);

/// <summary>Progress of a drain.</summary>
/// <param name="State">serving, draining, drained.</param>
/// <param name="Sessions">Remaining sessions.</param>
/// <param name="Exit">lnsd exits after the last session.</param>
/// <param name="EndsInSeconds">Time until the remaining sessions are ended; absent: no deadline.</param>
/// <param name="Reason">Reason of the order; absent: none.</param>
public sealed record DrainReport(string State, int Sessions, bool Exit, double? EndsInSeconds, string? Reason = null);
