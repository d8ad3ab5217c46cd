using System.CommandLine;
using System.Net;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl;

/// <summary>One execution of a verb.</summary>
/// <param name="Parsed">The parsed command line.</param>
internal sealed record Run(ParseResult Parsed, LnsApiClient Api, Output Output, CancellationToken Cancel)
{
    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => Parsed.GetValue(argument);
}

internal static class VerbExtensions
{
    /// <summary>Sets the action of a verb. An error becomes a message of one line and an exit code.</summary>
    public static Command Does(this Command command, Func<Run, Task<int>> verb)
    {
        command.SetAction((parsed, cancel) => RunAsync(parsed, verb, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<Run, Task<int>> verb, CancellationToken cancel)
    {
        try
        {
            using var api = GlobalOptions.Client(parsed);
            var output = Output.Of(GlobalOptions.FormatOf(parsed), parsed.GetValue(GlobalOptions.NoColor));
            return await verb(new Run(parsed, api, output, cancel));
        }
        catch (CtlException e)
        {
            return Say(e.Code, e.Message);
        }
        catch (LnsApiException e)
        {
            return Say(Code(e.Status), e.Status is null ? $"no answer from {GlobalOptions.Where(parsed)}: {e.Message}" : e.Message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static int Say(int code, string message)
    {
        Console.Error.WriteLine($"lnsctl: {Output.Printable(message)}");
        return code;
    }

    private static int Code(HttpStatusCode? status) => status switch
    {
        null => ExitCode.Unreachable,
        HttpStatusCode.BadRequest => ExitCode.Usage,
        HttpStatusCode.NotFound => ExitCode.NotFound,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.NotAllowed,
        _ => ExitCode.Failed,
    };
}
