using Akka.LNS.Server.Node;
using Akka.LNS.Server.Settings;

namespace Akka.LNS.Server;

/// <summary>The program behind the command line: reads the configuration, then checks it or serves.</summary>
internal static class Lnsd
{
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string? file, bool check)
    {
        var configuration = new ConfigurationFile(file);
        var read = await configuration.ReadAsync();
        if (await FaultAsync(configuration, read) is { } fault) return CannotStart(fault, check);
        if (check)
        {
            Console.WriteLine($"{configuration.Name}: ok");
            if (NasOfNode.Note(read.Settings.Node) is { } note) Console.WriteLine(note);
            return ExitCode.Clean;
        }
        try
        {
            if (TokenFiles.CreateMissing(read.Settings.Api)) read = await configuration.ReadAsync();
        }
        catch (TokenFileException e)
        {
            return CannotStart(e.Message);
        }
        return await FaultAsync(configuration, read) is { } late ? CannotStart(late) : await LnsHost.RunAsync(configuration, read);
    }

    /// <summary>Prints the errors of a configuration and returns the last line for the operator; null: it has none.</summary>
    private static async Task<string?> FaultAsync(ConfigurationFile configuration, SettingsResult read)
    {
        if (read.CannotOpen) return read.Errors[0];
        foreach (var error in read.Errors) await Console.Error.WriteLineAsync(error);
        return read.Errors.Count switch
        {
            0 => null,
            1 => $"{configuration.Name}: 1 error",
            var count => $"{configuration.Name}: {count} errors",
        };
    }

    /// <summary>Prints one line for the operator.</summary>
    /// <returns>The exit code.</returns>
    internal static int CannotStart(string why, bool check = false)
    {
        Console.Error.WriteLine($"lnsd: {why.ReplaceLineEndings(" ")}");
        return check ? ExitCode.Failed : ExitCode.CannotStart;
    }
}
