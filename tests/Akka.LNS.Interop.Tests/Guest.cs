using System.Diagnostics;

namespace Akka.LNS.Interop.Tests;

/// <summary>
/// The clients' machine: User Mode Linux on the host's own file system, read-only, with its network card on the lab's bridge. Scripts are
/// handed to it as files in its job directory (see lab/guest-init.sh).
/// </summary>
public sealed class Guest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _console;
    private int _commands;

    private Guest(Process process, string job, List<string> console) => (_process, Job, _console) = (process, job, console);

    public string Job { get; }
    /// <summary>Number of the next client on this machine. The client's address contains it.</summary>
    public int Clients { get; set; }

    public static async Task<Guest> Boot(Lab lab)
    {
        var job = Path.Combine(lab.Folder, "guest");
        foreach (var name in new[] { "cmd", "out" }) Directory.CreateDirectory(Path.Combine(job, name));
        var init = Path.Combine(job, "init");
        File.Copy(Path.Combine(Lab.Scripts, "guest-init.sh"), init);
        (await Commands.Run("chmod", "+x", init)).OrThrow("chmod");
        File.Copy(Path.Combine(Lab.Scripts, "client.sh"), Path.Combine(job, "client.sh"));
        var modules = Directory.GetDirectories("/usr/lib/uml/modules").Order(StringComparer.Ordinal).Last();
        var console = new List<string>();
        var process = Commands.Launch(
            line => { lock (console) console.Add(line); },
            "ip", lab.Inside(
                "linux.uml", "mem=256M", "rootfstype=hostfs", "root=/dev/root", "rootflags=/", "ro", $"init={init}", $"lab_job={job}",
                $"lab_modules={modules}", "con=null", "con0=null,fd:1", "quiet", "noreboot", "raid=noautodetect", "umid=uml",
                    $"uml_dir={job}/",
                "vec0:transport=tap,ifname=clients,depth=64,gro=1"));
        var guest = new Guest(process, job, console);
        try
        {
            await Until.True("the clients' machine", () => File.Exists(Path.Combine(job, "ready")), 60, guest.Console);
        }
        catch (TimeoutException)
        {
            await guest.DisposeAsync();
            throw;
        }

        return guest;
    }

    public string Console()
    {
        lock (_console) return string.Join('\n', _console);
    }

    /// <summary>Runs a script on the machine, with the functions of lab/client.sh.</summary>
    public async Task<CommandResult> Run(string script, double seconds = 60)
    {
        var number = Interlocked.Increment(ref _commands);
        var (file, output, status) = (Path.Combine(Job, "cmd", $"{number}.sh"), Path.Combine(Job, "out", $"{number}.out"),
            Path.Combine(Job, "out", $"{number}.rc"));
        await File.WriteAllTextAsync(file + ".new", script + "\n");
        File.Move(file + ".new", file);
        var code = await Until.Some($"the guest to do: {script}", () => Finished(status), seconds, Console);
        return new CommandResult(int.Parse(code, CultureInfo.InvariantCulture), await File.ReadAllTextAsync(output));
    }

    /// <summary>Present content of a file of the job directory.</summary>
    public string Log(string name)
    {
        var path = Path.Combine(Job, name);
        return File.Exists(path) ? File.ReadAllText(path) : string.Empty;
    }

    public async ValueTask DisposeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Job, "stop"), string.Empty);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            await Kill();
        }

        _process.Dispose();
    }

    /// <summary>Kills the machine: neither its programs nor its kernel can send a last message.</summary>
    public async Task Kill()
    {
        // User Mode Linux starts a session of its own, whose leader it names here
        var file = Path.Combine(Job, "uml", "pid");
        if (File.Exists(file) && int.TryParse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture, out var leader))
            await Commands.Run("bash", "-c", $"kill -9 -- -{leader}");
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    private static string? Finished(string status) =>
        File.Exists(status) && File.ReadAllText(status) is { } text && text.EndsWith('\n') ? text.Trim() : null;
}
