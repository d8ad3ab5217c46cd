using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane;
using Akka.LNS.DataPlane.Null;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Wire;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>A whole node on the null plane, on a free port of loopback.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const string Hocon = """
        akka {
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor {
            lns-serial-mailbox { mailbox-type = "Akka.LNS.Actors.Overload.MeteredMailbox, Akka.LNS.Actors", group = serial }
            lns-parallel-mailbox { mailbox-type = "Akka.LNS.Actors.Overload.MeteredMailbox, Akka.LNS.Actors", group = parallel }
          }
        }
        """;

    public TestNode(Func<LnsSettings, LnsSettings>? change = null)
    {
        var settings = Default;
        if (change is not null) settings = change(settings);
        System = ActorSystem.Create("lns", ConfigurationFactory.ParseString(Hocon));
        Plane = new NullPlane(settings.Listen, settings.Policing);
        Node = LnsNode.Start(System, settings, Plane, Log, TimeProvider.System);
        EndPoint = Plane.Listening[0];
    }

    public static LnsSettings Default => new()
    {
        Listen = new ListenSettings([new IPEndPoint(IPAddress.Loopback, 0)]) { ReceiveBufferOctets = 1 << 20, SendBufferOctets = 1 << 20 },
        DataPlane = DataPlaneKind.Null,
        Tunnels = new TunnelsSettings { Peers = [new PeerSettings()] },
        Bundles = ImmutableDictionary<string, BundleTemplate>.Empty.Add(TemplateNames.Default, new BundleTemplate
        {
            Pool = "p", Ipcp = new IpcpPolicy { LocalAddress = Ipv4Address.Parse("100.64.0.1"), PrimaryDns = Ipv4Address.Parse("9.9.9.9") },
        }),
        Pools = ImmutableDictionary<string, AddressPoolSettings>.Empty.Add("p",
            new AddressPoolSettings("p", [new AddressRange(Ipv4Address.Parse("100.64.0.2"), Ipv4Address.Parse("100.64.0.9"))], [])),
        Users = Users("demo", "demo2"),
    };

    public static ImmutableDictionary<string, LocalUser> Users(params string[] names) =>
        names.ToImmutableDictionary(static n => n, static n => new LocalUser { Name = n, Password = new Secret("demo") });

    public ActorSystem System { get; }
    public NullPlane Plane { get; }
    public LnsNode Node { get; }
    public IPEndPoint EndPoint { get; }
    public CapturingLog Log { get; } = new();

    /// <summary>Waits until what must become true is true; fails with <paramref name="what"/> when it does not.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var until = TestLac.Now + Patience;
        while (!condition())
        {
            Assert.True(TestLac.Now < until, $"not in time: {what}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Nothing that a subscriber brought is left.</summary>
    public async Task AllGone()
    {
        await Until(() => Node.Counters is { Sessions: 0, Links: 0, Bundles: 0 } && Plane.PathCount == 0, $"all gone: {Node.Counters.Sessions} sessions, "
            + $"{Node.Counters.Links} links, {Node.Counters.Bundles} bundles, {Plane.PathCount} paths");
        Assert.Empty(await Node.FindAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Node.StopAsync(new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "end of test"), TimeSpan.FromSeconds(2));
        await System.Terminate();
        Plane.Dispose();
    }
}

/// <summary>Keeps log lines for a test to read.</summary>
internal sealed class CapturingLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public bool Has(params string[] parts) => _lines.Any(l => parts.All(p => l.Contains(p, StringComparison.Ordinal)));

    public ILogger CreateLogger(string categoryName) => this;
    public void AddProvider(ILoggerProvider provider) { }
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    public void Dispose() { }
}
