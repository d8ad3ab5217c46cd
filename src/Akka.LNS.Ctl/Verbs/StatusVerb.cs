using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class StatusVerb
{
    public static Command Make() => new Command("status", "Version, uptime, counts and verdict of the node.").Does(static async run =>
    {
        var now = await run.Api.GetStatusAsync(run.Cancel);
        if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.StatusReport);
        else
        {
            var facts = new Facts().Add("node", now.Node).Add("group", now.Group).Add("version", now.Version)
                .Add("started", Units.Time(now.Started)).AddSpan("up", now.UptimeSeconds).Add("listening", string.Join(", ", now.Listening))
                .Add("data plane", now.Plane).Add("verdict", now.Verdict).Add("drain reason", now.DrainReason).Add("load", now.Load)
                .Add("tunnels", now.Tunnels).Add("sessions", now.Sessions).Add("links", now.Links).Add("bundles", now.Bundles)
                .Add("accounting spool", now.Spool is { } spool ? SpoolText.Of(spool) : null);
            AddProblems(facts, now.Problems ?? []);
            run.Output.Facts(facts);
        }
        return ExitCode.Ok;
    });

    private static void AddProblems(Facts facts, IReadOnlyList<NodeProblem> problems)
    {
        if (problems.Count == 0)
        {
            facts.Add("problems", "none");
            return;
        }
        facts.Section("problems");
        foreach (var p in problems)
            facts.Add(p.Severity, $"{p.Text} {p.State} since {Units.Time(p.Since)}; see: lnsctl {p.See}");
    }
}
