using System.Diagnostics;

namespace Akka.LNS.Server.Tests;

/// <summary>Programs of the host that run to their end.</summary>
internal static class Commands
{
    public static bool IsThere(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    public static async Task<(int ExitCode, string Output)> Run(string program, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }
        return (process.ExitCode, await output + await error);
    }
}
