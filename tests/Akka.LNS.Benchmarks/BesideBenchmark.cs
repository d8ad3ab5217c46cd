using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.LNS.Stress;
using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Benchmarks;

/// <summary>Measures set-up, end, memory and rest of lnsd and of l2tpns in turn, with the same LACs and the same RADIUS server.</summary>
internal sealed class BesideBenchmark : IDisposable
{
    private const int ChurnSessions = 300, ChurnRounds = 20, Rounds = 10, QuietCalls = 200, QuietRate = 10;
    private const int FewSessions = 10_000; // of the first line of `memory`
    private const string SentAgain = "messages that the tools sent again";
    private static readonly TimeSpan RestTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MemorySettle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RoundSettle = TimeSpan.FromSeconds(2);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly BesideOptions _options;
    private readonly List<BesideServer> _servers;
    private readonly BesideFigures _figures;
    private readonly CancellationTokenSource _cancel = new();
    private readonly int _processors = Environment.ProcessorCount;
    private readonly List<string> _complaints = [];
    private int _run;

    public BesideBenchmark(BesideOptions options, string lnsd)
    {
        _options = options;
        _servers = [new BesideServer("lnsd", lnsd)];
        if (options.Versus is { } versus) _servers.Add(new BesideServer("versus", Executable(versus)));
        if (!options.Alone) _servers.Add(new BesideServer("l2tpns", null));
        _figures = new BesideFigures([.. _servers.Select(static s => s.Name)]);
    }

    /// <summary>Measures. Returns the exit code.</summary>
    public static int Run(BesideOptions options)
    {
        var lnsd = options.Lnsd ?? Published();
        if (lnsd is null) return Refuse("lnsd is not published: dotnet publish src/Akka.LNS.Server -c Release -o artifacts/lnsd");
        if (!options.Alone && !L2tpnsProcess.IsInstalled)
            return Refuse("l2tpns is not installed: apt-get install --no-install-recommends l2tpns");
        using var benchmark = new BesideBenchmark(options, Executable(lnsd));
        return benchmark.Run();
    }

    public void Dispose() => _cancel.Dispose();

    private static int Refuse(string what)
    {
        Console.Error.WriteLine(what);
        return 3;
    }

    /// <summary>artifacts/lnsd of the tree that this program is built in. Null: there is none.</summary>
    private static string? Published()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Akka.LNS.sln")))
                return ForwardOptions.ProgramAt(Path.Combine(folder.FullName, "artifacts", "lnsd"));
        return null;
    }

    /// <summary>The program lnsd beside lnsd.dll, as a user starts it. lnsd.dll when there is none.</summary>
    private static string Executable(string dll) => Path.ChangeExtension(dll, null) is var program && File.Exists(program) ? program : dll;

    private int Run()
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        if (_processors > 1) Processors.PinThisProcess(1);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {Machine.Description}; {(_processors > 1 ? "the LNS has core 0, LACs and RADIUS have core 1" : "one core for all")};
            50 tunnels, {_options.InFlight} sessions in set-up at a time, CHAP, RADIUS and accounting; a new process for each measurement.

            """));
        try
        {
            for (_run = 1; _run <= _options.Runs; _run++)
            {
                foreach (var measurement in Measurements())
                    foreach (var server in _servers) Measure(measurement, server);
                Save();
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("interrupted");
            _complaints.Add("interrupted");
        }
        Save();
        Console.WriteLine();
        Console.Write(_figures.ToTable());
        foreach (var complaint in _complaints) Console.WriteLine($"NOT RIGHT: {complaint}");
        return _complaints.Count == 0 ? 0 : 1;

        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;
            _cancel.Cancel();
        }
    }

    /// <summary>The measurements, each with a process of its own. Some serve several names, one after the other.</summary>
    private IEnumerable<Action<BesideServer>> Measurements()
    {
        if (_options.Has("fresh") || _options.Has("second")) yield return SetUp;
        if (_options.Has("churn")) yield return Churn;
        if (_options.Has("cdn")) yield return s => TakeDown(s, "cdn", HangUp.CallDisconnect);
        if (_options.Has("terminate")) yield return s => TakeDown(s, "terminate", HangUp.TerminateAndDisconnect);
        if (_options.Has("quiet")) yield return Quiet;
        if (_options.Has("rounds")) yield return UpAndDown;
        if (_options.Has("cores")) yield return Cores;
        if (_options.Has("memory")) yield return FewInMemory;
        if (_options.Has("many") || _options.Has("memory") || _options.Has("rest") || _options.Has("stopccn")) yield return Many;
    }

    private void Measure(Action<BesideServer> measurement, BesideServer server)
    {
        try
        {
            measurement(server);
        }
        catch (BesideException e)
        {
            Complain(server, e.Message);
        }
    }

    private void SetUp(BesideServer server)
    {
        using var node = Node(server, _options.Sessions);
        var fresh = node.BringUp("fresh", _options.Sessions);
        if (_options.Has("fresh")) AddSetUp("fresh", server, fresh, _options.Sessions);
        if (_options.Has("second"))
        {
            node.TakeDown("down", HangUp.CallDisconnect);
            node.Hold(RoundSettle);
            AddSetUp("second", server, node.BringUp("second", _options.Sessions), _options.Sessions);
        }
        Check(server, node);
    }

    private void Churn(BesideServer server)
    {
        using var node = Node(server, _options.Sessions);
        node.BringUp("up", _options.Sessions);
        var count = Math.Min(ChurnSessions, _options.Sessions);
        var phase = node.Churn("churn", count, ChurnRounds);
        Add("churn", "down and up per second", server, count * ChurnRounds / phase.Elapsed.TotalSeconds);
        Add("churn", "CPU ms for each", server, phase.Cpu.TotalMilliseconds / (count * ChurnRounds));
        Add("churn", SentAgain, server, phase.Retransmits);
        Check(server, node);
    }

    private void TakeDown(BesideServer server, string name, HangUp how)
    {
        using var node = Node(server, _options.Sessions);
        node.BringUp("up", _options.Sessions);
        AddEnd(name, server, node.TakeDown(name, how), _options.Sessions);
        Check(server, node);
    }

    private void Quiet(BesideServer server)
    {
        using var node = Node(server, QuietCalls);
        Add("quiet", "set-up p50, ms", server, node.Call("quiet", QuietRate).TotalMilliseconds);
        Check(server, node);
    }

    private void UpAndDown(BesideServer server)
    {
        using var node = Node(server, _options.Sessions);
        long second = 0, last = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            node.BringUp("rounds", _options.Sessions);
            node.TakeDown("rounds", HangUp.CallDisconnect);
            node.Hold(RoundSettle);
            last = node.Use.ResidentOctets;
            if (round == 2) second = last;
        }
        Add("rounds", "resident after the last, MiB", server, last / 1048576.0);
        Add("rounds", "last / second", server, (double)last / second);
        Check(server, node);
    }

    /// <summary>With two processors the tools share the second one. The CPU time of the tools states how much of it they take.</summary>
    private void Cores(BesideServer server)
    {
        if (server.Program is null || _processors < 2) return; // l2tpns has one thread
        double one, two;
        using (var node = Node(server, _options.Sessions))
        {
            one = _options.Sessions / node.BringUp("one-core", _options.Sessions).Elapsed.TotalSeconds;
            Check(server, node);
        }
        if (_processors > 2) Processors.PinThisProcess(2);
        using (var node = Node(server, _options.Sessions, "0,1"))
        {
            var phase = node.BringUp("two-cores", _options.Sessions);
            two = _options.Sessions / phase.Elapsed.TotalSeconds;
            Add("cores", "cores that lnsd uses of two", server, phase.Cpu / phase.Elapsed);
            Add("cores", "cores that the tools use", server, phase.ToolCpu / phase.Elapsed);
            Check(server, node);
        }
        if (_processors > 2) Processors.PinThisProcess(1);
        Add("cores", "set-ups per second, two cores", server, two);
        Add("cores", "two cores / one core", server, two / one);
    }

    private void FewInMemory(BesideServer server)
    {
        using var node = Node(server, FewSessions);
        node.BringUp("up", FewSessions);
        AddMemory(server, node, FewSessions);
        Check(server, node);
    }

    private void Many(BesideServer server)
    {
        using var node = Node(server, _options.Many);
        var phase = node.BringUp("many", _options.Many);
        if (_options.Has("many")) AddSetUp("many", server, phase, _options.Many);
        if (_options.Has("memory")) AddMemory(server, node, _options.Many);
        if (_options.Has("rest"))
        {
            var rest = node.Rest("rest", RestTime);
            Add("rest", string.Create(CultureInfo.InvariantCulture, $"percent of a core, {_options.Many:N0}"), server,
                100 * (rest.Cpu / rest.Elapsed));
        }
        if (_options.Has("stopccn")) AddEnd("stopccn", server, node.BreakTunnels("stopccn"), _options.Many);
        Check(server, node);
    }

    private void AddMemory(BesideServer server, BesideNode node, int sessions)
    {
        node.Hold(MemorySettle);
        var resident = node.Use.ResidentOctets;
        Add("memory", string.Create(CultureInfo.InvariantCulture, $"octets for each of {sessions:N0}, whole process"), server,
            (double)resident / sessions);
        Add("memory", string.Create(CultureInfo.InvariantCulture, $"octets for each of {sessions:N0}, without the empty process"), server,
            (double)(resident - node.EmptyOctets) / sessions);
    }

    private void AddSetUp(string name, BesideServer server, BesidePhase phase, int sessions)
    {
        Add(name, "set-ups per second", server, sessions / phase.Elapsed.TotalSeconds);
        Add(name, "CPU ms for each", server, phase.Cpu.TotalMilliseconds / sessions);
        Add(name, "CPU ms of the tools for each", server, phase.ToolCpu.TotalMilliseconds / sessions);
        Add(name, SentAgain, server, phase.Retransmits);
    }

    private void AddEnd(string name, BesideServer server, BesidePhase phase, int sessions)
    {
        Add(name, "ends per second", server, sessions / phase.Elapsed.TotalSeconds);
        Add(name, "CPU ms for each", server, phase.Cpu.TotalMilliseconds / sessions);
        Add(name, SentAgain, server, phase.Retransmits);
    }

    private void Add(string measurement, string quantity, BesideServer server, double value)
    {
        _figures.Add(measurement, quantity, server.Name, value);
        Console.WriteLine($"{_run,3}  {measurement,-10}{quantity,-52}{server.Name,-8}{BesideFigures.Short(value),12}");
    }

    private BesideNode Node(BesideServer server, int sessions, string? cores = null) =>
        new(_options, server, cores ?? (_processors > 1 ? "0" : null), sessions, _cancel.Token);

    private void Check(BesideServer server, BesideNode node)
    {
        if (node.Complaints is { Length: > 0 } wrong) Complain(server, wrong);
    }

    private void Complain(BesideServer server, string what)
    {
        var complaint = string.Create(CultureInfo.InvariantCulture, $"run {_run}, {server.Name}: {what}");
        Console.Error.WriteLine(complaint);
        _complaints.Add(complaint);
    }

    private void Save()
    {
        if (_options.Json is not { } file) return;
        var json = new JsonObject
        {
            ["at"] = DateTimeOffset.UtcNow,
            ["machine"] = Machine.Description,
            ["runs"] = Math.Min(_run, _options.Runs),
            ["sessions"] = _options.Sessions,
            ["many"] = _options.Many,
            ["figures"] = _figures.ToJson(),
            ["complaints"] = new JsonArray([.. _complaints.Select(static c => (JsonNode)c)]),
        };
        File.WriteAllText(file, json.ToJsonString(Indented) + "\n");
    }
}
