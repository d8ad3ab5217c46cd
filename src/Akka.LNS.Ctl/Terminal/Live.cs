using Akka.LNS.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Akka.LNS.Ctl.Terminal;

/// <summary>A view that is drawn again and again until Ctrl-C.</summary>
internal static class Live
{
    /// <param name="next">The next picture, for a terminal, and the lines for elsewhere; waits as long as it wants.</param>
    public static async Task<int> ShowAsync(Run run, TimeSpan pause, Func<Task<(IRenderable Picture, IReadOnlyList<string> Lines)>> next)
    {
        try
        {
            var (picture, lines) = await next(); // who does not answer at all is told at once
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
            // that is how it ends
        }
        return ExitCode.Ok;
    }

    /// <summary>An lnsd that is started again is there again soon.</summary>
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
