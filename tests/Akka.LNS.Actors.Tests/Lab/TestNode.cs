using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>A whole node on the null plane, on a free port of loopback.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    /// <summary>Every password and shared secret of the tests holds this: no log line may.</summary>
    public const string Secret = "5ecret";
    public const string Password = "pass-" + Secret;

    public const string Hocon = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          scheduler.implementation = "Akka.LNS.Actors.Tests.Lab.CountingScheduler, Akka.LNS.Actors.Tests"
          log-dead-letters-during-shutdown = off
          actor {
            lns-serial-mailbox { mailbox-type = "Akka.LNS.Actors.Overload.MeteredMailbox, Akka.LNS.Actors", group = serial }
            lns-parallel-mailbox { mailbox-type = "Akka.LNS.Actors.Overload.MeteredMailbox, Akka.LNS.Actors", group = parallel }
            lns-dispatcher {
              type = Dispatcher
              executor = "Akka.LNS.Actors.Threads.ActorThreadsConfigurator, Akka.LNS.Actors"
              threads-min = 1, threads-factor = 1.0, threads-max = 64
              throughput = 60
            }
          }
        }
        """;

    public TestNode(Func<LnsSettings, LnsSettings>? change = null, TimeProvider? clock = null)
    {
        var settings = Default;
        if (change is not null) settings = change(settings);
        System = ActorSystem.Create("lns", ConfigurationFactory.ParseString(Hocon));
        Plane = new FaultyPlane(Planes.Null(settings.Listen, settings.Policing));
        Node = LnsNode.Start(System, settings, Plane, Log, clock ?? TimeProvider.System);
        EndPoint = Plane.Listening[0];
    }

    public static LnsSettings Default => new()
    {
        Listen = new ListenSettings([new IPEndPoint(IPAddress.Loopback, 0)]) { ReceiveBufferOctets = 1 << 20, SendBufferOctets = 1 << 20 },
        DataPlane = DataPlaneKind.Null,
        Tunnels = new TunnelsSettings { Peers = [new PeerSettings()] },
        Links = ImmutableDictionary<string, LinkTemplate>.Empty.Add(TemplateNames.Default, new LinkTemplate
        {
            Policy = new LinkPolicy
            {
                FirstRestartInterval = TimeSpan.FromMilliseconds(200),
                RestartInterval = TimeSpan.FromMilliseconds(400)
            },
        }),
        Bundles = ImmutableDictionary<string, BundleTemplate>.Empty.Add(TemplateNames.Default, new BundleTemplate
        {
            Pool = "p", Ipcp = new IpcpPolicy { LocalAddress = Ipv4Address.Parse("100.64.0.1"), PrimaryDns = Ipv4Address.Parse("9.9.9.9") },
        }),
        Pools = ImmutableDictionary<string, AddressPoolSettings>.Empty.Add("p",
            new AddressPoolSettings("p", [new AddressRange(Ipv4Address.Parse("100.64.0.2"), Ipv4Address.Parse("100.64.0.9"))], [])),
        Users = Users("demo", "demo2"),
    };

    public static ImmutableDictionary<string, LocalUser> Users(params string[] names) =>
        names.ToImmutableDictionary(static n => n, static n => new LocalUser { Name = n, Password = new Secret(Password) });

    public ActorSystem System { get; }
    public FaultyPlane Plane { get; }
    public LnsNode Node { get; }
    public IPEndPoint EndPoint { get; }
    public CapturingLog Log { get; } = new();

    /// <summary>Something only a test sends, to the actor at a path below the node's supervisor.</summary>
    public void Poison(string path, object message) => System.ActorSelection($"/user/lns/{path}").Tell(message);

    /// <summary>The actor at a path below the node's supervisor, as soon as it exists.</summary>
    public async Task<IActorRef> Actor(string path)
    {
        while (true)
        {
            try
            {
                return await System.ActorSelection($"/user/lns/{path}".TrimEnd('/'))
                    .ResolveOne(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            }
            catch (ActorNotFoundException) // not yet
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Nothing of a subscriber is left, and the log has an end for each start.</summary>
    public async Task AllGone()
    {
        await Wait.Until(() => Node.Counters is { Sessions: 0, Links: 0, Bundles: 0 } && Plane.PathCount == 0, () =>
            $"all gone: {Node.Counters.Sessions} sessions, "
            + $"{Node.Counters.Links} links, {Node.Counters.Bundles} bundles, {Plane.PathCount} paths\n{Log}");
        await Quiet();
        Assert.Empty(Node.Find());
        foreach (var (up, down) in new[] { ("session up", "session down"), ("user on", "user off"), ("interface up", "interface down") })
            Assert.True(Log.Count(up) == Log.Count(down), $"{up} {Log.Count(up)} times, {down} {Log.Count(down)} times\n{Log}");
        Assert.DoesNotContain(Log.Lines, static l => l.Contains(Secret, StringComparison.Ordinal));
    }

    /// <summary>The same of tunnels.</summary>
    public async Task AllTunnelsGone()
    {
        await Wait.Until(() => Node.Counters.Tunnels == 0, () => $"{Node.Counters.Tunnels} tunnels left\n{Log}");
        await AllGone();
        Assert.Equal(Log.Count("tunnel up"), Log.Count("tunnel down"));
    }

    /// <summary>No message waits anywhere.</summary>
    public Task Quiet() => Wait.Until(() => MailboxMeters.Of(System) is { Serial.Depth: 0, Parallel.Depth: 0 }, static () =>
        "mailboxes drained");

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        Plane.Dispose();
    }
}

internal static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until the condition is true. At the limit the test fails with <paramref name="what"/>.</summary>
    public static async Task Until(Func<bool> condition, Func<string> what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        var until = TestLac.Now + Patience;
        while (!condition())
        {
            if (TestLac.Now > until) Assert.Fail($"not in time: {what()}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}

/// <summary>A clock that a test can move on.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private long _ahead;

    public void Jump(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref _ahead);
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));
}

/// <summary>A clock that only the test moves. Timers of the node fire in real time, and find nothing due until it moves.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _ticks = TestLac.Now.Ticks;

    public long Ticks => Interlocked.Read(ref _ticks);
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => Ticks;
    public void Move(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}

/// <summary>Keeps log lines for a test to read.</summary>
internal sealed class CapturingLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>True: writing a line like this throws.</summary>
    public Func<string, bool>? Fails { get; set; }

    public IReadOnlyCollection<string> Lines => _lines;

    public bool Has(params string[] parts) => _lines.Any(l => parts.All(p => l.Contains(p, StringComparison.Ordinal)));
    public int Count(string part) => _lines.Count(l => l.Contains(part, StringComparison.Ordinal));
    public Task Line(params string[] parts) => Wait.Until(() => Has(parts), () => $"no line with {string.Join(" and ", parts)} in\n{this}");
    public override string ToString() => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;
    public void AddProvider(ILoggerProvider provider) { }
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel}: {formatter(state, exception)} {exception}";
        if (Fails?.Invoke(line) == true) throw new InvalidOperationException(FaultyPlane.Broken);
        _lines.Enqueue(line);
    }

    public void Dispose() { }
}
