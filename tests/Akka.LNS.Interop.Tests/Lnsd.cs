using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Akka.LNS.Interop.Tests;

/// <summary>The program under test, in the lab's name space, with a configuration given by the test.</summary>
public sealed class Lnsd : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly string _folder;

    private Lnsd(Lab lab, IEnumerable<string> arguments, params IEnumerable<string> wrapper)
    {
        _folder = lab.Folder;
        _process = Commands.Launch(line => { lock (_lines) _lines.Add(line); }, "ip",
            lab.Inside(["env", $"RUNTIME_DIRECTORY={lab.Folder}", .. wrapper, "dotnet", Lab.LnsdProgram, .. arguments]));
    }

    public static Task<Lnsd> Start(Lab lab, string hocon) => Ready(Launch(lab, hocon));

    /// <summary>Starts lnsd without a configuration file, with the embedded demo.</summary>
    public static Task<Lnsd> StartDemo(Lab lab) => Ready(new Lnsd(lab, []));

    /// <summary>Starts lnsd without waiting, for starts that must fail.</summary>
    /// <param name="wrapper">A program that runs it with other rights.</param>
    public static Lnsd Launch(Lab lab, string hocon, params IEnumerable<string> wrapper)
    {
        var file = Path.Combine(lab.Folder, $"lns{Directory.GetFiles(lab.Folder).Length}.conf");
        File.WriteAllText(file, hocon);
        return new Lnsd(lab, ["--config", file], wrapper);
    }

    public IReadOnlyList<string> Lines
    {
        get { lock (_lines) return [.. _lines]; }
    }

    public string Log => string.Join('\n', Lines);

    /// <summary>The first log line that matches, now or later.</summary>
    public Task<string> Logged(string pattern, double seconds = 30) =>
        Until.Some($"a log line like {pattern}", () => Lines.FirstOrDefault(l => Regex.IsMatch(l, pattern, RegexOptions.IgnoreCase)),
            seconds, () => Log);

    public int Count(string pattern) => Lines.Count(l => Regex.IsMatch(l, pattern, RegexOptions.IgnoreCase));

    /// <summary>SIGTERM; the exit code, and how long it took. More than 30 s is an exception.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> Terminate()
    {
        var clock = Stopwatch.StartNew();
        return await Commands.End(_process, TimeSpan.FromSeconds(30))
            ? (_process.ExitCode, clock.Elapsed)
            : throw new TimeoutException($"lnsd did not end{Environment.NewLine}{Log}");
    }

    public async Task<int> Exited()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(limit.Token); // and the end of its output
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await Commands.End(_process, TimeSpan.FromSeconds(15));
        TestContext.Current.TestOutputHelper?.WriteLine(Log);
        // for a person who keeps the lab's folder
        await File.WriteAllTextAsync(Path.Combine(_folder, $"lnsd.{_process.Id}.log"), Log);
        _process.Dispose();
    }

    private static async Task<Lnsd> Ready(Lnsd lnsd)
    {
        try
        {
            await Until.True("Akka.LNS ready", () => lnsd._process.HasExited
                ? throw new InvalidOperationException($"lnsd ended with {lnsd._process.ExitCode}{Environment.NewLine}{lnsd.Log}")
                : lnsd.Lines.Any(static l => l.StartsWith("Akka.LNS ready", StringComparison.Ordinal)), 30, () => lnsd.Log);
            return lnsd;
        }
        catch
        {
            await lnsd.DisposeAsync();
            throw;
        }
    }
}
