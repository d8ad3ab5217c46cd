using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akka.LNS.Actors.Tests;

/// <summary>Sockets for RADIUS answers and for CoA that are flooded on loopback while their thread does not read.</summary>
public sealed class SocketOverflowTests : IDisposable
{
    private const int Sent = 10_000;
    private readonly Socket _flood = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };

    public SocketOverflowTests() => _flood.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose() => _flood.Dispose();

    private void Flood(IPEndPoint to, int count = Sent)
    {
        for (var i = 0; i < count; i++) _flood.SendTo([1], to);
    }

    [Fact]
    public async Task Each_CoA_request_is_read_or_counted_as_overflow()
    {
        var counters = new DynamicAuthorizationCounters();
        var client = new DynamicAuthorizationClient
        {
            Name = "all", Network = IPNetwork.Parse("127.0.0.0/8"), Secret = new Secret("of all"),
        };
        var settings = new LnsSettings
        {
            Radius = new RadiusSettings
            {
                DynamicAuthorization = new DynamicAuthorizationSettings
                {
                    Listen = new IPEndPoint(IPAddress.Loopback, 0), Clients = [client],
                },
            },
        };
        using var socket = new DynamicAuthorizationSocket(settings, counters, new NodeClock(TimeProvider.System), NullLogger.Instance);
        Assert.Equal(0, counters.Overflows.Count);
        Flood(socket.EndPoint);
        var overflow = counters.Overflows.Count;
        Assert.InRange(overflow, 1, Sent - 1);

        socket.Begin(ActorRefs.Nobody);
        await Wait.Until(() => counters.Dropped(RadiusError.Truncated) == Sent - overflow,
            () => $"{Sent - overflow} read, but {counters.Dropped(RadiusError.Truncated)}");
        Assert.Equal(overflow, counters.Overflows.Count);
        socket.Dispose();
        Assert.Equal(overflow, counters.Overflows.Count); // of a closed socket, too
    }

    [Fact]
    public async Task Each_RADIUS_answer_is_read_or_counted_as_overflow()
    {
        var counters = new NodeCounters();
        using var log = new StoppedLog();
        var servers = new RadiusServers(new LiveSettings(new LnsSettings()), counters, log);
        var server = new RadiusServerSettings
        {
            Name = "a", Authentication = (IPEndPoint)_flood.LocalEndPoint!, Accounting = new IPEndPoint(IPAddress.Loopback, 0),
            Secret = new Secret("of all"),
        };
        servers.Change([server], new ServerSets(new LnsSettings()), new Instant(0));
        var ticket = servers.SocketsOf(servers.Pool.Of(RadiusService.Authentication)[0].Id)
            .Take(RadiusCode.AccessRequest, ActorRefs.Nobody);
        _flood.SendTo(Bad(ticket.Identifier), ticket.Socket.Ours); // the thread stops at the log line about it
        await Wait.Until(() => log.HasStopped, static () => "a line about the bad answer");
        Assert.Equal(0, counters.RadiusOverflows.Count);
        Flood(ticket.Socket.Ours);
        var overflow = counters.RadiusOverflows.Count;
        Assert.InRange(overflow, 1, Sent - 1);

        log.GoOn();
        await Wait.Until(() => counters.Dropped(RadiusError.Truncated) == Sent - overflow,
            () => $"{Sent - overflow} read, but {counters.Dropped(RadiusError.Truncated)}");
        Assert.Equal(overflow, counters.RadiusOverflows.Count);
        servers.Close();
        Assert.Equal(overflow, counters.RadiusOverflows.Count); // of closed sockets, too
    }

    /// <summary>An Access-Accept whose Response Authenticator does not prove the secret.</summary>
    private static byte[] Bad(byte identifier) => [2, identifier, 0, 20, .. new byte[16]];

    /// <summary>A log whose first line takes until <see cref="GoOn"/>.</summary>
    private sealed class StoppedLog : ILogger, IDisposable
    {
        private readonly ManualResetEventSlim _goOn = new();

        public bool HasStopped { get; private set; }

        public void GoOn() => _goOn.Set();

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            HasStopped = true;
            _goOn.Wait();
        }

        public bool IsEnabled(LogLevel logLevel) => true;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public void Dispose()
        {
            _goOn.Set(); // also after a failed assertion
            _goOn.Dispose();
        }
    }
}
