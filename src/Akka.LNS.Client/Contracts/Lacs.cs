namespace Akka.LNS.Client;

/// <summary>One LAC, identified by its Host Name, since its first tunnel was up.</summary>
/// <param name="Addresses">Addresses of its tunnels.</param>
/// <param name="Tunnels">Tunnels now.</param>
/// <param name="Sessions">Sessions now.</param>
/// <param name="SetUps">Subscribers that came up since the start.</param>
/// <param name="Ended">Calls that ended since the start: the sum of failed set-ups and ended sessions.</param>
/// <param name="SetUpsFailed">Calls that ended before their subscriber came up, since the start.</param>
/// <param name="SessionsEnded">Calls that ended after their subscriber came up, since the start.</param>
/// <param name="FailuresPerMinute">Failed set-ups of the last minute.</param>
/// <param name="EndsPerMinute">Ended sessions of the last minute.</param>
/// <param name="LastRestart">
/// Time (UTC) of the first tunnel after the LAC had lost or stopped the earlier ones; absent: never since the start of lnsd.
/// </param>
/// <param name="TopFailure">Most frequent cause of failed set-ups in the last hour; absent: none failed.</param>
/// <param name="TopEnd">Most frequent cause of ended sessions in the last hour; absent: none ended.</param>
public sealed record LacRow(
    string Name, IReadOnlyList<string> Addresses, int Tunnels, int Sessions, long SetUps, long Ended, LoadRefused Refused,
    long SetUpsFailed = 0, long SessionsEnded = 0, int FailuresPerMinute = 0, int EndsPerMinute = 0, DateTimeOffset? LastRestart = null,
    CauseCount? TopFailure = null, CauseCount? TopEnd = null);

/// <summary>Number of ends with one cause.</summary>
/// <param name="Cause">Cause in one word, as in metrics.</param>
/// <param name="Words">Cause in the words of the log.</param>
public sealed record CauseCount(string Cause, string Words, int Count)
{
    /// <summary>Text for people: <c>echo timeout (12)</c>.</summary>
    public override string ToString() => $"{Words} ({Count})";
}

/// <summary>All LACs.</summary>
public sealed record LacList(IReadOnlyList<LacRow> Lacs);
