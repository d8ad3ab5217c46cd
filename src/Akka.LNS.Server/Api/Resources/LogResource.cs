using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Api.Authentication;

namespace Akka.LNS.Server.Api.Resources;

internal static class LogResource
{
    private static readonly (string Word, LogVerbosity Level)[] Words =
        [.. Enum.GetValues<LogVerbosity>().Select(static l => (Word(l), l))];

    private const int MostCharacters = 255;

    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/log/levels", List).WithName("listLogLevels").WithSummary("Log levels by source");
        v1.MapPut("/log/level", Change).RequireAuthorization(nameof(ApiRole.Operate)).WithName("setLogLevel")
            .WithSummary("Changes the log level of a source until lnsd stops");
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+' or '`';

    private static LogLevelList List(LogLevels levels) => new([.. levels.All.Select(static l => new LogLevelRow(l.Source, Word(l.Level)))]);

    private static Results<Ok<LogLevelList>, ValidationProblem> Change(LogLevelChange body, LogLevels levels, Audit audit,
        HttpContext context)
    {
        var level = Array.Find(Words, w => w.Word == body.Level);
        if (level.Word is null) return Problem.Invalid("level",
            $"found '{body.Level}'; allowed: {string.Join(", ", Words.Select(static w => w.Word))}");
        if (body.Source is { } source && (source.Length is 0 or > MostCharacters || !source.All(IsOfName)))
            return Problem.Invalid("source", $"found '{body.Source}'; allowed: the name of a log source or its beginning, "
                + $"1 to {MostCharacters} letters, digits and . _ + `, or no source for all others");
        if (!levels.TrySet(body.Source, level.Level))
            return Problem.Invalid("source", $"{LogLevels.MostAdded} sources outside of lns.log.levels have a level, the maximum");
        audit.Changed(context, "log level", body.Source ?? "of all others", level.Word);
        return TypedResults.Ok(List(levels));
    }

    private static string Word(LogVerbosity level) => level switch
    {
        LogVerbosity.Debug => "debug",
        LogVerbosity.Information => "information",
        LogVerbosity.Warning => "warning",
        LogVerbosity.Error => "error",
        _ => "off",
    };
}
