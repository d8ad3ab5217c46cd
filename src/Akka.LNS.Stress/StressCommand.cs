using System.CommandLine;
using Akka.LNS.Stress.Dialing;
using Akka.LNS.Stress.Figures;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Scenarios;

namespace Akka.LNS.Stress;

/// <summary>The command line of lns-stress: one command for each scenario.</summary>
internal static class StressCommand
{
    public const int Held = 0, Broken = 1, WrongArguments = 2, CannotStart = 3;
    private const int DefaultWorkers = 32;

    private static readonly Option<string?> Lns = new("--lns")
    {
        Description = "Address and port of a running LNS. Default: start one in its own network namespace.", HelpName = "ADDR:PORT",
    };
    private static readonly Option<int?> Sessions = new("--sessions") { Description = "Subscribers, 10 to 100,000.", HelpName = "N" };
    private static readonly Option<int?> Tunnels = new("--tunnels")
    {
        Description = "Tunnels. Default: 2 to 64, chosen by the seed.", HelpName = "N",
    };
    private static readonly Option<int?> Seed = new("--seed")
    {
        Description = "Seed of all random choices. Default: random; the first line of output shows it.", HelpName = "S",
    };
    private static readonly Option<string> Secret = new("--secret")
    {
        Description = "Shared secret of the tunnels.", DefaultValueFactory = static _ => "",
    };
    private static readonly Option<string> Password = new("--password")
    {
        Description = "Password of all subscribers. Their names are u000000@example.net and so on.",
        DefaultValueFactory = static _ => "secret",
    };
    private static readonly Option<string> Auth = new("--auth")
    {
        Description = "Authentication of the subscribers: chap or pap.", DefaultValueFactory = static _ => "chap",
    };
    private static readonly Option<string?> Lac = new("--lac")
    {
        Description = "Source address of the LACs, an address of this host.", HelpName = "ADDR",
    };
    private static readonly Option<string?> Radius = new("--radius")
    {
        Description = "How the RADIUS server answers: quick, slow:MS, reject-delay:MS, dead, lossy:PERCENT, lying[:PERCENT]; combine "
            + "with +.",
    };
    private static readonly Option<string?> RadiusListen = new("--radius-listen")
    {
        Description = "Address and ports of the RADIUS server, for a running LNS.", HelpName = "ADDR:AUTHPORT:ACCTPORT",
    };
    private static readonly Option<string> RadiusSecret = new("--radius-secret")
    {
        Description = "Shared secret of RADIUS.", DefaultValueFactory = static _ => "stress radius secret",
    };
    private static readonly Option<int?> Workers = new("--workers")
    {
        Description = "RADIUS requests that the LNS may have outstanding. Default: 32 for an LNS that lns-stress starts.", HelpName = "N",
    };
    private static readonly Option<double?> Duration = new("--duration")
    {
        Description = "Length of the timed part of the scenario.", HelpName = "SECONDS",
    };
    private static readonly Option<int?> Rounds = new("--rounds")
    {
        Description = "Rounds of the repeated part of the scenario.", HelpName = "N",
    };
    private static readonly Option<bool> NoRates = new("--no-rates")
    {
        Description = "Report rates but do not judge them. For a machine that runs other work.",
    };
    private static readonly Option<string> Plane = new("--plane")
    {
        Description = "Data plane of the LNS that lns-stress starts: null or tun.", DefaultValueFactory = static _ => "tun",
    };
    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Additional setting of the LNS that lns-stress starts. May be repeated.", HelpName = "KEY=VALUE",
    };
    private static readonly Option<string?> Json = new("--json")
    {
        Description = "Write the result to this file as JSON.", HelpName = "FILE",
    };
    private static readonly Option<string?> Plots = new("--plots")
    {
        Description = "Write plots over time to this directory.", HelpName = "DIR",
    };
    private static readonly Option<int?> Pid = new("--pid")
    {
        Description = "Process of a running LNS, to measure its CPU and memory.", HelpName = "PID",
    };
    private static readonly Option<string?> Api = new("--api") { Description = "HTTP API of a running LNS.", HelpName = "URL|unix:PATH" };
    private static readonly Option<string> Log = new("--log")
    {
        Description = "Log level of the LNS that lns-stress starts.", DefaultValueFactory = static _ => "warning",
    };
    private static readonly Option<bool> Keep = new("--keep")
    {
        Description = "Keep the configuration and the log of the LNS that lns-stress starts.",
    };
    private static readonly Option<bool> Inside = new(OwnNetwork.Mark) { Hidden = true };
    private static readonly Option[] All =
    [
        Lns, Sessions, Tunnels, Seed, Secret, Password, Auth, Lac, Radius, RadiusListen, RadiusSecret, Workers, Duration, Rounds, NoRates,
        Plane, Set, Json, Plots, Pid, Api, Log, Keep, Inside,
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("""
            lns-stress: load test of an LNS with up to 100,000 PPP subscribers, their LACs and a RADIUS server.
            Exit code: 0 all expectations held, 1 an expectation was broken, 2 wrong arguments, 3 cannot start.
            """);
        foreach (var scenario in Scenario.All)
        {
            var command = new Command(scenario.Name, scenario.Summary);
            foreach (var option in All) command.Add(option);
            command.SetAction((parsed, cancel) => RunAsync(scenario, parsed, args, cancel));
            root.Add(command);
        }
        var list = new Command("list", "List the scenarios, one per line.");
        list.SetAction(static _ =>
        {
            foreach (var scenario in Scenario.All) Console.WriteLine($"{scenario.Name,-12} {scenario.Summary}");
        });
        root.Add(list);
        root.Add(DialCommand.Create());
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0 && args.Length > 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"lns-stress: {error.Message}");
        await Console.Error.WriteLineAsync("lns-stress: usage: lns-stress SCENARIO [options] | dial [options] | list | --help");
        return WrongArguments;
    }

    private static async Task<int> RunAsync(Scenario scenario, ParseResult parsed, string[] args, CancellationToken cancel)
    {
        if (!TryRead(parsed, out var options, out var error))
        {
            await Console.Error.WriteLineAsync($"lns-stress: {error}");
            return WrongArguments;
        }
        if (options.Lns is null && OwnNetwork.Enter(args) is { } code) return code;
        return await new StressRun(scenario, options).RunAsync(cancel);
    }

    /// <summary>Reads the options. False: <paramref name="error"/> is for the user.</summary>
    internal static bool TryRead(ParseResult parsed, out StressOptions options, out string error)
    {
        options = new StressOptions
        {
            Sessions = parsed.GetValue(Sessions), Tunnels = parsed.GetValue(Tunnels),
            Seed = parsed.GetValue(Seed) ?? Random.Shared.Next(1, 1_000_000),
            Secret = parsed.GetValue(Secret)!, Password = parsed.GetValue(Password)!, RadiusSecret = parsed.GetValue(RadiusSecret)!,
            Duration = parsed.GetValue(Duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : null, Rounds = parsed.GetValue(Rounds),
            NoRates = parsed.GetValue(NoRates),
            Plane = parsed.GetValue(Plane)!, Set = parsed.GetValue(Set) ?? [], Json = parsed.GetValue(Json), Plots = parsed.GetValue(Plots),
            Pid = parsed.GetValue(Pid), Api = parsed.GetValue(Api), Log = parsed.GetValue(Log)!, Keep = parsed.GetValue(Keep),
        };
        error = "";
        if (parsed.GetValue(Lns) is { } lns)
        {
            if (!StressOptions.TryParseEndpoint(lns, out var endpoint))
                error = $"--lns {lns}: expected ADDRESS or ADDRESS:PORT, for example 192.0.2.1:1701";
            options = options with { Lns = endpoint };
        }
        if (parsed.GetValue(Lac) is { } lac)
        {
            if (!StressOptions.TryParseAddress(lac, out var address)) error = $"--lac {lac}: expected an IPv4 address of this host";
            options = options with { Lac = address };
        }
        if (parsed.GetValue(Radius) is { } radius)
        {
            if (!RadiusBehaviour.TryParse(radius, out var behaviour))
                error = $"--radius {radius}: expected quick, slow:MS, reject-delay:MS, dead, lossy:PERCENT or lying[:PERCENT], "
                    + "combined with +";
            options = options with { Radius = behaviour, RadiusIsSet = true };
        }
        if (parsed.GetValue(RadiusListen) is { } text)
        {
            if (!StressOptions.TryParseListen(text, out var listen))
                error = $"--radius-listen {text}: expected ADDRESS:AUTHPORT:ACCTPORT, for example 192.0.2.1:1812:1813";
            options = options with { RadiusListen = listen };
        }
        options = options with
        {
            Auth = parsed.GetValue(Auth) == "pap" ? SubscriberAuth.Pap : SubscriberAuth.Chap,
            Workers = parsed.GetValue(Workers) ?? (options.Lns is null ? DefaultWorkers : null),
        };
        if (parsed.GetValue(Auth) is not ("chap" or "pap")) error = "--auth: expected chap or pap";
        else if (options.Plane is not ("null" or "tun")) error = "--plane: expected null or tun";
        else if (options.Sessions is < 10 or > 100_000) error = "--sessions: expected 10 to 100000";
        else if (options.Tunnels is < 1 or > 10_000) error = "--tunnels: expected 1 to 10000";
        else if (options.Workers is < 1 or > 10_000) error = "--workers: expected 1 to 10000";
        else if (options.Rounds is < 1 or > 1_000) error = "--rounds: expected 1 to 1000";
        else if (options.Duration is { } duration && (duration < TimeSpan.Zero || duration > TimeSpan.FromDays(1)))
            error = "--duration: expected 0 to 86400 seconds";
        else if (options.Api is { } api && !LnsApi.IsAddress(api)) error = $"--api {api}: expected http://HOST:PORT or unix:/PATH";
        else if (options.Lns is not null && options.Set.Count > 0) error = "--set needs an LNS that lns-stress starts: omit --lns";
        else if (options.Lns is null && (options.Pid ?? (object?)options.Api) is not null) error = "--pid and --api need --lns";
        else if (options.Set.FirstOrDefault(static s => !s.Contains('=', StringComparison.Ordinal)) is { } wrong)
            error = $"--set {wrong}: expected KEY=VALUE";
        return error.Length == 0;
    }
}
