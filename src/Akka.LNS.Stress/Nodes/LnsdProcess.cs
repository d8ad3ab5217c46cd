using System.Diagnostics;
using System.Runtime.InteropServices;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;
using Tmds.Linux;

namespace Akka.LNS.Stress.Nodes;

/// <summary>Settings of an lnsd that is measured.</summary>
public sealed record LnsdSettings
{
    /// <summary>Data plane: null or tun.</summary>
    public required string Plane { get; init; }
    public required UdpEndpoint Listen { get; init; }
    public required string RadiusSecret { get; init; }
    /// <summary>Shared secret of the tunnels; empty: none.</summary>
    public string TunnelSecret { get; init; } = "";
    /// <summary>Log level of its file.</summary>
    public string Log { get; init; } = "information";
    /// <summary>Additional lines of the configuration file, after all others.</summary>
    public IReadOnlyList<string> More { get; init; } = [];
    /// <summary>Keep configuration and log after the end.</summary>
    public bool Keep { get; init; }

    /// <summary>Path of lnsd.dll, or of the program lnsd beside it. Null: the one beside this program.</summary>
    public string? Program { get; init; }

    /// <summary>Command with arguments that starts lnsd, such as taskset; empty: none.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];
}

/// <summary>The lnsd that was built beside this program, as a child process with a configuration of its own.</summary>
public sealed class LnsdProcess : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akka-lns-").FullName;
    private readonly Process _process;
    private readonly bool _keep;
    private readonly StringWriter _said = new();

    public LnsdProcess(LnsdSettings settings, RadiusResponder radius)
    {
        _keep = settings.Keep;
        var config = Path.Combine(_directory, "lns.conf");
        File.WriteAllText(config, Configuration(settings, radius));
        var program = settings.Program ?? Path.Combine(AppContext.BaseDirectory, "lnsd.dll");
        string[] host = Path.GetExtension(program) == ".dll" ? [DotnetPath] : [];
        string[] command = [.. settings.Launcher, .. host, program, "--config", config];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(DotnetPath); // for lnsd as a program
        _process = Process.Start(start) ?? throw new InvalidOperationException("lnsd did not start");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;
    public string Home => _directory;
    /// <summary>Path of the socket of its HTTP API.</summary>
    public string ApiSocket => Path.Combine(_directory, "api");
    public string LogFile => Path.Combine(_directory, "lnsd.log");
    public bool HasExited => _process.HasExited;
    public ProcessUse Use => ProcessUse.Of(_process.Id);
    /// <summary>Its console output so far.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>Sends SIGTERM. Returns the exit code; null: it did not end in time and was killed.</summary>
    public int? Stop(TimeSpan within)
    {
        if (!_process.HasExited) _ = LibC.kill(_process.Id, LibC.SIGTERM);
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
        if (_keep) Console.WriteLine($"configuration and log of lnsd: {_directory}");
        else Directory.Delete(_directory, recursive: true);
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_said) _said.WriteLine(line);
    }

    /// <summary>The dotnet host of this process, which runs lnsd too.</summary>
    private static string DotnetPath =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private string Configuration(LnsdSettings settings, RadiusResponder radius) => $$"""
        lns {
          node-name = stress
          listen = ["{{settings.Listen}}"]
          data-plane = {{settings.Plane}}
          tunnels {
            max = 60000
            peers { "*" { {{(settings.TunnelSecret.Length > 0 ? $"secret = \"{settings.TunnelSecret}\"" : "")}} } }
          }
          sessions.max = 1100000
          links.defaults {
            auth = [chap, pap]
            auth-by = [radius]
          }
          bundles.defaults {
            own-address = 100.64.0.1
            pool = stress
          }
          pools { stress { ranges = ["10.0.0.0/11"] } }
          radius.servers = [
            {
              name = stress, address = {{radius.Address}}, secret = "{{settings.RadiusSecret}}"
              auth-port = {{radius.AuthenticationPort}}, acct-port = {{radius.AccountingPort}}
            }
          ]
          api.listen = ["unix:{{ApiSocket}}"]
          log {
            level = {{settings.Log}}
            console.enabled = off
            file.path = "{{LogFile}}"
          }
        }
        {{string.Join('\n', settings.More)}}

        """;
}
