namespace Akka.LNS.Server.Monitoring;

internal enum Severity { Critical, Warning, Info }

/// <summary>One finding of a rule.</summary>
/// <param name="Subject">Pool, server, LAC or layer; empty: the node.</param>
/// <param name="Text">What is wrong, for people.</param>
internal readonly record struct Finding(string Subject, string Text);

/// <summary>One rule for problems, the same as the alert rule of its name in deploy/grafana/alerts.yml.</summary>
/// <param name="For">Time for which the condition must hold.</param>
/// <param name="See">Verb of lnsctl and page of the dashboard that shows more.</param>
internal sealed record ProblemRule(string Name, Severity Severity, TimeSpan For, string See, Func<Evidence, IEnumerable<Finding>> Find);
