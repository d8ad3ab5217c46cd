using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Akka.LNS.Ctl.Verbs;

/// <summary>A view that is updated until Ctrl-C.</summary>
internal static class Live
{
    /// <param name="next">Returns the next picture for a terminal, and the lines for other outputs.</param>
    public static async Task<int> ShowAsync(Run run, TimeSpan pause, Func<Task<(IRenderable Picture, IReadOnlyList<string> Lines)>> next)
    {
        try
        {
            var (picture, lines) = await next(); // the first failure ends the command
            if (!run.Output.IsTerminal)
            {
                while (true)
                {
                    foreach (var line in lines) run.Output.Line(line);
                    await Task.Delay(pause, run.Cancel);
                    (_, lines) = await next();
                }
            }
            await run.Output.Console.Live(picture).AutoClear(false).StartAsync(async live =>
            {
                while (true)
                {
                    live.UpdateTarget(picture);
                    live.Refresh();
                    await Task.Delay(pause, run.Cancel);
                    picture = await Again(picture, next);
                }
            });
        }
        catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested)
        {
            // Ctrl-C is the normal end
        }
        return ExitCode.Ok;
    }

    /// <summary>After the first update, a missing answer is shown and the view goes on: lnsd may be restarting.</summary>
    private static async Task<IRenderable> Again(IRenderable last, Func<Task<(IRenderable Picture, IReadOnlyList<string> Lines)>> next)
    {
        try
        {
            return (await next()).Picture;
        }
        catch (LnsApiException e) when (e.Status is null)
        {
            return new Rows(last, new Text($"no answer: {e.Message}", new Style(Color.Red)));
        }
    }
}
