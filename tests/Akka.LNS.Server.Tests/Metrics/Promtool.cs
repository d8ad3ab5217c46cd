using System.Diagnostics;

namespace Akka.LNS.Server.Tests.Metrics;

/// <summary>
/// promtool of Prometheus, which checks metrics, rules and configurations. Without it, the tests that need it are skipped.
/// </summary>
internal static class Promtool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin")
        .Select(static folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);

    /// <returns>Output of both streams.</returns>
    public static async Task<string> Accepts(string? input, string folder, params string[] arguments)
    {
        Assert.SkipWhen(Program is null, "promtool is not installed (Debian: prometheus)");
        var start = new ProcessStartInfo(Program!, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
        var said = await output + await error;
        Assert.True(process.ExitCode == 0, $"promtool {string.Join(' ', arguments)}: {process.ExitCode}\n{said}");
        return said;
    }
}
