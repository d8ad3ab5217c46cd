using System.Globalization;

namespace Akka.LNS.Client;

/// <summary>Whose conversation; exactly one of the four is given.</summary>
public sealed record TraceQuery
{
    /// <summary>As the subscriber calls itself, with * and ? for others: *@example.net is everybody of a realm. It need not be there yet.</summary>
    public string? User { get; init; }

    /// <summary>IPv4, that a subscriber has or will get.</summary>
    public string? Address { get; init; }

    /// <summary>Host Name: its control connections, with the messages of their calls and without PPP.</summary>
    public string? Lac { get; init; }

    /// <summary>Acct-Session-Id; ends soon after the session.</summary>
    public string? Session { get; init; }

    /// <summary>It ends after so long: 1 to 86,400 whole seconds; null: an hour.</summary>
    public int? DurationSeconds { get; init; }

    internal QueryText Write(QueryText query) => query.Add("user", User).Add("address", Address).Add("lac", Lac).Add("session", Session)
        .Add("duration", DurationSeconds?.ToString(CultureInfo.InvariantCulture));
}

/// <summary>One thing that was said or happened.</summary>
/// <param name="Number">In the order in which it happened. When several calls are traced, the beginning of one comes when it is known whose it is, behind what others said meanwhile.</param>
/// <param name="Layer">Messages: l2tp, lcp, pap, chap, ipcp, ppp (another protocol), radius. What the node did: tunnel, session, link, login, bundle, gate; trace: about the trace itself.</param>
/// <param name="Direction">in: came to the LNS; out: it sent it; null: no message.</param>
/// <param name="Details">A line for each AVP, option or attribute.</param>
/// <param name="Peer">Where a message came from or went to: ADDRESS:PORT of the LAC, or the RADIUS server.</param>
/// <param name="Again">A retransmission.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="LostBefore">So many before this one were lost: the reader is slow, or they are more in a second than lns.api.limits allows.</param>
public sealed record TraceEvent(long Number, DateTimeOffset At, string Layer, string? Direction, string Summary, IReadOnlyList<string> Details, string? Peer, bool Again, string? Session, long LostBefore)
{
    private const string Indent = "                         ";

    /// <summary>As lnsd and lnsctl show it: the line of the message, then one for each detail; before it one about what was lost.</summary>
    public IEnumerable<string> ToLines()
    {
        if (LostBefore > 0) yield return $"... {LostBefore.ToString(CultureInfo.InvariantCulture)} records lost, the reader is slow or they are too many";
        var arrow = Direction switch { "in" => "<-", "out" => "->", _ => "--" };
        var about = Layer is "session" or "trace" && Session is not null ? $" [{Session}]" : Peer is not null ? $" ({Peer})" : "";
        yield return $"{At.ToUniversalTime().ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture)} {Layer,-7} {arrow} {Summary}{(Again ? ", again" : "")}{about}";
        foreach (var detail in Details) yield return Indent + detail;
    }
}
