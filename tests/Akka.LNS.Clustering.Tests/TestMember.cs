using System.Collections.Concurrent;
using Akka.LNS.Protocol.Membership;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Clustering.Tests;

/// <summary>A node without an LNS in a real cluster on loopback: its sessions are a number that the test sets.</summary>
internal sealed class TestMember : IClusteredNode, IAsyncDisposable, ILoggerFactory, ILoggerProvider, ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly ConcurrentQueue<string> _lines = new();
    private volatile int _sessions;
    private volatile bool _drains;
    private volatile string[] _met = [];

    private TestMember(string name) => Name = name;

    public LnsCluster Cluster { get; private set; } = null!;

    public static async Task<TestMember> Start(
        string name, Func<ClusterSettings, ClusterSettings>? with = null, NasIdentity nas = default)
    {
        var member = new TestMember(name) { Nas = nas };
        var port = FreePort();
        var settings = new ClusterSettings
        {
            Roles = ["lns", name], SeedTimeout = TimeSpan.FromSeconds(1), HeartbeatPause = TimeSpan.FromSeconds(5),
            StableAfter = TimeSpan.FromSeconds(1), RejoinAfter = TimeSpan.FromSeconds(1),
            // its own seed: it listens
            Seeds = [new ClusterEndpoint("127.0.0.1", port)], Remoting = new RemotingSettings { Port = port },
        };
        member.Cluster = await LnsCluster.StartAsync(
            with?.Invoke(settings) ?? settings, "akka { loglevel = WARNING, stdout-loglevel = OFF }", member, member, TimeProvider.System);
        return member;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    public string Address => Cluster.View.Self.Address;
    public Akka.Actor.Address ActorAddress => Akka.Actor.Address.Parse(Address);
    public string Log => string.Join('\n', _lines);

    public async Task Until(string what, Func<ClusterView, bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isSo(Cluster.View))
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                var members = Cluster.View.Nodes.Members.Values.Select(static m => $"{m.Key} {m.Phase} {m.UnreachableSince}");
                Assert.Fail($"{Name}: not {what}: {Cluster.View.Standing}, {string.Join(", ", members)}\n{Log}");
            }
        }
    }

    /// <summary>Waits until each member sees all members up, with a report of each.</summary>
    public static async Task AllUp(params TestMember[] members)
    {
        foreach (var m in members)
        {
            await m.Until($"{members.Length} up", v => v.Standing is ClusterStanding.Member && v.Nodes.Members.Count == members.Length
                && v.Nodes.Members.Values.All(static n => n is { Phase: MemberPhase.Up, UnreachableSince: null, Report: not null }));
        }
    }

    public string Name { get; }
    public string Version => "test";
    public int Sessions { get => _sessions; set => _sessions = value; }
    public int Tunnels => 1;
    public long Load => 5;
    public string Verdict => Drain is NodeDrain.Serving ? "open" : "draining";
    public NodeDrain Drain => !_drains ? NodeDrain.Serving : _sessions > 0 ? NodeDrain.Draining : NodeDrain.Drained;
    public DateTimeOffset Started { get; } = DateTimeOffset.UnixEpoch;
    public NasIdentity Nas { get; private init; }
    public NasVerdict NasVerdict { get; private set; }
    public void NasIs(NasVerdict verdict) => NasVerdict = verdict;
    public ConcurrentQueue<TimeSpan?> DrainOrders { get; } = new();

    public void BeginDrain(TimeSpan? within)
    {
        DrainOrders.Enqueue(within);
        _drains = true;
    }

    /// <summary>Addresses of the members that the node was told last.</summary>
    public IReadOnlyList<string> Met => _met;
    public void Meet(IEnumerable<string> members) => _met = [.. members];
    public void CallOffDrain() => _drains = false;

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;
    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;
    void ILoggerFactory.AddProvider(ILoggerProvider provider) { }
    void IDisposable.Dispose() { }
    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;
    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception?.Message}");
}
