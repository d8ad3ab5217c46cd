using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class LogVerb
{
    private const string Others = "*";
    private static readonly string[] Levels = ["debug", "information", "warning", "error", "off"];

    public static Command Make()
    {
        var component = new Argument<string?>("component")
        {
            Description = $"A log source or the beginning of its name (Akka.LNS, Microsoft), or {Others} for all other sources.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var level = new Argument<string?>("level")
        {
            Description = $"{string.Join(", ", Levels)}.", Arity = ArgumentArity.ZeroOrOne, HelpName = "level",
        };
        level.CompletionSources.Add(Levels);
        return new Command("log", "Log levels of lnsd.")
        {
            new Command("level", "Show the log levels, or set the level of a component until lnsd exits.")
            {
                component, level,
            }.Does(async run =>
            {
                var levels = (run.Get(component), run.Get(level)) switch
                {
                    (null, _) => await run.Api.ListLogLevelsAsync(run.Cancel),
                    ({ } source, { } wanted) =>
                        await run.Api.SetLogLevelAsync(new LogLevelChange(source == Others ? null : source, wanted), run.Cancel),
                    ({ } source, null) =>
                        throw CtlException.Usage($"log level {source}: a level is missing; allowed: {string.Join(", ", Levels)}"),
                };
                run.Output.List(levels, ApiJson.Default.LogLevelList, levels.Levels, ApiJson.Default.LogLevelRow, null,
                    new Column<LogLevelRow>("COMPONENT", static l => l.Source ?? Others), new("LEVEL", static l => l.Level));
                return ExitCode.Ok;
            }),
        };
    }
}
