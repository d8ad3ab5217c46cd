using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>Order to end all sessions that match every condition. At least one condition is required.</summary>
/// <param name="Id">Acct-Session-Id.</param>
/// <param name="Reason">Text for the log and accounting (mpd-term-cause).</param>
/// <param name="DryRun">Count the sessions and end none.</param>
/// <param name="Calling">Calling number.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DropRequest(
    string? Id = null, string? User = null, string? Address = null, string? Lac = null, string? Pool = null, string? Reason = null,
    bool DryRun = false, string? Calling = null);

/// <summary>Order to end one session.</summary>
/// <param name="Reason">Text for the log and accounting (mpd-term-cause).</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DropOneRequest(string? Reason = null);

/// <summary>Result of an order to end sessions.</summary>
/// <param name="Matched">Sessions that match.</param>
/// <param name="Dropped">Sessions that were ordered to end.</param>
public sealed record DropResult(int Matched, int Dropped, bool DryRun);
