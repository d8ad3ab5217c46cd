using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Tests;

/// <summary>Protection of RADIUS servers: the requests that servers get, and the requests that wait.</summary>
public class RadiusTests
{
    private static TestNode Node(TestRadius radius, Func<RadiusSettings, RadiusSettings>? change = null, Func<RadiusServerSettings,
        RadiusServerSettings>? server = null) => new(s =>
    {
        var settings = radius.Settings() with { Servers = [server is null ? radius.Server() : server(radius.Server())] };
        return s with
        {
            Radius = change is null ? settings : change(settings),
            Pools = ImmutableDictionary<string, AddressPoolSettings>.Empty.Add("p",
                new AddressPoolSettings("p", [new AddressRange(Ipv4Address.Parse("100.64.0.2"), Ipv4Address.Parse("100.64.3.254"))], [])),
        };
    });

    private static RadiusSettings WithoutAccounting(RadiusSettings s) => s with { Accounting = new AccountingSettings { Enabled = false } };

    private static int Refused(TestNode node, string why) =>
        node.Log.Lines.Count(l => l.Contains("login refused", StringComparison.Ordinal) && l.Contains(why, StringComparison.Ordinal));

    private static async Task Later(RadiusRequest request, ConcurrentQueue<int> seen, int[] outstanding)
    {
        seen.Enqueue(Interlocked.Increment(ref outstanding[0]));
        await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        Interlocked.Decrement(ref outstanding[0]); // before the answer, which brings the next request
        request.Judge();
    }

    [Fact]
    public async Task The_server_never_sees_more_requests_than_there_are_workers()
    {
        using var radius = new TestRadius();
        ConcurrentQueue<int> seen = new();
        int[] outstanding = [0];
        radius.OnLogin = r => _ = Later(r, seen, outstanding);
        await using var node = Node(radius, static s => WithoutAccounting(s) with { Workers = 8 });
        using var lac = new TestLac(node.EndPoint);
        var calls = Enumerable.Range(0, 200).Select(i => lac.Dial($"u{i}")).ToArray();
        await Task.WhenAll(calls.Select(static c => c.Up));
        Assert.Equal(8, seen.Max());
        Assert.Equal(200, radius.Logins.Count);
        await Wait.Until(() =>
            node.Node.Radius is { Outstanding: 0, MaxOutstanding: 8, Authentication: { Waiting: 0, Refused: 0, Expired: 0 } }, () =>
            node.Node.Radius.ToString());
        var server = Assert.Single(node.Node.Radius.Servers, static s => !s.IsAccounting);
        Assert.Equal((ServerStanding.Up, 0, 8, 200L, 0L, 0L),
            (server.Standing, server.Outstanding, server.MaxOutstanding, server.Answers, server.Timeouts, server.Retries));
        Assert.Equal(200, server.Latency.Sum());
        Assert.Equal(0, server.Latency.Take(6).Sum()); // none within 50 ms
        lac.Close();
        await node.AllGone();
    }

    [Fact]
    public async Task A_login_that_is_never_answered_delays_no_other_login()
    {
        using var radius = new TestRadius { OnLogin = static r => { if (r.User != "slow") r.Judge(); } };
        // half of them serve only LACs with accepted logins
        await using var node = Node(radius, static s => WithoutAccounting(s) with { Workers = 4 });
        using var lac = new TestLac(node.EndPoint);
        var slow = lac.Dial("slow");
        await Wait.Until(() => radius.Logins.Count == 1, radius.ToString);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => lac.Dial($"u{i}").Up));
        Assert.False(slow.IsOver);
        await Wait.Until(() => node.Node.Radius.Outstanding == 1, () => node.Node.Radius.ToString());
        Assert.Equal(1, radius.Logins.Count(static r => r.User == "slow"));
    }

    [Fact]
    public async Task A_line_that_fails_again_and_again_is_refused_without_a_request_until_its_pause_is_over()
    {
        var isRight = false;
        using var radius = new TestRadius
        {
            OnLogin = r => r.Answer(Volatile.Read(ref isRight) ? RadiusCode.AccessAccept : RadiusCode.AccessReject),
        };
        var clock = new JumpingClock();
        await using var node = new TestNode(s => s with
        {
            Users = s.Users.Clear(),
            Radius = WithoutAccounting(radius.Settings()) with
            {
                FailedLogins = new RadiusFailedLoginsSettings { After = 2, RejectDelay = TimeSpan.Zero },
            },
        }, clock);
        using var lac = new TestLac(node.EndPoint);
        for (var i = 0; i < 5; i++) await lac.Dial("demo", calling: "line-1").Over;
        Assert.Equal(2, radius.Logins.Count);
        Assert.Equal(5, node.Node.Counters.LoginsRefused);
        Assert.True(node.Log.Has("login refused: user 'demo'", "2 logins failed in a row, the next one is checked in 2 s"),
            node.Log.ToString());
        clock.Jump(TimeSpan.FromSeconds(2));
        Volatile.Write(ref isRight, true);
        await lac.Dial("demo", calling: "line-1").Up;
        Assert.Equal(3, radius.Logins.Count);
        await Wait.Until(() => node.Node.Radius.Refusals.Failing == 3, () => node.Node.Radius.ToString());
    }

    [Fact]
    public async Task A_login_that_waits_past_its_deadline_is_never_sent()
    {
        using var radius = new TestRadius { OnAccounting = static _ => { } };
        await using var node = Node(radius, static s => s with { Workers = 1, LoginTimeout = TimeSpan.FromMilliseconds(300) });
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Up; // a local user: its Start, or Accounting-On, has the only worker for 20 s
        await Wait.Until(() => node.Node.Radius.StartStop.Outstanding == 1, () => node.Node.Radius.ToString());
        var late = Enumerable.Range(0, 3).Select(i => lac.Dial($"late{i}")).ToArray();
        foreach (var call in late) Assert.Equal(EndCause.AuthenticationFailed, (await call.LinkClosing).Cause);
        Assert.Empty(radius.Logins);
        Assert.Equal(3, Refused(node, "deadline passed in the queue for RADIUS workers"));
        await Wait.Until(() => node.Node.Radius is { OldestLogin: null, Authentication: { Waiting: 0, Expired: 3 } }, () =>
            node.Node.Radius.ToString());
    }

    [Fact]
    public async Task The_age_of_the_oldest_login_is_published()
    {
        using var radius = new TestRadius { OnLogin = static _ => { } };
        await using var node = Node(radius, static s => WithoutAccounting(s) with { Workers = 1 });
        using var lac = new TestLac(node.EndPoint);
        Assert.Null(node.Node.Radius.OldestLogin);
        _ = lac.Dial("first");
        _ = lac.Dial("second");
        await Wait.Until(() => node.Node.Radius is { OldestLogin: not null, Authentication.Waiting: 1 }, () => node.Node.Radius.ToString());
    }

    [Fact]
    public async Task A_full_class_refuses_at_once_and_other_classes_do_not()
    {
        using var radius = new TestRadius { OnAccounting = static _ => { }, OnLogin = static _ => { } };
        await using var node = Node(radius, static s => s with
        {
            Workers = 1,
            Backlog = new RadiusBacklogSettings { Authentication = 1, StartStop = 2, Interim = 1 },
            Accounting = new AccountingSettings { OnOff = AccountingOnOff.Off },
        });
        using var inbox = Inbox.Create(node.System);
        await Wait.Until(() => node.Node.Radius.Workers == 1, static () => "the router is there");
        var router = await node.System.ActorSelection("/user/lns/radius").ResolveOne(TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
        Ask(AccountingKind.Start, "worker");
        await Wait.Until(() => radius.Records("Start").Count == 1, radius.ToString);
        foreach (var session in new[] { "i1", "i2", "i3" }) Ask(AccountingKind.Interim, session);
        foreach (var session in new[] { "s1", "s2", "s3" }) Ask(AccountingKind.Stop, session);
        List<string> refused = [];
        for (var i = 0; i < 3; i++)
        {
            var answer = Assert.IsType<AccountingAnswered>(await inbox.ReceiveAsync(TimeSpan.FromSeconds(30)));
            Assert.EndsWith("wait for RADIUS", answer.Failure, StringComparison.Ordinal);
            refused.Add(answer.Session);
        }
        Assert.Equal(["i2", "i3", "s3"], refused);
        using var lac = new TestLac(node.EndPoint);
        var calls = new[] { lac.Dial("a"), lac.Dial("b") };
        Assert.Equal(EndCause.AuthenticationFailed, (await (await Task.WhenAny(calls.Select(static c => c.LinkClosing)))).Cause);
        await node.Log.Line("login refused", "authentication unavailable", "queue full: 1 logins wait for RADIUS");
        await Wait.Until(() =>
            node.Node.Radius is
            {
                Authentication: { Waiting: 1, Refused: 1 }, StartStop: { Waiting: 2, Refused: 1 },
                Interim: { Waiting: 1, Refused: 2 }
            },
            () => node.Node.Radius.ToString());

        void Ask(AccountingKind kind, string session) => router.Tell(new AccountingAsked(
            AccountingRecord.OfNode(kind, session, new NasPort("lns", null, null, 0, "", "", "", "", "", "", null),
                DateTimeOffset.UnixEpoch),
            TestLac.Now + TimeSpan.FromHours(1), inbox.Receiver));
    }

    [Fact]
    public async Task A_server_gets_no_more_than_its_rate()
    {
        using var radius = new TestRadius();
        ConcurrentQueue<Instant> came = new();
        radius.OnLogin = r =>
        {
            came.Enqueue(TestLac.Now);
            r.Judge();
        };
        var begin = TestLac.Now;
        await using var node = Node(radius, WithoutAccounting, static s => s with { RequestsPerSecond = 40, Burst = 3 });
        using var lac = new TestLac(node.EndPoint);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => lac.Dial($"u{i}").Up));
        var at = came.ToArray();
        Assert.Equal(20, at.Length);
        for (var i = 0; i < at.Length; i++)
            Assert.True(i + 1 <= 3 + (40 * (at[i] - begin).TotalSeconds) + 1e-3, $"request {i + 1} after {at[i] - begin}");
    }

    [Fact]
    public async Task A_server_without_a_token_is_passed_over()
    {
        using var paced = new TestRadius();
        using var other = new TestRadius();
        await using var node = Node(paced, s => WithoutAccounting(s) with
        {
            Servers = [paced.Server("paced") with { RequestsPerSecond = 0.1, Burst = 2 }, other.Server("other") with { Priority = 2 }],
        });
        using var lac = new TestLac(node.EndPoint);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => lac.Dial($"u{i}").Up));
        Assert.InRange(paced.Logins.Count, 2, 12);
        Assert.Equal(12, paced.Logins.Count + other.Logins.Count);
        Assert.NotEmpty(other.Logins);
    }

    [Fact]
    public async Task Without_a_living_server_logins_fail_at_once_and_an_answered_probe_revives_it()
    {
        RadiusRequest? probe = null;
        using var radius = new TestRadius { OnLogin = static _ => { }, OnProbe = r => Volatile.Write(ref probe, r) };
        await using var node = Node(radius, WithoutAccounting, static s =>
            s with { Timeout = TimeSpan.FromMilliseconds(100), DeadAfter = 1, DeadTime = TimeSpan.FromHours(1) });
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("first").Over;
        await Wait.Until(() => !node.Node.Radius.CanAuthenticate, () => node.Node.Radius.ToString());
        Assert.Equal(ServerStanding.Dead, node.Node.Radius.Servers[0].Standing);
        var asked = radius.Logins.Count;
        Assert.Equal(EndCause.AuthenticationFailed, (await lac.Dial("second").LinkClosing).Cause);
        await node.Log.Line("login refused", "'second'", "authentication unavailable", "no RADIUS server is alive");
        Assert.Equal(asked, radius.Logins.Count);
        radius.OnLogin = static r => r.Judge();
        radius.OnProbe = static r => r.Answer(RadiusCode.AccessAccept);
        Volatile.Read(ref probe)?.Answer(RadiusCode.AccessAccept);
        await Wait.Until(() => node.Node.Radius.CanAuthenticate, () => node.Node.Radius.ToString());
        await lac.Dial("third").Up;
    }

    [Fact]
    public async Task Logins_that_wait_for_the_last_server_fail_when_it_dies()
    {
        using var radius = new TestRadius { OnLogin = static _ => { } };
        await using var node = Node(radius, static s => WithoutAccounting(s) with { Workers = 1 },
            static s => s with { Timeout = TimeSpan.FromSeconds(1), DeadAfter = 1, DeadTime = TimeSpan.FromHours(1) });
        using var lac = new TestLac(node.EndPoint);
        var calls = Enumerable.Range(0, 6).Select(i => lac.Dial($"u{i}")).ToArray();
        await Task.WhenAll(calls.Select(static c => c.Over));
        Assert.Single(radius.Logins);
        Assert.Equal(5, Refused(node, "no RADIUS server is alive"));
        await node.AllGone();
    }

    private static RealmTable<RealmSettings> Realms(params RealmSettings[] realms) =>
        new(realms.Select(static r => KeyValuePair.Create(r.Name, r)));

    [Theory]
    [InlineData("user@other.org", AuthMethod.Pap, "unknown realm")]
    [InlineData("user@other.org", AuthMethod.ChapMd5, "unknown realm")]
    [InlineData("user@other.org", AuthMethod.MsChapV2, "unknown realm")]
    [InlineData("demo", AuthMethod.Pap, "unknown realm")] // a local user, but none {} is not there
    [InlineData("user@closed.org", AuthMethod.Pap, "moved away")]
    [InlineData("CLOSED.ORG\\user", AuthMethod.MsChapV2, "moved away")]
    public async Task A_realm_that_is_not_served_costs_no_request(string user, AuthMethod method, string why)
    {
        using var radius = new TestRadius();
        await using var node = new TestNode(s => s with
        {
            Radius = WithoutAccounting(radius.Settings()),
            Realms = Realms(new() { Name = "example.net" }, new() { Name = "closed.org", Reject = "moved away" }),
        });
        using var lac = new TestLac(node.EndPoint);
        Assert.Equal(EndCause.AuthenticationFailed, (await lac.Dial(user, method: method).LinkClosing).Cause);
        await node.AllGone();
        Assert.Empty(radius.Requests);
        Assert.True(node.Log.Has("login refused", user, "authentication failed", why),
            node.Log.ToString());
        Assert.Equal((1L, 1L, 1L), (node.Node.Counters.Logins, node.Node.Counters.LoginsRefused, node.Node.Counters.RealmsRefused));
        await lac.Dial("user@Example.NET").Up;
        Assert.Equal("user@Example.NET", Assert.Single(radius.Logins).User);
    }

    [Theory]
    [InlineData("user@example.net", AuthMethod.Pap, "user", "user")]
    [InlineData("user@example.net", AuthMethod.ChapMd5, "user", "user")]
    [InlineData("user@example.net", AuthMethod.MsChapV2, "user@example.net", "user")] // the proof covers the whole name
    [InlineData("example.net\\user", AuthMethod.MsChapV2, "user", "user")]
    public async Task A_realm_has_servers_bundle_and_names_of_its_own(string user, AuthMethod method, string login, string accounted)
    {
        using var all = new TestRadius();
        using var its = new TestRadius();
        await using var node = new TestNode(s => s with
        {
            Radius = all.Settings() with
            {
                Servers = [all.Server("all"), its.Server("its") with { Priority = 2 }],
                Accounting = new AccountingSettings { OnOff = AccountingOnOff.Off }
            },
            Bundles = s.Bundles.Add("its", s.Bundles[TemplateNames.Default] with
            {
                Name = "its",
                Ipcp = s.Bundles[TemplateNames.Default].Ipcp with { LocalAddress = Ipv4Address.Parse("100.64.0.99") },
            }),
            Realms = Realms(new() { Name = "example.net", Servers = ["its"], Bundle = "its", Strip = true }, new() { Name = "*" }),
        });
        using var lac = new TestLac(node.EndPoint);
        Assert.Equal(Ipv4Address.Parse("100.64.0.99"), (await lac.Dial(user, method: method).Up).Peer);
        await Wait.Until(() => its.Records("Start").Count == 1, its.ToString);
        Assert.Equal((login, accounted), (Assert.Single(its.Logins).User, its.Records("Start")[0].User));
        Assert.Empty(all.Requests);
        Assert.Equal(Ipv4Address.Parse("100.64.0.1"), (await lac.Dial("other@example.org").Up).Peer);
        Assert.Equal("other@example.org", Assert.Single(all.Logins).User);
        Assert.Single(its.Logins);
    }

    [Fact]
    public async Task A_realm_whose_servers_are_dead_does_not_delay_others()
    {
        using var all = new TestRadius();
        using var dead = new TestRadius { OnLogin = static _ => { } };
        await using var node = new TestNode(s => s with
        {
            Radius = WithoutAccounting(all.Settings()) with
            {
                Servers = [all.Server("all"),
                dead.Server("dead") with { Priority = 2, Timeout = TimeSpan.FromMilliseconds(100), DeadAfter = 1,
                    DeadTime = TimeSpan.FromHours(1) }]
            },
            Realms = Realms(new() { Name = "example.net", Servers = ["dead"] }, new() { Name = "none", AuthBy = [AuthSource.Radius] }),
        });
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("user@example.net").Over;
        await Wait.Until(() => node.Node.Radius.Servers.Any(static s => s.Standing == ServerStanding.Dead), () =>
            node.Node.Radius.ToString());
        Assert.True(node.Node.Radius.CanAuthenticate);
        var asked = dead.Logins.Count;
        await lac.Dial("user@example.net").Over;
        Assert.True(node.Log.Has("login refused", "no RADIUS server is alive"));
        Assert.Equal(asked, dead.Logins.Count);
        await lac.Dial("demo").Up; // by RADIUS, though there is a local user of that name
        Assert.Equal("demo", Assert.Single(all.Logins).User);
    }

    /// <summary>A clock that fails a worker once, when it reads the time.</summary>
    private sealed class StumblingClock : TimeProvider
    {
        private int _stumbles;

        public void Stumble() => Volatile.Write(ref _stumbles, 1);

        public override long GetTimestamp()
        {
            if (Akka.Actor.Internal.InternalCurrentActorCellKeeper.Current?.Self.Path.Name.StartsWith("worker-",
                StringComparison.Ordinal) == true
                && Interlocked.Exchange(ref _stumbles, 0) == 1) throw new InvalidOperationException(FaultyPlane.Broken);
            return base.GetTimestamp();
        }
    }

    [Fact]
    public async Task A_worker_that_fails_after_the_answer_does_not_answer_again()
    {
        var clock = new StumblingClock();
        using var radius = new TestRadius();
        radius.OnAccounting = r =>
        {
            if (r.Kind == "Start") clock.Stumble();
            r.Answer(RadiusCode.AccountingResponse);
        };
        await using var node = new TestNode(s => s with { Radius = radius.Settings() }, clock);
        using var lac = new TestLac(node.EndPoint);
        var accounting = await node.Actor("accounting");
        var call = lac.Dial("demo");
        await call.Up;
        await node.Log.Line("radius worker", FaultyPlane.Broken);
        await Wait.Until(() => node.Node.Spool.Waiting == 0, node.Log.ToString);
        await node.Quiet();
        var backlog = await accounting.Ask<AccountingBacklog>(AskAccountingBacklog.Instance, TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (backlog.UnderWay, backlog.Waiting));
        call.HangUp();
        await Wait.Until(() => radius.Records("Stop").Count == 1 && node.Node.Radius.Outstanding == 0, radius.ToString);
        Assert.Equal(["On", "Start", "Stop"], radius.Records().Select(static r => r.Kind));
    }

    [Fact] // the server's own Class attributes take up all the room
    public async Task A_record_that_is_too_large_is_sent_without_the_last_class_and_told_once()
    {
        using var radius = new TestRadius();
        radius.OnLogin = static r => r.Judge(r.User == "demo2" ? null : static (ref RadiusPacketWriter w) =>
        {
            for (var i = 0; i < 16; i++) w.Octets(RadiusAttributeType.Class, new byte[i == 0 ? 150 : 253]);
        });
        await using var node = Node(radius, static s => s with { Workers = 1 });
        using var lac = new TestLac(node.EndPoint);
        var large = lac.Dial("large");
        await large.Up;
        await node.Log.Line("accounting record shortened: record Start", "1 of 16 Class");
        large.HangUp();
        await lac.Dial("demo2").Up;
        await Wait.Until(() => radius.Records("Start").Count == 2 && radius.Records("Stop").Count == 1
            && node.Node.Spool is { Waiting: 0, Lost: 0 }, () => $"{node.Node.Spool}\n{radius}");
        Assert.Equal(["large", "demo2"], radius.Records("Start").Select(static r => r.User));
        Assert.Equal("large", radius.Records("Stop")[0].User);
        Assert.DoesNotContain("shortened: record Stop", node.Log.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string> BadAnswers =>
        ["authenticator", "unsigned", "identifier", "truncated", "short", "code", "port", "twice", "flood"];

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task A_bad_answer_ends_no_login_and_blocks_no_worker(string kind)
    {
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var radius = new TestRadius();
        radius.OnLogin = r =>
        {
            var accept = r.Accept();
            switch (kind)
            {
                case "authenticator": r.Answer(RadiusCode.AccessReject, secret: "not the right one"); break;
                case "unsigned": r.Answer(RadiusCode.AccessReject, signed: false); break;
                case "identifier":
                    accept[1] += 100;
                    r.AnswerRaw(accept);
                    break;
                case "truncated": r.AnswerRaw(accept.AsSpan(0, accept.Length - 1)); break;
                case "short": r.AnswerRaw(accept.AsSpan(0, 7)); break;
                case "code": r.Answer(RadiusCode.AccountingResponse); break;
                case "port": r.AnswerRaw(accept, stranger); break;
                case "flood":
                    for (var i = 0; i < 500; i++) r.Answer(RadiusCode.AccessReject, secret: "not the right one");
                    break;
            }
            r.Judge(static (ref RadiusPacketWriter w) => w.Text(RadiusAttributeType.ReplyMessage, "truth"));
            if (kind == "twice") r.Judge();
        };
        await using var node = Node(radius, static s => WithoutAccounting(s) with { Workers = 1 }, static s =>
            s with { Timeout = TimeSpan.FromSeconds(1), Retries = 5 });
        using var lac = new TestLac(node.EndPoint);
        for (var i = 0; i < 3; i++) await lac.Dial($"u{i}", method: AuthMethod.Pap).Up;
        var counters = node.Node.Counters;
        Func<bool> counted = kind switch
        {
            "authenticator" => () => counters.Dropped(RadiusError.BadResponseAuthenticator) >= 3,
            "unsigned" => () => counters.Dropped(RadiusError.MissingMessageAuthenticator) >= 3,
            "identifier" => () => counters.Dropped(RadiusError.UnknownIdentifier) >= 3,
            "truncated" or "short" => () => counters.Dropped(RadiusError.Truncated) >= 3,
            "code" => () => counters.Dropped(RadiusError.UnexpectedCode) >= 3,
            "twice" => () => counters.RadiusLate + Dropped() >= 3,
            "flood" => () => counters.RadiusFlooded + counters.RadiusLate + Dropped() >= 1000,
            _ => () => counters.Dropped(RadiusError.None) == 0, // the kernel drops datagrams of other sources on a connected socket
        };
        await Wait.Until(counted, () => $"{kind} counted\n{node.Log}");
        Assert.True(node.Log.Count("radius answer dropped") <= radius.Logins.Count); // a line for each request at most
        await Wait.Until(() => node.Node.Radius is { Outstanding: 0 } r && r.Servers[0] is { Standing: ServerStanding.Up, Outstanding: 0 },
            () => node.Node.Radius.ToString());

        long Dropped() => counters.Dropped(RadiusError.UnknownIdentifier) + counters.Dropped(RadiusError.BadResponseAuthenticator);
    }
}
