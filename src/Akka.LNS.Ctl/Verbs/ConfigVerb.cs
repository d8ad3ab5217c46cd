using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class ConfigVerb
{
    private const string Hidden = "***";
    private const int MostOctets = 4 << 20; // the limit of lnsd

    public static Command Make()
    {
        var file = new Argument<FileInfo?>("file")
        {
            Description = "A file on this machine. Default: the configuration file of lnsd.", Arity = ArgumentArity.ZeroOrOne,
        };
        var strict = new Option<bool>("--strict") { Description = "Apply nothing if a changed key needs a restart." };
        return new Command("config", "The configuration of lnsd.")
        {
            new Command("show", "Show the settings in force, including defaults. Secrets are shown as ***.").Does(static async run =>
            {
                var report = await run.Api.GetConfigAsync(run.Cancel);
                if (run.Output.IsJson) run.Output.Json(report, ApiJson.Default.ConfigReport);
                else Lines(run.Output, report.Hocon);
                return ExitCode.Ok;
            }),
            new Command("check",
                "Check a file, as lnsd --check does. The running lnsd checks it and changes nothing. Exit code 1: the file has errors.")
            {
                file,
            }.Does(async run =>
            {
                var report = run.Get(file) is { } local
                    ? await run.Api.CheckConfigAsync(await ReadAsync(local, run.Cancel), local.FullName, run.Cancel)
                    : await run.Api.CheckConfigAsync(run.Cancel);
                if (run.Output.IsJson)
                {
                    run.Output.Json(report, ApiJson.Default.ConfigCheckReport);
                    return report.Ok ? ExitCode.Ok : ExitCode.Failed;
                }
                if (!report.Ok) throw Failed(report.File, report.Errors);
                run.Output.Line($"{report.File}: ok");
                return ExitCode.Ok;
            }),
            new Command("diff", "Show what a reload would change. Exit code 1: the file has errors.").Does(static async run =>
            {
                var diff = await run.Api.DiffConfigAsync(run.Cancel);
                if (run.Output.IsJson)
                {
                    run.Output.Json(diff, ApiJson.Default.ConfigDiff);
                    return diff.Errors.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
                }
                if (diff.Errors.Count > 0) throw Failed(diff.File, diff.Errors);
                Show(run.Output, diff);
                return ExitCode.Ok;
            }),
            new Command("reload", "Read the file again and apply it. A file with errors changes nothing. No session is ended.")
            {
                strict,
            }.Does(async run =>
            {
                var result = await run.Api.ReloadConfigAsync(new ConfigReloadRequest(run.Get(strict)), run.Cancel);
                if (run.Output.IsJson)
                {
                    run.Output.Json(result, ApiJson.Default.ConfigReloadResult);
                    return result.Applied ? ExitCode.Ok : ExitCode.Failed;
                }
                if (result.Diff.Errors.Count > 0) throw Failed(result.Diff.File, result.Diff.Errors, ": nothing was applied");
                Show(run.Output, result.Diff);
                foreach (var note in result.Notes) run.Output.Note(note);
                if (!result.Applied)
                {
                    var keys = result.Waiting == 1 ? "1 key needs" : $"{result.Waiting} keys need";
                    throw new CtlException(ExitCode.Failed, $"{keys} a restart: nothing was applied");
                }
                if (result.Diff.Changed == 0) return ExitCode.Ok;
                var waiting = result.Waiting > 0 ? $", {result.Waiting} waiting for a restart" : "";
                run.Output.Line($"applied: {result.Diff.Changed - result.Waiting} changed{waiting}");
                return ExitCode.Ok;
            }),
        };
    }

    private static async Task<string> ReadAsync(FileInfo file, CancellationToken cancel)
    {
        try
        {
            if (file.Exists && file.Length > MostOctets)
                throw new CtlException(ExitCode.Failed, $"{file} is larger than {MostOctets >> 20} MiB; use lnsd --check");
            return await File.ReadAllTextAsync(file.FullName, cancel);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CtlException(ExitCode.NotFound, $"there is no file {file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException(ExitCode.Failed, $"cannot read {file}: {e.Message}");
        }
    }

    private static void Show(Output output, ConfigDiff diff)
    {
        if (diff.Changed == 0) output.Line("no changes");
        foreach (var change in diff.Changes) output.Line(Line(change));
        if (diff.Changes.Count < diff.Changed) output.Note($"{diff.Changes.Count} of {diff.Changed} changes shown");
    }

    private static string Line(ConfigChange change) => change.Key + (change switch
    {
        { From: null } => $": added: {change.To}",
        { To: null } => ": removed",
        { Secret: true, To: Hidden, From: Hidden } => ": changed",
        { Secret: true } when change.From == change.To => $": {change.To} (its content has changed)",
        _ => $": {change.From} -> {change.To}",
    }) + (change.NeedsRestart ? " (needs a restart)" : "");

    private static CtlException Failed(string file, IReadOnlyList<string> errors, string more = "")
    {
        foreach (var error in errors) Console.Error.WriteLine(Output.Printable(error));
        return new CtlException(ExitCode.Failed, $"{file}: {(errors.Count == 1 ? "1 error" : $"{errors.Count} errors")}{more}");
    }

    private static void Lines(Output output, string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) output.Line(line);
    }
}
