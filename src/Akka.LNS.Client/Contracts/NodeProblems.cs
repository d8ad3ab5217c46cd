namespace Akka.LNS.Client;

/// <summary>Problems of the node (GET problems), the most severe first. The rules are those of deploy/grafana/alerts.yml.</summary>
public sealed record NodeProblemList(IReadOnlyList<NodeProblem> Problems);

/// <summary>One problem that the node has now.</summary>
/// <param name="Name">Name of the alert rule.</param>
/// <param name="Severity">critical: needs a person at once; warning: can wait until working hours; info: needs no action.</param>
/// <param name="State">firing; pending: the condition does not hold for the time of the rule yet.</param>
/// <param name="Since">UTC.</param>
/// <param name="Subject">Pool, server, LAC or layer; empty: the node.</param>
/// <param name="Text">What is wrong, for people.</param>
/// <param name="See">Verb of lnsctl, page of the dashboard and resource of the API that shows more.</param>
public sealed record NodeProblem(
    string Name, string Severity, string State, DateTimeOffset Since, string Subject, string Text, string See);
