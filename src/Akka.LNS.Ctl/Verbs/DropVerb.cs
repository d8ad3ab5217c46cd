using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class DropVerb
{
    private const int Shown = 20;

    public static Command Make()
    {
        var which = new Argument<string[]>("which")
        {
            Description = "One session by its id, user, address or calling number; or all sessions with id=, user=, address=, "
                + "calling=, lac=, "
                + "pool= (exact values; all must match).",
            Arity = ArgumentArity.OneOrMore, HelpName = "which",
        };
        which.CompletionSources.Add("id=", "user=", "address=", "calling=", "lac=", "pool=");
        var reason = new Option<string?>("--reason")
        {
            Description = "Reason for the log and accounting (mpd-term-cause).", HelpName = "TEXT",
        };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show the matching sessions and end none." };
        const string description = "End sessions. Shows the matching sessions and asks for confirmation.";
        return new Command("drop", description) { which, reason, yes, dryRun }.Does(async run =>
        {
            if (Array.Find(run.Get(which)!, static w => w.StartsWith('-')) is { } option)
                throw CtlException.Usage($"unknown option '{option}'");
            var words = new Words(run.Get(which), hasText: true, "id", "user", "address", "calling", "lac", "pool");
            var isDry = run.Get(dryRun);
            if (!isDry && !run.Get(yes) && (run.Output.IsJson || !Output.CanAsk))
            {
                throw CtlException.Usage(run.Output.IsJson
                    ? "drop --json cannot ask for confirmation; needed: --yes or --dry-run"
                    : "no terminal to ask for confirmation; needed: --yes or --dry-run");
            }
            var wanted = new DropRequest(words["id"], words["user"], words["address"], words["lac"], words["pool"], run.Get(reason),
                Calling: words["calling"]);
            if (words[Words.Text] is { } word) wanted = wanted with { Id = (await SessionsVerb.OneAsync(run, word)).Id };
            var fits = await run.Api.DropSessionsAsync(wanted with { DryRun = true }, run.Cancel);
            if (fits.Matched == 0) throw new CtlException(ExitCode.NotFound, $"no session matches {string.Join(' ', run.Get(which)!)}");
            if (isDry && run.Output.IsJson)
            {
                run.Output.Json(fits, ApiJson.Default.DropResult);
                return ExitCode.Ok;
            }
            if (!run.Output.IsJson) await ShowAsync(run, wanted, fits.Matched);
            if (isDry) return ExitCode.Ok;
            if (!run.Get(yes) && !await AskAsync(fits.Matched, run.Cancel)) throw new CtlException(ExitCode.Failed, "no session was ended");
            var done = await run.Api.DropSessionsAsync(wanted, run.Cancel);
            if (run.Output.IsJson) run.Output.Json(done, ApiJson.Default.DropResult);
            else run.Output.Line($"{(done.Dropped == 1 ? "1 session" : $"{done.Dropped} sessions")} ordered to end");
            return ExitCode.Ok;
        });
    }

    private static async Task ShowAsync(Run run, DropRequest wanted, int total)
    {
        var rows = await FindAsync(run, wanted);
        SessionsVerb.Show(run.Output, rows, total);
        if (rows.Count < total) run.Output.Note($"{rows.Count} of {total} rows shown");
    }

    /// <summary>
    /// The first matching sessions. The API takes wildcards in a list but not in an order: rows that match only by a wildcard are removed.
    /// </summary>
    private static async Task<IReadOnlyList<SessionRow>> FindAsync(Run run, DropRequest wanted)
    {
        try
        {
            if (wanted.Id is { } id) return [(await run.Api.GetSessionAsync(id, run.Cancel)).Session];
            var query = new SessionQuery
            {
                User = wanted.User, Address = wanted.Address, Calling = wanted.Calling, Lac = wanted.Lac,
                Pool = wanted.Pool
            };
            var page = await run.Api.ListSessionsAsync(query, "user", new PageQuery(0, Shown), run.Cancel);
            return
            [
                .. page.Sessions.Where(s =>
                    (wanted.User ?? s.User) == s.User && (wanted.Calling ?? s.Calling) == s.Calling && (wanted.Lac ?? s.Lac) == s.Lac
                        && (wanted.Pool ?? s.Pool) == s.Pool),
            ];
        }
        catch (LnsApiException e) when (e.Status == System.Net.HttpStatusCode.NotFound)
        {
            return []; // the session ended in the meantime
        }
    }

    private static async Task<bool> AskAsync(int count, CancellationToken cancel)
    {
        await Console.Error.WriteAsync($"End {(count == 1 ? "this session" : $"these {count} sessions")}? [y/N] ");
        return (await Console.In.ReadLineAsync(cancel))?.Trim() is "y" or "Y" or "yes";
    }
}
