using System.Diagnostics;

namespace Akka.LNS.Interop.Tests;

/// <summary>Exit code and output of a command.</summary>
public sealed record CommandResult(int ExitCode, string Output)
{
    public CommandResult OrThrow(string what) =>
        ExitCode == 0 ? this : throw new InvalidOperationException($"{what}: exit {ExitCode}: {Output}");
}

/// <summary>
/// Runs programs of the host. Short ones run to their end; long ones have their own session and are ended by process id.
/// </summary>
public static class Commands
{
    public static async Task<CommandResult> Run(string file, params IEnumerable<string> arguments)
    {
        using var process = new Process { StartInfo = Start(file, arguments) };
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end");
        }

        return new CommandResult(process.ExitCode, await output + await error);
    }

    /// <summary>A background program; each line that it prints goes to <paramref name="line"/>.</summary>
    public static Process Launch(Action<string> line, string file, params IEnumerable<string> arguments)
    {
        // its own session: FreeRADIUS sends SIGTERM to its process group at its end, and Ctrl-C must end only the tests
        var process = new Process { StartInfo = Start("setsid", [file, .. arguments]) };
        process.OutputDataReceived += (_, e) => { if (e.Data is { } text) line(text); };
        process.ErrorDataReceived += (_, e) => { if (e.Data is { } text) line(text); };
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public static Task Signal(Process process, string signal) =>
        process.HasExited ? Task.CompletedTask : Run("bash", "-c", $"kill -{signal} {process.Id}");

    /// <summary>Sends SIGTERM, and SIGKILL after <paramref name="patience"/>. True: the program ended before SIGKILL.</summary>
    public static async Task<bool> End(Process process, TimeSpan patience)
    {
        await Signal(process, "TERM");
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync();
            return false;
        }
    }

    private static ProcessStartInfo Start(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}

/// <summary>
/// Waits for the effect of another program: polls with a generous limit. At the limit the test fails with the last state seen.
/// </summary>
public static class Until
{
    public static async Task<T> Some<T>(string what, Func<Task<T?>> look, double seconds = 30, Func<string>? seen = null) where T : class
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            if (await look() is { } found) return found;
            if (clock.Elapsed.TotalSeconds > seconds)
                throw new TimeoutException($"waited {seconds} s in vain for {what}{Environment.NewLine}{seen?.Invoke()}");
        }
    }

    public static Task<T> Some<T>(string what, Func<T?> look, double seconds = 30, Func<string>? seen = null) where T : class =>
        Some(what, () => Task.FromResult(look()), seconds, seen);

    public static Task True(string what, Func<bool> look, double seconds = 30, Func<string>? seen = null) =>
        Some(what, () => Task.FromResult(look() ? string.Empty : null), seconds, seen);

    public static Task True(string what, Func<Task<bool>> look, double seconds = 30, Func<string>? seen = null) =>
        Some(what, async () => await look() ? string.Empty : null, seconds, seen);
}
