using System.CommandLine;

namespace Akka.LNS.Server;

/// <summary>The command line of lnsd.</summary>
internal static class LnsdCommand
{
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var config = new Option<string?>("--config")
        {
            Description = "Configuration file (HOCON). Without it the built-in demo runs.",
            HelpName = "FILE"
        };
        var check = new Option<bool>("--check") { Description = "Check the configuration and exit: 0 when it is valid, 1 when it is not." };
        var root = new RootCommand("lnsd: the L2TP Network Server Akka.LNS. hocon/lns.conf has every setting.") { config, check };
        root.SetAction((parsed, _) => Lnsd.RunAsync(parsed.GetValue(config), parsed.GetValue(check)));
        try
        {
            var parsed = root.Parse(args);
            // the library would end the process two seconds after a signal; the host waits for lns.shutdown.within instead
            if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"lnsd: {error.Message}");
            await Console.Error.WriteLineAsync("lnsd: usage: lnsd [--config FILE] [--check] [--version]");
            return ExitCode.CannotStart;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"lnsd: {e}");
            return ExitCode.Failed;
        }
    }
}
