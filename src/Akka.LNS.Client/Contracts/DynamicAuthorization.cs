namespace Akka.LNS.Client;

/// <summary>CoA-Requests and Disconnect-Requests by RADIUS. RFC 5176.</summary>
/// <param name="Listening">Address and port; absent: off, no client is configured.</param>
/// <param name="SessionsEnded">Sessions that the requests ended, since the start.</param>
/// <param name="AnsweredAgain">Repeated requests that got the same answer again.</param>
/// <param name="Dropped">
/// Requests without an answer, by reason. A reason with count 0 is absent. SocketOverflow: the receive buffer of the socket was full.
/// </param>
public sealed record DynamicAuthorizationReport(
    string? Listening, IReadOnlyList<DynamicAuthorizationClientRow> Clients, DynamicAuthorizationAnswers Disconnect,
    DynamicAuthorizationAnswers Change, long SessionsEnded, long AnsweredAgain, IReadOnlyDictionary<string, long> Dropped);

/// <summary>One client that may send requests.</summary>
public sealed record DynamicAuthorizationClientRow(string Name, string Network);

/// <summary>Answers to one kind of request, since the start.</summary>
/// <param name="Acknowledged">ACKs.</param>
/// <param name="Refused">NAKs by Error-Cause. A cause with count 0 is absent.</param>
public sealed record DynamicAuthorizationAnswers(long Acknowledged, IReadOnlyDictionary<string, long> Refused);
