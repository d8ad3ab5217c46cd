using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>lnsd as a process on the null plane, its API on a Unix socket in a folder of its own and on a free port of loopback.</summary>
internal sealed class LnsdProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private LnsdProgram(string folder, string hocon, string[] wrapper)
    {
        Folder = folder;
        var file = Path.Combine(folder, "lns.conf");
        File.WriteAllText(file, $$"""
            lns {
              listen = ["127.0.0.1:0"], data-plane = null
              tunnels.peers."*" { }
              bundles.defaults.own-address = 100.64.0.1
              api.listen = ["unix:api.sock", "127.0.0.1:0"]
            }
            {{hocon}}
            """);
        string[] command = [.. wrapper, "dotnet", "exec", Repository.Lnsd, "--config", file];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            RedirectStandardInput = true
        };
        start.Environment["RUNTIME_DIRECTORY"] = folder;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => { if (e.Data is { } line) _lines.Enqueue(line); };
        _process.ErrorDataReceived += (_, e) => { if (e.Data is { } line) _lines.Enqueue(line); };
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Folder { get; }
    public string Socket => Path.Combine(Folder, "api.sock");
    public string Output => string.Join('\n', _lines);
    public int Id => _process.Id;

    /// <summary>Of L2TP, on loopback.</summary>
    public int L2tpPort => int.Parse(Regex.Match(Output, @"listening on 127\.0\.0\.1:(\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>Of the API on TCP.</summary>
    public Uri Address => new(Regex.Match(Output, @"https?://127\.0\.0\.1:\d+").Value);

    /// <summary>Waits until it is ready.</summary>
    /// <param name="wrapper">A program that prepares the environment and then executes lnsd (exec).</param>
    public static async Task<LnsdProgram> Start(string folder, string hocon = "", params string[] wrapper)
    {
        var lnsd = new LnsdProgram(folder, hocon, wrapper);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var clock = Stopwatch.StartNew();
        while (!lnsd._lines.Any(static l => l.StartsWith("Akka.LNS ready", StringComparison.Ordinal)))
        {
            if (lnsd._process.HasExited || clock.Elapsed > Patience) Assert.Fail($"lnsd is not ready\n{lnsd.Output}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        return lnsd;
    }

    /// <summary>Does not wait: for starts that must fail.</summary>
    public static LnsdProgram Launch(string folder, string hocon = "", params string[] wrapper) => new(folder, hocon, wrapper);

    /// <summary>A free TCP port of loopback.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Settings inside lns.cluster of a node that others can join: it is its own seed.</summary>
    public static string OwnSeed(int port) => $"seeds = [\"127.0.0.1:{port}\"], remoting.port = {port}";

    public Task Signal(string signal) => Commands.Run("kill", [$"-{signal}", $"{Id}"]);

    /// <summary>TCP ports on which the process listens.</summary>
    public async Task<IReadOnlyList<int>> ListeningPorts()
    {
        var sockets = Directory.GetFiles($"/proc/{Id}/fd").Select(static f => new FileInfo(f).LinkTarget ?? "").ToHashSet();
        List<int> ports = [];
        foreach (var table in (string[])["tcp", "tcp6"])
        {
            foreach (var line in (await File.ReadAllLinesAsync($"/proc/{Id}/net/{table}")).Skip(1))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[3] == "0A" && sockets.Contains($"socket:[{fields[9]}]"))
                    ports.Add(int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }
        return ports;
    }

    public HttpClient OverSocket() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://lnsd") };

    public HttpClient OverTcp(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public void Kill() => _process.Kill();

    /// <summary>kill -9, and waits for its end.</summary>
    public async Task KillHard()
    {
        _process.Kill();
        await Exited();
    }

    public async Task Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async Task<int> Exited()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

/// <summary>A folder that is removed at the end of the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("akka-lns-test-").FullName;
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
