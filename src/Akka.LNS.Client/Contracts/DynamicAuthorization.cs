namespace Akka.LNS.Client;

/// <summary>CoA and Disconnect by RADIUS (RFC 5176).</summary>
/// <param name="Listening">Absent: off, there are no clients.</param>
/// <param name="Clients">Their names and networks.</param>
/// <param name="SessionsEnded">Told to end, since the start.</param>
/// <param name="AnsweredAgain">Repetitions that got the same answer.</param>
/// <param name="Dropped">Without an answer, by reason; those that happened.</param>
public sealed record DynamicAuthorizationReport(string? Listening, IReadOnlyList<DynamicAuthorizationClientRow> Clients, DynamicAuthorizationAnswers Disconnect,
    DynamicAuthorizationAnswers Change, long SessionsEnded, long AnsweredAgain, IReadOnlyDictionary<string, long> Dropped);

public sealed record DynamicAuthorizationClientRow(string Name, string Network);

/// <param name="Refused">By Error-Cause; those that happened.</param>
public sealed record DynamicAuthorizationAnswers(long Acknowledged, IReadOnlyDictionary<string, long> Refused);
