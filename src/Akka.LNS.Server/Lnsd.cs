using Akka.LNS.Server.Settings;

namespace Akka.LNS.Server;

/// <summary>The program behind the command line: read, check, serve.</summary>
internal static class Lnsd
{
    public static async Task<int> RunAsync(string? file, bool check)
    {
        var configuration = new ConfigurationFile(file);
        var name = configuration.Name;
        var read = await configuration.ReadAsync();
        if (read.CannotOpen) return CannotStart(read.Errors[0], check);
        foreach (var error in read.Errors) await Console.Error.WriteLineAsync(error);
        if (read.Errors.Count > 0) return CannotStart(read.Errors.Count == 1 ? $"{name}: 1 error" : $"{name}: {read.Errors.Count} errors", check);
        if (check)
        {
            Console.WriteLine($"{name}: ok");
            return ExitCode.Clean;
        }
        return await LnsHost.RunAsync(configuration, read);
    }

    internal static int CannotStart(string why, bool check = false)
    {
        Console.Error.WriteLine($"lnsd: {why.ReplaceLineEndings(" ")}");
        return check ? ExitCode.Failed : ExitCode.CannotStart;
    }
}
