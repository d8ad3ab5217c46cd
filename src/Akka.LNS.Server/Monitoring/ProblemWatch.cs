using Akka.LNS.Client;

namespace Akka.LNS.Server.Monitoring;

/// <summary>Evaluates the rules at each snapshot and remembers since when a condition holds. Not safe for several threads.</summary>
internal sealed class ProblemWatch
{
    /// <summary>Maximum number of findings of one rule: an operator needs no longer list.</summary>
    private const int MostOfRule = 20;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);
    private readonly Queue<Snapshot> _past = [];
    private Snapshot? _latest;
    private Dictionary<(string Rule, string Subject), DateTimeOffset> _since = [];

    /// <summary>The problems, the most severe first.</summary>
    public IReadOnlyList<NodeProblem> Look(Snapshot now)
    {
        var evidence = new Evidence(now, _past);
        var since = new Dictionary<(string, string), DateTimeOffset>();
        var found = new List<(Severity Severity, bool IsFiring, NodeProblem Problem)>();
        foreach (var rule in ProblemRules.All)
            foreach (var finding in rule.Find(evidence).Take(MostOfRule))
            {
                var began = _since.GetValueOrDefault((rule.Name, finding.Subject), now.At);
                since[(rule.Name, finding.Subject)] = began;
                var isFiring = now.At - began >= rule.For;
                found.Add((rule.Severity, isFiring, new NodeProblem(rule.Name, Word(rule.Severity), isFiring ? "firing" : "pending", began,
                    finding.Subject, finding.Text, rule.See)));
            }
        _since = since;
        Keep(now);
        return [.. found.OrderBy(static f => f.Severity).ThenByDescending(static f => f.IsFiring).Select(static f => f.Problem)];
    }

    /// <summary>Keeps snapshots at some distance for as long as a rule looks back.</summary>
    private void Keep(Snapshot now)
    {
        if (_latest is { } latest && now.At - latest.At < Step) return;
        _past.Enqueue(now);
        _latest = now;
        while (_past.Peek().At < now.At - ProblemRules.LongestWindow - Step) _past.Dequeue();
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Warning => "warning",
        _ => "info",
    };
}
