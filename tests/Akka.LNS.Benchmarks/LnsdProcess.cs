using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Benchmarks;

/// <summary>What a process has used (proc(5)).</summary>
/// <param name="Cpu">User and system time.</param>
/// <param name="ResidentOctets">VmRSS.</param>
internal readonly record struct ProcessUse(TimeSpan Cpu, long ResidentOctets)
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    public static ProcessUse Of(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name may hold anything; state is the first behind it
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        var rss = File.ReadLines($"/proc/{pid}/status").First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1];
        return new ProcessUse(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), long.Parse(rss, CultureInfo.InvariantCulture) * 1024);
    }
}

/// <summary>The real lnsd with a configuration for the benchmark, as a child process.</summary>
internal sealed partial class LnsdProcess : IDisposable
{
    public const string RadiusSecret = "benchmark radius secret";
    private readonly string _directory = Directory.CreateTempSubdirectory("akka-lns-benchmark-").FullName;
    private readonly Process _process;
    private readonly bool _keep;
    private readonly StringWriter _said = new();

    public LnsdProcess(string plane, SetupOptions options, RadiusResponder radius)
    {
        _keep = options.Keep;
        var config = Path.Combine(_directory, "lns.conf");
        File.WriteAllText(config, Configuration(plane, options, radius));
        var start = new ProcessStartInfo(DotnetPath, [Path.Combine(AppContext.BaseDirectory, "lnsd.dll"), "--config", config])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("lnsd does not start");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;
    public string Home => _directory;
    public bool HasExited => _process.HasExited;
    public ProcessUse Use => ProcessUse.Of(_process.Id);
    /// <summary>What it wrote to the console.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>SIGTERM; the exit code, or null when it did not end and was killed.</summary>
    public int? Stop(TimeSpan within)
    {
        if (!_process.HasExited) _ = Kill(_process.Id, 15);
        if (_process.WaitForExit(within)) return _process.ExitCode;
        _process.Kill();
        _process.WaitForExit();
        return null;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        if (_keep) Console.WriteLine($"lnsd's configuration and log: {_directory}");
        else Directory.Delete(_directory, recursive: true);
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_said) _said.WriteLine(line);
    }

    /// <summary>The host of the runtime that runs us runs lnsd, too.</summary>
    private static string DotnetPath => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private string Configuration(string plane, SetupOptions options, RadiusResponder radius) => $$"""
        lns {
          node-name = benchmark
          listen = ["{{SetupBenchmark.Lns}}"]
          data-plane = {{plane}}
          tunnels {
            max = 60000
            peers { "*" { } }
          }
          sessions.max = 1100000
          links.defaults {
            auth = [chap, pap]
            auth-by = [radius]
          }
          bundles.defaults {
            own-address = 100.64.0.1
            pool = benchmark
          }
          pools { benchmark { ranges = ["10.0.0.0/11"] } }
          radius.servers = [
            { name = benchmark, address = 127.0.0.1, auth-port = {{radius.AuthenticationPort}}, acct-port = {{radius.AccountingPort}}, secret = "{{RadiusSecret}}" }
          ]
          log {
            level = {{options.Log}}
            console.enabled = off
            file.path = "{{Path.Combine(_directory, "lnsd.log")}}"
          }
        }
        {{string.Join('\n', options.Settings)}}

        """;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
