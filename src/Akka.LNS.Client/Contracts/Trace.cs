using System.Globalization;

namespace Akka.LNS.Client;

/// <summary>What to trace. Exactly one of User, Address, Calling, Lac and Session is set.</summary>
public sealed record TraceQuery
{
    /// <summary>
    /// User-Name, with the wildcards * and ?: *@example.net matches all users of a realm. The user need not be connected yet.
    /// </summary>
    public string? User { get; init; }

    /// <summary>IPv4 address that a subscriber has or will get.</summary>
    public string? Address { get; init; }

    /// <summary>Calling number, with the wildcards * and ?. It is known before the authentication.</summary>
    public string? Calling { get; init; }

    /// <summary>Host Name of a LAC. Traces its control connections and the messages of their calls, without PPP.</summary>
    public string? Lac { get; init; }

    /// <summary>Acct-Session-Id. The trace ends shortly after the session.</summary>
    public string? Session { get; init; }

    /// <summary>Duration of the trace, 1 to 86,400 whole seconds; null: one hour.</summary>
    public int? DurationSeconds { get; init; }

    internal QueryText Write(QueryText query) => query.Add("user", User).Add("address", Address).Add("calling", Calling).Add("lac", Lac)
        .Add("session", Session)
        .Add("duration", DurationSeconds?.ToString(CultureInfo.InvariantCulture));
}

/// <summary>One record of a trace: a message or an action of the node.</summary>
/// <param name="Number">
/// Sequence number in order of time. When the user of a call becomes known late, the first records of the call follow newer records of
/// other calls.
/// </param>
/// <param name="Layer">
/// Messages: l2tp, lcp, pap, chap, ipcp, ppp (another protocol), radius. Actions of the node: tunnel, session, link, login, bundle, gate.
/// Notes about the trace itself: trace.
/// </param>
/// <param name="Direction">in: received by the LNS; out: sent by the LNS; null: not a message.</param>
/// <param name="Details">One line for each AVP, option or attribute.</param>
/// <param name="Peer">ADDRESS:PORT of the LAC, or name of the RADIUS server.</param>
/// <param name="Again">A retransmission.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="LostBefore">
/// Number of records lost before this one. The reader is slow, or the rate exceeds the limit of lns.api.limits.
/// </param>
public sealed record TraceEvent(
    long Number, DateTimeOffset At, string Layer, string? Direction, string Summary, IReadOnlyList<string> Details, string? Peer,
    bool Again, string? Session, long LostBefore)
{
    private const string Indent = "                          ";

    /// <summary>
    /// Lines for people, the same in lnsd and lnsctl: a line about lost records if there are any, the message, then a line for each detail.
    /// </summary>
    public IEnumerable<string> ToLines()
    {
        var lost = LostBefore.ToString(CultureInfo.InvariantCulture);
        if (LostBefore > 0) yield return $"... {lost} records lost: the reader is slow or the rate is over the limit";
        var arrow = Direction switch { "in" => "<-", "out" => "->", _ => "--" };
        var about = Layer is "session" or "trace" && Session is not null ? $" [{Session}]" : Peer is not null ? $" ({Peer})" : "";
        var time = At.ToUniversalTime().ToString("HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        yield return $"{time} {Layer,-7} {arrow} {Summary}{(Again ? ", again" : "")}{about}";
        foreach (var detail in Details) yield return Indent + detail;
    }
}
