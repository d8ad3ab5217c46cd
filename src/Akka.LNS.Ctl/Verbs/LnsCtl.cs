using System.CommandLine;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

/// <summary>The command line. A new verb needs a file in Verbs and an entry here.</summary>
internal static class LnsCtl
{
    private static readonly Func<Command>[] Verbs =
    [
        StatusVerb.Make, SessionsVerb.Make, SessionVerb.Make, TunnelsVerb.Make, LinksVerb.Make, BundlesVerb.Make, LacsVerb.Make,
        LacVerb.Make,
        PoolsVerb.Make, RadiusVerb.Make, LoadVerb.Make, TopVerb.Make, DisconnectsVerb.Make, DropVerb.Make, DrainVerb.Make,
        UndrainVerb.Make, LogVerb.Make, TraceVerb.Make, ClusterVerb.Make, ConfigVerb.Make, CompletionVerb.Make,
    ];

    public static RootCommand Root()
    {
        var root = new RootCommand($"lnsctl: shows and operates a running lnsd through its API.\n\n{ExitCode.Help}");
        foreach (var option in GlobalOptions.All) root.Add(option);
        foreach (var make in Verbs) root.Add(make());
        return root;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count == 0)
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                ProcessTerminationTimeout = TimeSpan.FromSeconds(5), EnableDefaultExceptionHandler = false,
            });
        }
        foreach (var message in parsed.Errors.Select(static e => e.Message.ReplaceLineEndings(" ")).Distinct())
            await Console.Error.WriteLineAsync($"lnsctl: {message}");
        var names = string.Concat(Names(parsed.CommandResult.Command));
        await Console.Error.WriteLineAsync($"lnsctl: for help run 'lnsctl {names}--help'");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> Names(Command command) =>
        command is RootCommand ? [] : [.. command.Parents.OfType<Command>().SelectMany(Names), $"{command.Name} "];
}
