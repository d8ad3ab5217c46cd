using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Akka.LNS.Server.Tests;
using Akka.LNS.Server.Tests.Api;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Ctl.Tests;

[CollectionDefinition(Name)]
public class CtlCollection : ICollectionFixture<CtlLab>
{
    public const string Name = "lnsctl";
}

/// <summary>Result of a program.</summary>
public sealed record Ran(int Code, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;
    public override string ToString() => $"exit code {Code}\n{Out}\n{Error}";
}

/// <summary>lnsd with 500 subscribers and a RADIUS server, and lnsctl as a process. Shared by all tests.</summary>
public sealed class CtlLab : IAsyncLifetime
{
    public const int Count = 500, Tunnels = 5, Locals = 10;

    /// <summary>Part of every password, shared secret and token. No output may contain it.</summary>
    public const string Secret = "5ecret";
    public const string ReadToken = $"reader-{Secret}-token", OperateToken = $"operator-{Secret}-token";
    private const string Password = $"pass-{Secret}";

    /// <summary>The subscriber with a local user entry and attributes.</summary>
    public const int Alice = 0;

    /// <summary>A local user whose route <see cref="WideRoute"/> lies around that of <see cref="Alice"/>.</summary>
    public const int Wide = 1;
    public const string WideRoute = "203.0.113.64/28";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly string Program = Path.Combine(Repository.Root, "src", "Akka.LNS.Ctl", "bin",
        Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Repository.Lnsd))!), "net10.0", "lnsctl.dll");

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _stops = new();
    private RadiusResponder? _radius;
    private Task _running = Task.CompletedTask;
    private volatile int _talker = -1;

    internal LnsdProgram Lnsd { get; private set; } = null!;
    public string Folder => _folder.Path;

    /// <summary>Attributes of the accounting Stops so far.</summary>
    public IReadOnlyCollection<string> Stops => _stops;

    public (int Authentication, int Accounting) RadiusPorts => (_radius!.AuthenticationPort, _radius.AccountingPort);

    /// <summary>The subscriber that sends packets; -1: none.</summary>
    public int Talker { set => _talker = value; }

    public static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"u{i:d6}@example.net");

    public async ValueTask InitializeAsync()
    {
        _radius = new RadiusResponder(new RadiusResponderSettings
        {
            Secret = Encoding.UTF8.GetBytes($"shared-{Secret}"), Password = Password, InterimInterval = TimeSpan.FromSeconds(600),
        })
        { OnAccounting = Note };
        var users = string.Join('\n', Enumerable.Range(1, Locals - 1).Select(static i => $"\"{Name(i)}\" {{ password = \"{Password}\""
            + $"{(i == Wide ? $", attributes = [\"Framed-Route = {WideRoute}\"]" : "")} }}"));
        Lnsd = await LnsdProgram.Start(_folder.Path, $$"""
            lns {
              node-name = lab
              bundles.defaults { pool = p, dns = [9.9.9.9], session-timeout = 1d, idle-timeout = 2h }
              pools { p { ranges = ["100.64.0.0/22"] }, empty { ranges = ["10.0.0.0/24"] } }
              radius.servers = [{
                name = first, address = 127.0.0.1, secret = "shared-{{Secret}}"
                auth-port = {{_radius.AuthenticationPort}}, acct-port = {{_radius.AccountingPort}}
              }]
              tunnels.defaults { secret = none, closing-linger = 0s }
              users {
                "{{Name(Alice)}}" {
                  password = "{{Password}}"
                  attributes = [
                    "Framed-IP-Address = 203.0.113.7", "Framed-Route = 203.0.113.64/29", "Session-Timeout = 86400", "Filter-Id = gold"
                  ]
                }
                {{users}}
              }
              api.tokens {
                viewer { role = read, token = "{{ReadToken}}" }
                operator { role = operate, token = "{{OperateToken}}" }
              }
            }
            """);
        var up = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _running = Task.Factory.StartNew(() => Live(up), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(await up.Task, $"not all are up\n{Lnsd.Output}");
        await Until(async () =>
            (await Ctl("sessions", "state=up", "--json", "--limit", "1")).Json.GetProperty("total").GetInt32() == Count);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        await Lnsd.DisposeAsync();
        _radius?.Dispose();
        _end.Dispose();
        _folder.Dispose();
    }

    /// <summary>Runs lnsctl on the socket of the lab.</summary>
    public Task<Ran> Ctl(params string[] arguments) => Raw(["--api", $"unix:{Lnsd.Socket}", .. arguments]);

    /// <summary>Runs lnsctl with these arguments only.</summary>
    public static Task<Ran> Raw(IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Run(Start("dotnet", ["exec", Program, .. arguments], environment), null);

    /// <summary>Runs a bash script that can call lnsctl.</summary>
    public Task<Ran> Bash(string script) =>
        Run(
            Start("bash", ["--norc", "-c", $"lnsctl() {{ dotnet exec '{Program}' \"$@\"; }}\n{script}"],
                ("LNSCTL_API", $"unix:{Lnsd.Socket}")),
            null);

    /// <summary>Runs lnsctl in a terminal of 220 columns (script(1)). The text is typed when the prompt appears.</summary>
    public async Task<Ran> InTerminal(string arguments, string prompt, string typed)
    {
        using var process = Start("script", ["-qec", $"stty cols 220 rows 60; exec dotnet exec '{Program}' {arguments}", "/dev/null"],
            ("LNSCTL_API", $"unix:{Lnsd.Socket}"), ("TERM", "xterm-256color"));
        return await Run(process, (prompt, typed));
    }

    /// <summary>Reads a number of lines from lnsctl, then interrupts it.</summary>
    public Task<Ran> Interrupted(int lines, params string[] arguments) => After(lines, static async lnsctl =>
    {
        using var kill = Process.Start("kill", ["-INT", $"{lnsctl.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }, arguments);

    /// <summary>Reads a number of lines from lnsctl, runs an action, and reads the rest.</summary>
    public async Task<Ran> After(int lines, Func<Process, Task> then, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var process = Start("dotnet", ["exec", Program, "--api", $"unix:{Lnsd.Socket}", .. arguments]);
        process.Start();
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var seen = new StringBuilder();
        for (var i = 0; i < lines; i++) seen.Append(await process.StandardOutput.ReadLineAsync(limit.Token)).Append('\n');
        await then(process);
        seen.Append(await process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return Checked(new Ran(process.ExitCode, seen.ToString(), await error));
    }

    /// <summary>
    /// Runs an action after the first line of lnsctl, reads until a line contains <paramref name="part"/>, and interrupts lnsctl.
    /// </summary>
    public async Task<Ran> Until(string part, Func<Task> doing, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var process = Start("dotnet", ["exec", Program, "--api", $"unix:{Lnsd.Socket}", .. arguments]);
        process.Start();
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var seen = new StringBuilder();
        Task? done = null;
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            seen.Append(line).Append('\n');
            done ??= doing();
            if (line.Contains(part, StringComparison.Ordinal)) break;
        }
        if (done is not null) await done;
        return await Interrupt(process, seen, error, limit.Token);
    }

    /// <summary>Interrupts lnsctl when <paramref name="isDone"/> completes.</summary>
    public async Task<Ran> Ended(Func<Task> isDone, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var process = Start("dotnet", ["exec", Program, "--api", $"unix:{Lnsd.Socket}", .. arguments]);
        process.Start();
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await isDone();
        return await Interrupt(process, new StringBuilder(), error, limit.Token);
    }

    private static async Task<Ran> Interrupt(Process process, StringBuilder seen, Task<string> error, CancellationToken cancel)
    {
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"])) await kill.WaitForExitAsync(cancel);
        seen.Append(await process.StandardOutput.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        return Checked(new Ran(process.ExitCode, seen.ToString(), await error));
    }

    public static async Task Until(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await isSo()) Assert.True(await timer.WaitForNextTickAsync(limit.Token));
    }

    private static Process Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        string[] inherited = ["LNSCTL_API", "LNSCTL_TOKEN", "LNSCTL_CACERT", "LNSCTL_CERT", "LNSCTL_KEY", "NO_COLOR"];
        foreach (var name in inherited) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new Process { StartInfo = start };
    }

    private static async Task<Ran> Run(Process process, (string Prompt, string Typed)? dialogue)
    {
        using var limit = new CancellationTokenSource(Patience);
        process.Start();
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = new StringBuilder();
        if (dialogue is { } d)
        {
            var buffer = new char[1024];
            var typed = false;
            while (await process.StandardOutput.ReadAsync(buffer, limit.Token) is > 0 and var count)
            {
                output.Append(buffer, 0, count);
                if (typed || !output.ToString().Contains(d.Prompt, StringComparison.Ordinal)) continue;
                await process.StandardInput.WriteAsync(d.Typed);
                await process.StandardInput.FlushAsync(limit.Token);
                typed = true;
            }
        }
        else
        {
            process.StandardInput.Close();
            output.Append(await process.StandardOutput.ReadToEndAsync(limit.Token));
        }
        await process.WaitForExitAsync(limit.Token);
        return Checked(new Ran(process.ExitCode, output.ToString(), await error));
    }

    private static Ran Checked(Ran ran)
    {
        Assert.DoesNotContain(Secret, ran.ToString(), StringComparison.Ordinal);
        return ran;
    }

    private void Note(RadiusPacketView request)
    {
        const uint stop = 2; // RFC 2866 section 5.1
        if (!request.TryFind(RadiusAttributeType.AcctStatusType, out var status) || !status.TryReadUInt32(out var kind) || kind != stop)
            return;
        var lines = new StringBuilder();
        foreach (var attribute in request.Attributes) lines.AppendLine(RadiusDictionary.Default.Render(attribute));
        _stops.Enqueue(lines.ToString());
    }

    private void Live(TaskCompletionSource<bool> up)
    {
        try
        {
            using var load = new LoadGenerator(new LoadSettings
            {
                Lns = new UdpEndpoint(Ipv4Address.Parse("127.0.0.1"), (ushort)Lnsd.L2tpPort), Sessions = Count, Tunnels = Tunnels,
                Password = Password, SocketBuffer = 1 << 20,
                FirstLac = Ipv4Address.Parse("127.7.0.1"),
            });
            up.TrySetResult(load.OpenTunnels(Patience, _end.Token) && load.BringUp(Patience, _end.Token));
            while (!_end.IsCancellationRequested)
            {
                if (_talker is >= 0 and var talker) load.SendIp(talker, 1000);
                load.Hold(TimeSpan.FromMilliseconds(20), _end.Token);
            }
        }
        catch (Exception e)
        {
            up.TrySetException(e);
        }
    }
}
