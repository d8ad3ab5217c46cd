using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Actors.Tests;

/// <summary>CoA and Disconnect over loopback, with real calls.</summary>
public class DynamicAuthorizationTests
{
    private const string Shared = "coa-" + TestNode.Secret;
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes(Shared);

    private static DynamicAuthorizationClient At(string network, string secret = Shared, bool mustSign = false) => new()
    {
        Name = $"at {network}", Network = IPNetwork.Parse(network), Secret = new Secret(secret), RequireMessageAuthenticator = mustSign,
    };

    private static TestNode Node(TestRadius? radius = null, TimeProvider? clock = null, Func<DynamicAuthorizationSettings,
        DynamicAuthorizationSettings>? change = null,
        Func<LnsSettings, LnsSettings>? node = null) => new(s =>
    {
        var settings = new DynamicAuthorizationSettings { Listen = new IPEndPoint(IPAddress.Loopback, 0), Clients = [At("127.0.0.1/32")] };
        s = s with
        {
            Group = s.Group with { NasIdentifier = "lns.test" },
            Radius = (radius?.Settings() ?? new RadiusSettings()) with
            {
                DynamicAuthorization = change is null
                ? settings : change(settings)
            },
        };
        return node is null ? s : node(s);
    }, clock);

    private static async Task<TestCall> Up(TestNode node, TestLac lac, string user)
    {
        var call = lac.Dial(user);
        await call.Up;
        await node.Log.Line("user on", $"'{user}'");
        return call;
    }

    private static CallEntry Entry(TestNode node, string user) => Assert.Single(node.Node.Find(user));

    private static async Task<BundleDescription> Bundle(TestNode node, string user) =>
        (await node.Node.DescribeAsync(Entry(node, user),
            TimeSpan.FromSeconds(30))).Bundle ?? throw new InvalidOperationException("no bundle");

    private sealed class Client : IDisposable
    {
        private readonly Socket _socket;
        private readonly IPEndPoint _to;
        private byte _identifier;

        /// <param name="to">Address of the node; null: the one on which it listens.</param>
        public Client(TestNode node, string from = "127.0.0.1", string? to = null)
        {
            _to = node.Node.DynamicAuthorization ?? throw new InvalidOperationException("nothing listens");
            if (to is not null) _to = new IPEndPoint(IPAddress.Parse(to), _to.Port);
            _socket = new Socket(_to.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
            _socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        }

        public byte[] Packet(RadiusCode code, string[] lines, string secret = Shared, bool signed = true)
        {
            var buffer = new byte[RadiusPacketView.MaxLength];
            var writer = RadiusPacketWriter.SignedRequest(buffer, code, _identifier++, signed);
            foreach (var line in lines)
            {
                Assert.True(RadiusDictionary.Default.TryEncodeLine(line, out var attribute, out var error), error);
                writer.Attributes(attribute);
            }
            return buffer[..writer.Finish(Encoding.UTF8.GetBytes(secret))];
        }

        public void Send(byte[] packet) => _socket.SendTo(packet, _to);

        public byte[] Receive()
        {
            var buffer = new byte[RadiusPacketView.MaxLength];
            EndPoint from = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            var length = _socket.ReceiveFrom(buffer, ref from);
            AnsweredFrom = (IPEndPoint)from;
            return buffer[..length];
        }

        /// <summary>Source of the last answer.</summary>
        public IPEndPoint? AnsweredFrom { get; private set; }

        public bool HasNothing => _socket.Available == 0;

        /// <summary>Code and Error-Cause of the answer, which has proved the secret.</summary>
        public (RadiusCode Code, ErrorCause? Cause) Ask(byte[] packet)
        {
            Send(packet);
            return Read(packet, Receive());
        }

        public static (RadiusCode, ErrorCause?) Read(byte[] packet, byte[] answer)
        {
            Assert.True(RadiusPacketView.TryRead(packet, out var request, out _) && RadiusPacketView.TryRead(answer, out _, out _));
            RadiusPacketView.TryRead(answer, out var response, out _);
            Assert.Equal(RadiusError.None, response.VerifyResponse(request.Code, request.Identifier, request.Authenticator, Secret));
            return (response.Code, response.TryFind(RadiusAttributeType.ErrorCause, out var a) && a.TryReadUInt32(out var cause)
                ? (ErrorCause)cause : null);
        }

        public (RadiusCode Code, ErrorCause? Cause) Disconnect(params string[] lines) => Ask(Packet(RadiusCode.DisconnectRequest, lines));
        public (RadiusCode Code, ErrorCause? Cause) Change(params string[] lines) => Ask(Packet(RadiusCode.CoaRequest, lines));

        public void Dispose() => _socket.Dispose();
    }

    private static readonly (RadiusCode, ErrorCause?) ChangeAck = (RadiusCode.CoaAck, null),
        DisconnectAck = (RadiusCode.DisconnectAck, null);
    private static (RadiusCode, ErrorCause?) Nak(ErrorCause cause) => (RadiusCode.CoaNak, cause);
    private static (RadiusCode, ErrorCause?) DisconnectNak(ErrorCause cause) => (RadiusCode.DisconnectNak, cause);

    [Fact]
    public async Task A_disconnect_ends_its_session_and_no_other_and_is_answered_when_the_session_has_ended()
    {
        using var radius = new TestRadius();
        await using var node = Node(radius);
        using var lac = new TestLac(node.EndPoint);
        var (first, other) = (await Up(node, lac, "demo"), await Up(node, lac, "demo2"));
        using var client = new Client(node);
        Assert.Equal(DisconnectAck, client.Disconnect("User-Name = demo", "Reply-Message = \"not paid\"", "NAS-Identifier = lns.test"));
        Assert.Empty(node.Node.Find("demo")); // it has ended when the ACK comes
        await first.Over;
        var stop = await Stop(radius, "demo");
        Assert.Equal((uint)AcctTerminateCauseValue.AdminReset, stop.Number(RadiusAttributeType.AcctTerminateCause));
        Assert.Contains("Disconnect-Request of at 127.0.0.1/32 (127.0.0.1): not paid",
            stop.Text(RadiusVendor.Mpd, MpdAttributeType.TermCause), StringComparison.Ordinal);
        await Wait.Until(() => node.Node.Disconnects.Latest().Length == 1, node.Log.ToString);
        var record = Assert.Single(node.Node.Disconnects.Latest());
        Assert.Equal((EndParty.Radius, EndCause.AdministrativeReset, "demo"), (record.Why.By, record.Why.Cause, record.User));
        Assert.Contains("not paid", record.Why.Text, StringComparison.Ordinal);
        Assert.True(node.Log.Has("dynamic authorization disconnect", "at 127.0.0.1/32", "sessions 1,", "'demo'", "not paid"));
        Assert.False(other.IsOver);
        Assert.Equal(DisconnectNak(ErrorCause.SessionContextNotFound), client.Disconnect("User-Name = demo"));
        var counters = node.Node.Counters.DynamicAuthorization;
        Assert.Equal((1, 1, 1),
            (counters.Acknowledged(disconnect: true), counters.Refused(disconnect: true, ErrorCause.SessionContextNotFound),
            counters.SessionsEnded));
        lac.Close();
        await node.AllGone();
    }

    private static async Task<RadiusRequest> Stop(TestRadius radius, string user)
    {
        RadiusRequest? stop = null;
        await Wait.Until(() => (stop = radius.Records("Stop").FirstOrDefault(r => r.User == user)) is not null, radius.ToString);
        return stop!;
    }

    [Fact]
    public async Task A_disconnect_ends_all_sessions_that_match()
    {
        await using var node = Node();
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        await Up(node, lac, "demo2");
        using var client = new Client(node);
        Assert.Equal(DisconnectAck, client.Disconnect("Called-Station-Id = called"));
        Assert.Empty(node.Node.Find());
        Assert.Equal(2, node.Node.Counters.DynamicAuthorization.SessionsEnded);
        await node.AllGone();
    }

    [Fact]
    public async Task Each_name_of_a_session_finds_it_and_each_attribute_must_match()
    {
        await using var node = Node();
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        await Up(node, lac, "demo2");
        using var client = new Client(node);
        var call = Entry(node, "demo");
        var (port, name) = (PortName.Number(call.Path.TunnelId, call.Path.SessionId), PortName.Of(call.Path.TunnelId, call.Path.SessionId));
        var seconds = 1000;
        foreach (var selector in (string[])["User-Name = demo", $"Acct-Session-Id = {call.Id}", $"Acct-Multi-Session-Id = {call.Id}",
            $"Framed-IP-Address = {call.Address}",
            $"Calling-Station-Id = {call.Calling}", $"NAS-Port = {port}", $"NAS-Port-Id = {name}", $"mpd-link = {name}",
                $"mpd-bundle = {name}"])
        {
            Assert.Equal(ChangeAck, client.Change(selector, $"Session-Timeout = {++seconds}"));
            Assert.Equal(TimeSpan.FromSeconds(seconds), (await Bundle(node, "demo")).SessionLimit);
        }
        Assert.Null((await Bundle(node, "demo2")).SessionLimit);
        Assert.Equal(Nak(ErrorCause.SessionContextNotFound),
            client.Change("User-Name = demo", $"Framed-IP-Address = {Entry(node, "demo2").Address}", "Session-Timeout = 1"));
        Assert.Equal(Nak(ErrorCause.SessionContextNotFound),
            client.Change($"Acct-Session-Id = {call.Id}", "User-Name = demo2", "Session-Timeout = 1"));
        Assert.Equal(Nak(ErrorCause.MultipleSessionSelectionUnsupported),
            client.Change("Called-Station-Id = called", "Session-Timeout = 1"));
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await Bundle(node, "demo")).SessionLimit);
    }

    [Fact]
    public async Task A_change_is_seen_in_the_session_and_class_in_all_accounting_that_follows()
    {
        using var radius = new TestRadius
        {
            OnLogin = static r =>
            r.Judge(static (ref RadiusPacketWriter w) => w.Octets(RadiusAttributeType.Class, "old"u8))
        };
        await using var node = Node(radius, node: static s => s with { Users = [] });
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        using var client = new Client(node);
        Assert.Equal(ChangeAck,
            client.Change("User-Name = demo", "Session-Timeout = 3600", "Idle-Timeout = 600", "Acct-Interim-Interval = 300",
            "Class = \"new\"", "Filter-Id = gold",
            "mpd-limit = \"in#1#fast=all shape 8000000\""));
        var bundle = await Bundle(node, "demo");
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromMinutes(10)), (bundle.SessionLimit, bundle.IdleLimit));
        Assert.InRange(bundle.SessionEndsIn!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        Assert.InRange(bundle.NextInterimIn!.Value, TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(300));
        Assert.Equal(["gold"], bundle.Profile.FilterIds.ToArray());
        Assert.Equal(["in#1#fast=all shape 8000000"], bundle.Profile.MpdLimits.ToArray());
        Assert.True(node.Log.Has("dynamic authorization change", "'demo'",
            "Session-Timeout = 3600, Idle-Timeout = 600, Acct-Interim-Interval = 300, Class = 0x6e6577, Filter-Id = gold"));
        await Wait.Until(() => radius.Records("Interim").Count == 1, radius.ToString);
        Assert.Equal(("old", "new"), (Class(Assert.Single(radius.Records("Start"))), Class(Assert.Single(radius.Records("Interim")))));
        Assert.Equal(DisconnectAck, client.Disconnect("User-Name = demo"));
        Assert.Equal("new", Class(await Stop(radius, "demo")));

        static string Class(RadiusRequest r) => r.Text(RadiusAttributeType.Class);
    }

    [Fact]
    public async Task Changed_timeouts_begin_anew_and_end_the_session()
    {
        await using var node = Node();
        using var lac = new TestLac(node.EndPoint);
        var (session, idle) = (await Up(node, lac, "demo"), await Up(node, lac, "demo2"));
        using var client = new Client(node);
        Assert.Equal(ChangeAck, client.Change("User-Name = demo", "Session-Timeout = 7200"));
        Assert.Equal(ChangeAck, client.Change("User-Name = demo", "Session-Timeout = 1"));
        await session.Over;
        await node.Log.Line("user off", "'demo'", "session timeout");
        Assert.False(idle.IsOver);
        Assert.Equal(ChangeAck, client.Change("User-Name = demo2", "Idle-Timeout = 1"));
        await idle.Over;
        await node.Log.Line("user off", "'demo2'", "idle timeout");
        await node.AllGone();
    }

    [Fact]
    public async Task A_refused_change_changes_nothing()
    {
        await using var node = Node();
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        using var client = new Client(node);
        Assert.Equal(Nak(ErrorCause.UnsupportedAttribute), client.Change("User-Name = demo", "Session-Timeout = 60", "Framed-MTU = 1400"));
        Assert.Equal(Nak(ErrorCause.InvalidAttributeValue),
            client.Change("User-Name = demo", "Session-Timeout = 60", "Acct-Interim-Interval = 5"));
        Assert.Equal(Nak(ErrorCause.UnsupportedService), client.Change("User-Name = demo", "Service-Type = Authorize-Only"));
        Assert.Equal(Nak(ErrorCause.NasIdentificationMismatch),
            client.Change("User-Name = demo", "Session-Timeout = 60", "NAS-IP-Address = 192.0.2.1"));
        Assert.Equal(ChangeAck, client.Change("User-Name = demo", "Filter-Id = a", "NAS-IP-Address = 127.0.0.1"));
        Assert.Equal(DisconnectNak(ErrorCause.UnsupportedAttribute), client.Disconnect("User-Name = demo", "Session-Timeout = 60"));
        Assert.Equal(DisconnectNak(ErrorCause.MissingAttribute), client.Disconnect("Reply-Message = bye"));
        Assert.Null((await Bundle(node, "demo")).SessionLimit);
        Assert.True(node.Log.Has("dynamic authorization refused", "CoA-Request", "Unsupported-Attribute", "Framed-MTU"));
        Assert.Single(node.Node.Find("demo"));
    }

    [Fact]
    public async Task A_request_without_proof_gets_no_answer_and_is_counted()
    {
        await using var node = Node(change: static s =>
            s with
            {
                Clients = [At("127.0.0.0/30"), At("127.0.0.2/32", "another " + TestNode.Secret),
            At("127.0.0.3/32", mustSign: true)]
            });
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        using Client known = new(node), second = new(node, "127.0.0.2"), third = new(node, "127.0.0.3"), stranger = new(node, "127.0.0.9");
        string[] lines = ["User-Name = demo"];
        var counters = node.Node.Counters.DynamicAuthorization;
        stranger.Send(stranger.Packet(RadiusCode.DisconnectRequest, lines));
        known.Send(known.Packet(RadiusCode.DisconnectRequest, lines, secret: "wrong"));
        second.Send(second.Packet(RadiusCode.DisconnectRequest, lines)); // its own secret counts, not that of the larger network
        third.Send(third.Packet(RadiusCode.DisconnectRequest, lines, signed: false));
        known.Send(known.Packet(RadiusCode.AccountingRequest, lines));
        known.Send([1, 2, 3]);
        await Wait.Until(() =>
            (counters.Dropped(DynamicAuthorizationDrop.UnknownClient), counters.Dropped(RadiusError.BadRequestAuthenticator),
            counters.Dropped(RadiusError.MissingMessageAuthenticator),
            counters.Dropped(DynamicAuthorizationDrop.OtherCode), counters.Dropped(RadiusError.Truncated)) == (1, 2, 1, 1, 1),
                node.Log.ToString);
        Assert.Equal(DisconnectNak(ErrorCause.SessionContextNotFound), third.Disconnect("User-Name = unknown"));
        Assert.True(known.HasNothing && second.HasNothing && stranger.HasNothing);
        Assert.Single(node.Node.Find("demo"));
        Assert.True(node.Log.Has("dynamic authorization dropped", "127.0.0.9", "not a configured client"));
        Assert.Equal(1, node.Log.Count("dynamic authorization dropped: source at 127.0.0.0/30")); // of three: one line a minute
        Assert.DoesNotContain(node.Log.Lines, static l => l.Contains(TestNode.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_retransmission_gets_the_same_octets_and_a_replay_nothing_and_neither_is_executed()
    {
        var clock = new JumpingClock();
        await using var node = Node(clock: clock);
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        using Client client = new(node), thief = new(node);
        var counters = node.Node.Counters.DynamicAuthorization;
        string[] lines = ["User-Name = demo", $"Event-Timestamp = {clock.GetUtcNow().ToUnixTimeSeconds()}", "Proxy-State = 0x0102"];
        var packet = client.Packet(RadiusCode.DisconnectRequest, lines);
        client.Send(packet);
        var answer = client.Receive();
        Assert.Equal(DisconnectAck, Client.Read(packet, answer));
        await Up(node, lac, "demo"); // the user is up again, and an old request must not end its session
        client.Send(packet);
        Assert.Equal(answer, client.Receive());
        thief.Send(packet);
        await Wait.Until(() => counters.Dropped(DynamicAuthorizationDrop.Replayed) == 1, node.Log.ToString);
        clock.Jump(TimeSpan.FromSeconds(302));
        thief.Send(packet);
        await Wait.Until(() => counters.Dropped(DynamicAuthorizationDrop.Stale) == 1, node.Log.ToString);
        client.Send(client.Packet(RadiusCode.DisconnectRequest,
            ["User-Name = demo", $"Event-Timestamp = {clock.GetUtcNow().AddSeconds(400).ToUnixTimeSeconds()}"]));
        await Wait.Until(() => counters.Dropped(DynamicAuthorizationDrop.Stale) == 2, node.Log.ToString);
        Assert.Single(node.Node.Find("demo"));
        Assert.Equal((1, 1, 1), (counters.Acknowledged(disconnect: true), counters.AnsweredAgain, counters.SessionsEnded));
        Assert.True(client.HasNothing && thief.HasNothing);
    }

    [Fact]
    public async Task A_request_without_a_timestamp_is_dropped_where_one_is_required()
    {
        await using var node = Node(change: static s => s with { RequireEventTimestamp = true, Remember = 2 });
        using var client = new Client(node);
        var stamp = $"Event-Timestamp = {TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}";
        client.Send(client.Packet(RadiusCode.DisconnectRequest, ["User-Name = demo"]));
        await Wait.Until(() =>
            node.Node.Counters.DynamicAuthorization.Dropped(DynamicAuthorizationDrop.NoTimestamp) == 1, node.Log.ToString);
        for (var i = 0; i < 2; i++)
            Assert.Equal(DisconnectNak(ErrorCause.SessionContextNotFound), client.Disconnect("User-Name = demo", stamp));
        // as many are remembered as may be
        Assert.Equal(DisconnectNak(ErrorCause.ResourcesUnavailable), client.Disconnect("User-Name = demo", stamp));
    }

    [Fact]
    public async Task A_session_that_does_not_end_is_a_nak_and_retransmissions_wait_for_it()
    {
        await using var node = Node();
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        var bundle = Entry(node, "demo").Bundle!;
        Lab.Actors.Hold(bundle);
        using var client = new Client(node);
        var packet = client.Packet(RadiusCode.DisconnectRequest, ["User-Name = demo"]);
        client.Send(packet);
        await node.Log.Line("dynamic authorization disconnect", "sessions 1,");
        client.Send(packet);
        await Wait.Until(() => node.Node.Counters.DynamicAuthorization.Dropped(DynamicAuthorizationDrop.UnderWay) == 1, node.Log.ToString);
        Assert.Equal(DisconnectNak(ErrorCause.SessionContextNotRemovable), Client.Read(packet, client.Receive())); // after five seconds
        Lab.Actors.Go(bundle);
        await node.AllGone();
    }

    [Fact]
    public async Task A_user_is_found_by_the_name_without_realm_where_it_is_stripped()
    {
        await using var node = Node(node: static s => s with
        {
            Users = TestNode.Users("demo@strip.test", "demo@keep.test"),
            Realms = new RealmTable<RealmSettings>([KeyValuePair.Create("strip.test",
                new RealmSettings { Name = "strip.test", Strip = true }), KeyValuePair.Create("*", new RealmSettings { Name = "*" })]),
        });
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo@strip.test");
        await Up(node, lac, "demo@keep.test");
        using var client = new Client(node);
        Assert.Equal(ChangeAck, client.Change("User-Name = demo", "Session-Timeout = 60"));
        Assert.Equal(TimeSpan.FromMinutes(1), (await Bundle(node, "demo@strip.test")).SessionLimit);
        Assert.Equal(ChangeAck, client.Change("User-Name = demo@keep.test", "Session-Timeout = 120"));
        Assert.Equal(TimeSpan.FromMinutes(2), (await Bundle(node, "demo@keep.test")).SessionLimit);
    }

    [Fact]
    public async Task Without_clients_nothing_listens_and_an_address_in_use_stops_the_start()
    {
        await using var quiet = new TestNode();
        Assert.Null(quiet.Node.DynamicAuthorization);
        await using var node = Node();
        var wrong = Assert.Throws<DynamicAuthorizationStartException>(() =>
            Node(change: s => s with { Listen = node.Node.DynamicAuthorization! }));
        Assert.Contains("lns.radius.dynamic-authorization.listen", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_at_which_the_actor_fails_is_lost_and_the_next_is_served()
    {
        await using var node = Node();
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        using var client = new Client(node);
        node.Log.Fails = static line => line.Contains("Session-Context-Not-Found", StringComparison.Ordinal);
        var packet = client.Packet(RadiusCode.DisconnectRequest, ["User-Name = unknown"]);
        client.Send(packet);
        await node.Log.Line("message lost", "dynamic-authorization");
        node.Log.Fails = null;
        Assert.Equal(DisconnectAck, client.Disconnect("User-Name = demo"));
    }

    [Fact]
    public async Task A_flood_of_proved_requests_fills_no_mailbox_and_delays_no_call()
    {
        await using var node = Node();
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        using var client = new Client(node);
        var counters = node.Node.Counters.DynamicAuthorization;
        var actor = await node.Actor("dynamic-authorization");
        Lab.Actors.Hold(actor);
        var packet = client.Packet(RadiusCode.DisconnectRequest, ["User-Name = unknown"]);
        while (counters.Dropped(DynamicAuthorizationDrop.Busy) == 0)
        {
            for (var i = 0; i < 100; i++) client.Send(packet);
            await Task.Yield();
        }
        await Up(node, lac, "demo2");
        Lab.Actors.Go(actor);
        // the first one was judged, all others were its retransmissions
        await Wait.Until(() => counters.AnsweredAgain >= 999, node.Log.ToString);
        Assert.Equal(1, counters.Refused(disconnect: true, ErrorCause.SessionContextNotFound));
        using var other = new Client(node);
        Assert.Equal(DisconnectAck, other.Disconnect("User-Name = demo"));
    }

    [Fact]
    public async Task Nothing_is_left_of_requests_that_were_answered()
    {
        await using var site = await Site.Open(static s => s with
        {
            Radius = s.Radius with
            {
                DynamicAuthorization = new DynamicAuthorizationSettings
                {
                    Listen = new IPEndPoint(IPAddress.Loopback,
                0), Clients = [At("127.0.0.1/32")], Remember = 100
                }
            },
        });
        using var client = new Client(site.Node);
        var before = await Leaks.Of(site.Node);
        for (var i = 0; i < 5; i++)
        {
            var call = site.Lac.Dial(Site.Victim);
            await call.Up;
            await Wait.Until(() => site.Node.Node.Find(Site.Victim).Count == 1, site.Node.Log.ToString);
            Assert.Equal(ChangeAck, client.Change($"User-Name = {Site.Victim}", "Session-Timeout = 3600"));
            Assert.Equal(DisconnectAck, client.Disconnect($"User-Name = {Site.Victim}"));
            await call.Over;
        }
        // a request is remembered for retransmissions for half a minute
        await before.None(site.Node, except: "._guard");
        await site.NeighbourLives();
        await site.AccountingIsComplete(up: 1);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1", "127.0.0.2")]
    [InlineData("0.0.0.0", "127.0.0.1", "127.0.0.3")]
    [InlineData("::", "127.0.0.1", "127.0.0.2")]
    [InlineData("::", "::1", "::1")]
    [InlineData("127.0.0.4", "127.0.0.1", "127.0.0.4")]
    public async Task An_answer_leaves_from_the_destination_of_its_request_which_is_an_address_of_the_node(string listen, string from,
        string to)
    {
        await using var node = Node(change: s => s with
        {
            Listen = new IPEndPoint(IPAddress.Parse(listen), 0),
            Clients = [At("127.0.0.1/32"), At("::1/128")],
        });
        using var client = new Client(node, from, to);
        var address = to.Contains(':', StringComparison.Ordinal) ? $"NAS-IPv6-Address = {to}" : $"NAS-IP-Address = {to}";
        // no session is found, so the address is no reason to refuse it
        Assert.Equal(DisconnectNak(ErrorCause.SessionContextNotFound), client.Disconnect("User-Name = unknown", address));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(to), node.Node.DynamicAuthorization!.Port), client.AnsweredFrom);
        Assert.Equal(DisconnectNak(ErrorCause.NasIdentificationMismatch),
            client.Disconnect("User-Name = unknown", "NAS-IP-Address = 192.0.2.1"));
    }

    [Fact]
    public async Task The_address_that_radius_packets_leave_from_is_an_address_of_the_node()
    {
        using var radius = new TestRadius();
        await using var node = Node(radius, change: static s => s with { Listen = new IPEndPoint(IPAddress.Parse("127.0.0.4"), 0) },
            node: static s => s with { Group = s.Group with { NasIpAddress = null } });
        using var client = new Client(node);
        // the system sends to 127.0.0.1 from 127.0.0.1
        Assert.Equal(DisconnectNak(ErrorCause.SessionContextNotFound),
            client.Disconnect("User-Name = unknown", "NAS-IP-Address = 127.0.0.1"));
        Assert.Equal(DisconnectNak(ErrorCause.NasIdentificationMismatch),
            client.Disconnect("User-Name = unknown", "NAS-IP-Address = 127.0.0.9"));
        await node.Log.Line("dynamic authorization refused", "no session matches User-Name 'unknown'");
    }

    [Theory]
    [InlineData(false, "new")]
    [InlineData(true, "old")]
    public async Task The_first_class_stays_in_accounting_if_so_set(bool keeps, string expected)
    {
        using var radius = new TestRadius
        {
            OnLogin = static r => r.Judge(static (ref RadiusPacketWriter w) => w.Octets(RadiusAttributeType.Class, "old"u8)),
        };
        await using var node = Node(radius, node: s => s with
        {
            Users = [],
            Radius = s.Radius with { Accounting = s.Radius.Accounting with { KeepFirstClass = keeps } },
        });
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        using var client = new Client(node);
        Assert.Equal(ChangeAck, client.Change("User-Name = demo", "Class = \"new\"", "Acct-Interim-Interval = 300", "Filter-Id = gold"));
        await Wait.Until(() => radius.Records("Interim").Count == 1, radius.ToString);
        Assert.Equal(("old", expected), (Class(Assert.Single(radius.Records("Start"))), Class(Assert.Single(radius.Records("Interim")))));
        Assert.Equal(DisconnectAck, client.Disconnect("User-Name = demo"));
        Assert.Equal(expected, Class(await Stop(radius, "demo")));
        // the class that the session has is the new one
        Assert.True(node.Log.Has("dynamic authorization change", "'demo'", "Class = 0x6e6577"));

        static string Class(RadiusRequest r) => r.Text(RadiusAttributeType.Class);
    }

    [Fact]
    public async Task An_empty_attribute_is_ignored_and_counted()
    {
        await using var node = Node();
        using var lac = new TestLac(node.EndPoint);
        await Up(node, lac, "demo");
        using var client = new Client(node);
        var buffer = new byte[RadiusPacketView.MaxLength];
        var writer = RadiusPacketWriter.SignedRequest(buffer, RadiusCode.CoaRequest, 77);
        writer.Attributes([RadiusAttributeType.UserName, 6, .. "demo"u8, RadiusAttributeType.SessionTimeout, 6, 0, 0, 7, 8,
            RadiusAttributeType.Class, 2]);
        Assert.Equal(ChangeAck, client.Ask(buffer[..writer.Finish(Secret)]));
        Assert.Equal(1, node.Node.Counters.DynamicAuthorization.EmptyAttributes);
        Assert.Equal(TimeSpan.FromSeconds(0x708), (await Bundle(node, "demo")).SessionLimit);
    }

    [Theory]
    [InlineData(AuthMethod.Pap)]
    [InlineData(AuthMethod.ChapMd5)]
    public async Task A_name_that_is_no_utf8_keeps_its_octets_in_each_packet_and_finds_its_session(AuthMethod method)
    {
        byte[] octets = [0x6D, 0xFC, 0x6C, 0x6C, 0x65, 0x72];
        var name = PeerText.Decode(octets);
        using var radius = new TestRadius();
        await using var node = Node(radius, node: static s => s with { Users = [] });
        using var lac = new TestLac(node.EndPoint);
        using var client = new Client(node);
        var call = lac.Dial(name, method: method);
        await call.Up;
        await Wait.Until(() => node.Node.Find(name).Count == 1, node.Log.ToString);
        Assert.Empty(node.Node.Find(PeerText.Decode([0x6D, 0xFD, 0x6C, 0x6C, 0x65, 0x72])));
        var buffer = new byte[RadiusPacketView.MaxLength];
        var disconnect = RadiusPacketWriter.SignedRequest(buffer, RadiusCode.DisconnectRequest, 78);
        disconnect.Octets(RadiusAttributeType.UserName, octets);
        Assert.Equal(DisconnectAck, client.Ask(buffer[..disconnect.Finish(Secret)]));
        await Wait.Until(() => radius.Records("Stop").Count == 1, radius.ToString);
        foreach (var request in radius.Requests)
        {
            if (request.Kind is "On" or "Off") continue;
            Assert.True(request.View.TryFind(RadiusAttributeType.UserName, out var sent));
            Assert.Equal(Convert.ToHexString(octets), Convert.ToHexString(sent.Value));
        }
        Assert.Equal((1, 1), (radius.Logins.Count, radius.Records("Start").Count));
        await Wait.Until(() => node.Node.Disconnects.Latest().Length > 0, node.Log.ToString); // the session ends after its accounting
        Assert.Equal(name, Assert.Single(node.Node.Disconnects.Latest()).User);
    }

    [Fact]
    public async Task A_name_with_a_zero_octet_keeps_it()
    {
        using var radius = new TestRadius();
        await using var node = Node(radius, node: static s => s with { Users = [] });
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("de\0mo\0", method: AuthMethod.Pap).Up;
        await Wait.Until(() => radius.Records("Start").Count == 1, radius.ToString);
        Assert.Equal(("de\0mo\0", "de\0mo\0"), (Assert.Single(radius.Logins).User, Assert.Single(radius.Records("Start")).User));
        Assert.Single(node.Node.Find("de\0mo\0"));
    }

    [Fact]
    public async Task A_name_without_octets_is_no_attribute_of_the_request()
    {
        using var radius = new TestRadius();
        await using var node = Node(radius, node: static s => s with { Users = [] });
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("", method: AuthMethod.Pap);
        await Wait.Until(() => radius.Logins.Count == 1, () => $"{radius}\n{node.Log}");
        Assert.False(Assert.Single(radius.Logins).Has(RadiusAttributeType.UserName));
        await call.Up;
    }
}
