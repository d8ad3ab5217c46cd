using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akka.LNS.Actors.Tests;

/// <summary>Sockets of RADIUS servers through reloads.</summary>
public class RadiusServersTests : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
    private readonly RadiusServers _servers = new(new LiveSettings(new LnsSettings()), new NodeCounters(), NullLogger.Instance);

    public RadiusServersTests() => _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose()
    {
        _servers.Close();
        _server.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Change(params RadiusServerSettings[] servers) =>
        _servers.Change([.. servers], new ServerSets(new LnsSettings()), new Instant(0));

    private RadiusServerSettings Server(string secret, string name = "a") =>
        new()
        {
            Name = name, Authentication = (IPEndPoint)_server.LocalEndPoint!, Accounting = new IPEndPoint(IPAddress.Loopback, 0),
            Secret = new Secret(secret)
        };

    private ServerId Id => _servers.Pool.Of(RadiusService.Authentication)[0].Id;

    private RadiusTicket Take(ServerId id) => _servers.SocketsOf(id).Take(RadiusCode.AccessRequest, ActorRefs.Nobody);

    private byte SendAndReceive(RadiusTicket ticket, byte octet)
    {
        ticket.Socket.Send([octet]);
        var buffer = new byte[8];
        Assert.Equal(1, _server.Receive(buffer));
        return buffer[0];
    }

    [Fact]
    public void A_changed_secret_gives_the_next_packet_another_socket_and_the_old_one_serves_the_requests_before()
    {
        Change(Server("first"));
        var (id, before) = (Id, Take(Id));
        Change(Server("second"));
        var after = Take(id);
        Assert.NotEqual(before.Socket.Ours, after.Socket.Ours);
        Assert.Equal("second"u8.ToArray(), _servers.SocketsOf(id).Secret);
        _servers.Release(oldest: 1); // a request of the first generation is under way
        Assert.Equal((1, 2), (SendAndReceive(before, 1), SendAndReceive(after, 2)));
        _servers.Release(oldest: 2);
        Assert.False(_servers.HasRetired);
        before.Socket.Send([3]); // closed
        Assert.Equal(4, SendAndReceive(after, 4));
    }

    [Fact]
    public void Other_changes_leave_the_sockets_open()
    {
        Change(Server("same"));
        var (id, sockets) = (Id, _servers.SocketsOf(Id));
        Change(Server("other", "b"), Server("same") with { Weight = 7, Timeout = TimeSpan.FromSeconds(9), Retries = 0 });
        Assert.Same(sockets, _servers.SocketsOf(id));
        Assert.False(_servers.HasRetired);
    }

    [Fact]
    public void A_removed_server_keeps_its_sockets_for_the_requests_before_and_one_that_returns_gets_new_ones()
    {
        Change(Server("secret"));
        var id = Id;
        Change();
        _servers.Release(oldest: 1);
        Assert.Equal(1, SendAndReceive(Take(id), 1));
        Change(Server("secret"));
        Assert.NotSame(_servers.SocketsOf(id), _servers.SocketsOf(Id));
        _servers.Release(oldest: 3);
        Assert.Throws<KeyNotFoundException>(() => _servers.SocketsOf(id));
        Assert.Equal(2, SendAndReceive(Take(Id), 2));
    }
}
