using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>Which sessions to end; all that is given must match, and something must be given.</summary>
/// <param name="Id">Acct-Session-Id.</param>
/// <param name="Reason">Reaches the log and accounting (mpd-term-cause).</param>
/// <param name="DryRun">Only count them.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DropRequest(string? Id = null, string? User = null, string? Address = null, string? Lac = null, string? Pool = null, string? Reason = null, bool DryRun = false);

/// <param name="Reason">Reaches the log and accounting (mpd-term-cause).</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DropOneRequest(string? Reason = null);

/// <param name="Matched">Sessions that fit.</param>
/// <param name="Dropped">Of them, those that were told to end.</param>
public sealed record DropResult(int Matched, int Dropped, bool DryRun);
