using System.Collections.Concurrent;
using System.Text;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;
using Akka.LNS.Wire.Trace;

namespace Akka.LNS.Actors.Tests;

/// <summary>Traces of a running node: content, completeness, and no leak.</summary>
public class TraceTests
{
    /// <summary>Reads a trace in the background.</summary>
    private sealed class Reader : IAsyncDisposable
    {
        private readonly Trace _trace;
        private readonly ConcurrentQueue<TraceRecord> _read = new();
        private readonly Task _reading;

        public Reader(TestNode node, TraceSubject subject)
        {
            _trace = node.Node.BeginTrace(subject) ?? throw new InvalidOperationException("too many traces");
            _reading = Read();
        }

        public TraceRecord[] Records => [.. _read];
        public string[] Lines => [.. _read.Select(Line)];
        public Task Has(string part) =>
            Wait.Until(() => Lines.Any(l => l.Contains(part, StringComparison.Ordinal)), () => $"a record with {part} in\n{this}");
        public override string ToString() => string.Join('\n', Lines);

        private async Task Read()
        {
            await foreach (var record in _trace.ReadAllAsync(TestContext.Current.CancellationToken)) _read.Enqueue(record);
        }

        public async ValueTask DisposeAsync()
        {
            _trace.Dispose();
            await _reading; // the records present are read
            Assert.DoesNotContain(TestNode.Secret, ToString(), StringComparison.Ordinal);
            // each call is in order: records kept until the user is known come later than records of other calls
            var isOfMany = _trace.Subject is TraceSubject.User { Name: var name } && Glob.IsPattern(name);
            Assert.All(Records.GroupBy(r => isOfMany ? r.Session : ""), static call =>
                Assert.Equal(call.Select(static r => r.Number).Order(), call.Select(static r => r.Number)));
            Assert.All(Records, static r => Assert.Equal(0, r.LostBefore));
        }
    }

    private static string Line(TraceRecord record) => record switch
    {
        TraceRecord.Control c => $"{(c.IsSent ? "->" : "<-")}{(c.IsAgain ? " again" : "")} {L2tpText.Describe(c.Octets)}",
        TraceRecord.Ppp p => $"{(p.IsSent ? "->" : "<-")} {PppText.Describe(p.Protocol, p.Payload)}",
        TraceRecord.Radius r => $"{(r.IsSent ? "->" : "<-")} {RadiusText.Describe(r.Octets, RadiusDictionary.Default)}",
        TraceRecord.Event e => $"-- {e.Layer.ToString().ToLowerInvariant()}: {e.Text}",
        _ => $"{record}",
    };

    /// <summary>Each part is in a line behind the one that has the part before it.</summary>
    private static void InOrder(Reader trace, params string[] parts)
    {
        var lines = trace.Lines;
        var at = 0;
        foreach (var part in parts)
        {
            var found = Array.FindIndex(lines, at, l => l.Contains(part, StringComparison.Ordinal));
            Assert.True(found >= 0, $"'{part}' is not behind line {at} of\n{trace}");
            at = found + 1;
        }
    }

    /// <summary>A tunnel that is down is gone at once.</summary>
    private static LnsSettings WithoutLinger(LnsSettings settings) =>
        settings with
        {
            Tunnels = settings.Tunnels with
            {
                Peers = [.. settings.Tunnels.Peers.Select(static p =>
        p with { Connection = p.Connection with { ClosingLinger = TimeSpan.Zero } })]
            }
        };

    [Theory]
    [InlineData(AuthMethod.Pap)]
    [InlineData(AuthMethod.ChapMd5)]
    [InlineData(AuthMethod.MsChapV2)]
    public async Task A_user_is_traced_from_the_first_message_of_its_tunnel_to_the_last_though_its_name_comes_later(AuthMethod method)
    {
        await using var site = await Site.Open(WithoutLinger);
        var before = await Leaks.Of(site.Node);
        await using (var trace = new Reader(site.Node, new TraceSubject.User(Site.Victim)))
        {
            Assert.Equal(1, site.Node.Node.Traces);
            using var lac = new TestLac(site.Node.EndPoint, tunnelId: 78);
            var other = lac.Dial(Site.StaticUser);
            await other.Up;
            var call = lac.Dial(Site.Victim, method: method);
            await call.Up;
            await site.Node.Log.Line("user on", $"'{Site.Victim}'", method.ToString());
            await trace.Has("Accounting-Response");
            call.HangUp();
            await call.Over;
            await trace.Has("-- session: over");
            other.HangUp();
            await other.Over;
            lac.Close();
            await trace.Has("-- tunnel: gone");
            await Wait.Until(() => trace.Lines.Count(static l => l.Contains("Accounting-Response", StringComparison.Ordinal)) == 2,
                trace.ToString);
            var (request, answer) = method == AuthMethod.Pap
                ? ("<- pap: Authenticate-Request", "-> pap: Authenticate-Ack") : ("<- chap: Response", "-> chap: Success");
            InOrder(trace, "no session matches yet", "<- l2tp: SCCRQ", "-> l2tp: SCCRP", "<- l2tp: SCCCN", "-- tunnel: up", "<- l2tp: ICRQ",
                "-- session: offered", "-- gate: open path: done", "-> l2tp: ICRP",
                "<- l2tp: ICCN", "-- session: up", "lcp: Configure-Request", "lcp: Configure-Ack", "-- link: Establish -> Authenticate",
                    request, $"-- login: user '{Site.Victim}' by {method}",
                "-- login: RADIUS is asked", "-> radius: Access-Request", "<- radius: Access-Accept", "-- login: accepted by RADIUS",
                    answer, "-- bundle: has address", "ipcp: Configure-Request",
                "-- bundle: IPCP opened", "-- gate: start forwarding: done", "-- bundle: forwards", "-> radius: Accounting-Request",
                    "<- radius: Accounting-Response", "<- lcp: Terminate-Request",
                "-- link: closes", "-- session: over", "<- l2tp: StopCCN", "-- tunnel: down", "-- tunnel: gone");
            InOrder(trace, "<- lcp: Terminate-Request", "-- link: closes", "-> lcp: Terminate-Ack", "l2tp: CDN", "<- l2tp: StopCCN");
            // the LAC's CDN may end the session before the gate comes to it
            InOrder(trace, "-- link: closes", "-- gate: stop forwarding: done", "<- l2tp: StopCCN");
            Assert.DoesNotContain(Site.Neighbour, trace.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain($"'{Site.StaticUser}'", trace.ToString(), StringComparison.Ordinal);
            Assert.Single(trace.Records.Where(static r => r.Session is not null).Select(static r => r.Session).Distinct());
            Assert.Single(trace.Lines, static l => l.Contains("ICRQ", StringComparison.Ordinal));
        }
        Assert.Equal(0, site.Node.Node.Traces);
        await before.None(site.Node);
    }

    [Fact]
    public async Task A_pattern_traces_exactly_the_users_that_match()
    {
        await using var site = await Site.Open(WithoutLinger);
        await using var trace = new Reader(site.Node, new TraceSubject.User("*ti*")); // vic-ti-m, sta-ti-c
        using var lac = new TestLac(site.Node.EndPoint, tunnelId: 78);
        foreach (var user in new[] { Site.Victim, Site.StaticUser })
        {
            var call = lac.Dial(user);
            await call.Up;
            await trace.Has($"-- login: user '{user}'");
            call.HangUp();
            await call.Over;
        }
        await Wait.Until(() => trace.Lines.Count(static l => l.Contains("-- session: over", StringComparison.Ordinal)) == 2,
            trace.ToString);
        Assert.Equal(2, trace.Records.Where(static r => r.Session is not null).Select(static r => r.Session).Distinct().Count());
        Assert.DoesNotContain(Site.Neighbour, trace.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_is_up_is_traced_from_now_on()
    {
        await using var site = await Site.Open();
        var call = site.Node.Node.Calls.All.Single();
        foreach (var subject in new TraceSubject[] { new TraceSubject.Session(call.Id), new TraceSubject.User(Site.Neighbour),
            new TraceSubject.User("neigh*?r"), new TraceSubject.Address(call.Address) })
        {
            await using var trace = new Reader(site.Node, subject);
            await trace.Has("existing session");
            await site.NeighbourLives();
            await trace.Has("-> lcp: Echo-Reply");
            Assert.All(trace.Records, r => Assert.Equal(call.Id, r.Session));
            Assert.DoesNotContain(trace.Lines, static l => l.Contains("IP,", StringComparison.Ordinal)); // its packets are not shown
        }
        await using var last = new Reader(site.Node, new TraceSubject.Session(call.Id));
        site.NeighbourCall.Disconnect();
        await last.Has("Accounting-Response");
        InOrder(last, "<- l2tp: CDN", "-- session: over");
        InOrder(last, "-> radius: Accounting-Request", "<- radius: Accounting-Response");
    }

    [Fact]
    public async Task An_address_is_traced_from_the_beginning_of_the_call_that_gets_it()
    {
        await using var site = await Site.Open();
        await using var trace = new Reader(site.Node, new TraceSubject.Address(Ipv4Address.Parse(Site.StaticAddress)));
        var other = site.Lac.Dial(Site.Victim);
        await other.Up;
        var call = site.Lac.Dial(Site.StaticUser);
        await call.Up;
        await trace.Has("-- bundle: forwards");
        InOrder(trace, "<- l2tp: ICRQ", "lcp: Configure-Request", "chap: Response", $"Framed-IP-Address = {Site.StaticAddress}",
            $"-- bundle: has address {Site.StaticAddress}", "ipcp: Configure-Ack");
        Assert.DoesNotContain($"'{Site.Victim}'", trace.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_calling_number_is_traced_before_a_login_and_without_one()
    {
        await using var site = await Site.Open();
        await using var trace = new Reader(site.Node, new TraceSubject.Calling("4930-*"));
        var other = site.Lac.Dial(Site.StaticUser, calling: "4940-1");
        await other.Up;
        var call = site.Lac.Dial(Site.Victim, calling: "4930-1", mute: PppProtocol.Chap); // never answers the Challenge
        await trace.Has("-> chap: Challenge");
        Assert.Empty(site.Node.Node.Find(Site.Victim)); // no name, so user= cannot find it
        call.Disconnect();
        await trace.Has("-- session: over");
        InOrder(trace, "<- l2tp: ICRQ", "-> l2tp: ICRP", "<- l2tp: ICCN", "lcp: Configure-Request", "-> chap: Challenge", "<- l2tp: CDN",
            "-- session: over");
        Assert.DoesNotContain("4940-1", trace.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Site.StaticAddress, trace.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lac_that_hides_its_avps_hides_no_call_and_no_secret_is_shown()
    {
        const string Shared = $"tunnel-{TestNode.Secret}";
        await using var site = await Site.Open(static s => s with
        {
            Tunnels = s.Tunnels with
            {
                Peers = [new PeerSettings { Pattern = PeerPattern.Parse("lac.hides"),
            Connection = new ControlConnectionSettings { HostName = "lns", Secret = Shared, HideAvps = true } }, .. s.Tunnels.Peers]
            },
        });
        await using var trace = new Reader(site.Node, new TraceSubject.User(Site.Victim));
        using var lac = new TestLac(site.Node.EndPoint,
            new ControlConnectionSettings { HostName = "lac.hides", Secret = Shared, HideAvps = true }, 78);
        await lac.Opened;
        await lac.Dial(Site.Victim).Up;
        await trace.Has("-- bundle: forwards");
        InOrder(trace, "<- l2tp: SCCRQ", "-> l2tp: SCCRP", "<- l2tp: SCCCN", "<- l2tp: ICRQ", "-> l2tp: ICRP", "<- l2tp: ICCN",
            "chap: Success");
        Assert.Contains("Assigned Session ID, hidden", Assert.Single(trace.Lines, static l => l.Contains("ICRQ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_seen_with_its_reason()
    {
        await using var site = await Site.Open();
        await using var trace = new Reader(site.Node, new TraceSubject.User(Site.Victim));
        var call = site.Lac.Dial(Site.Victim, $"wrong-{TestNode.Secret}", AuthMethod.Pap);
        await call.Over;
        await trace.Has("-- session: over");
        InOrder(trace, "Password, ", "<- radius: Access-Reject", "-- login: refused", "-- link: closes", "-> pap: Authenticate-Nak",
            "-- session: over");
    }

    [Fact]
    public async Task A_lac_is_traced_with_all_its_control_messages_and_nothing_of_ppp()
    {
        await using var site = await Site.Open(WithoutLinger);
        await using var trace = new Reader(site.Node, new TraceSubject.Lac("lac.traced"));
        using var lac = new TestLac(site.Node.EndPoint,
            new ControlConnectionSettings { HostName = "lac.traced", HelloInterval = TimeSpan.FromMilliseconds(50) }, 78);
        await lac.Opened; // or its ICRQ may be before its SCCCN
        var call = lac.Dial(Site.Victim);
        await call.Up;
        await trace.Has("<- l2tp: HELLO");
        call.Disconnect();
        await call.Over;
        lac.Close();
        await trace.Has("-- tunnel: gone");
        InOrder(trace, "-- trace: begins", "<- l2tp: SCCRQ", "-> l2tp: SCCRP", "<- l2tp: SCCCN", "-- tunnel: up", "<- l2tp: ICRQ",
            "-> l2tp: ICRP", "<- l2tp: ICCN", "<- l2tp: CDN", "<- l2tp: StopCCN", "-- tunnel: down");
        Assert.Contains(trace.Lines, static l => l.StartsWith("-> l2tp: ZLB", StringComparison.Ordinal));
        Assert.All(trace.Records, static r =>
            Assert.True(r is TraceRecord.Control or TraceRecord.Event { Layer: TraceLayer.Tunnel or TraceLayer.Trace }));
    }

    [Fact]
    public async Task A_refused_tunnel_is_seen_too()
    {
        await using var node = new TestNode(static s => s with { Tunnels = s.Tunnels with { Max = 1 } });
        await using var trace = new Reader(node, new TraceSubject.Lac("second"));
        using var first = new TestLac(node.EndPoint, new ControlConnectionSettings { HostName = "first" });
        await first.Opened;
        await node.Log.Line("tunnel up", "first"); // only a tunnel that is up counts
        using var second = new TestLac(node.EndPoint, new ControlConnectionSettings { HostName = "second" }, 78);
        await second.Closed;
        await trace.Has("-- tunnel: refused");
        InOrder(trace, "<- l2tp: SCCRQ", "-> l2tp: StopCCN", "-- tunnel: refused");
    }

    [Fact]
    public async Task There_are_never_more_traces_than_are_allowed()
    {
        await using var node = new TestNode(static s => s with { Traces = s.Traces with { Max = 2 } });
        var traces = Enumerable.Range(0, 3).Select(i => node.Node.BeginTrace(new TraceSubject.User($"{i}"))).ToArray();
        Assert.Equal([true, true, false], traces.Select(static t => t is not null));
        Assert.Equal(2, node.Node.Traces);
        traces[0]!.Dispose();
        traces[0]!.Dispose();
        Assert.Equal(1, node.Node.Traces);
        using var again = node.Node.BeginTrace(new TraceSubject.User("again"));
        Assert.NotNull(again);
        traces[1]!.Dispose();
    }

    private static readonly TracedTunnel Tunnel =
        new(7, UdpFlow.Of(System.Net.IPAddress.Loopback, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1701)), "lac", null);

    [Fact]
    public void Records_that_a_slow_reader_does_not_fetch_are_counted_and_reported_in_their_place()
    {
        using var trace = new Trace(new TraceSubject.Lac("lac"), perSecond: 100_000, new NodeClock(TimeProvider.System), static _ => { },
            new DropCount());
        for (var i = 0; i < Trace.Capacity + 17; i++) trace.OnTunnel(Tunnel, $"{i}", isGone: false);
        Assert.Equal(17, trace.Lost);
        Assert.Equal("0", ((TraceRecord.Event)Next(trace)).Text);
        trace.OnTunnel(Tunnel, "then", isGone: false);
        Assert.Equal(0, trace.Lost);
        var rest = Rest(trace);
        Assert.Equal(Trace.Capacity, rest.Length);
        Assert.All(rest[..^1], static r => Assert.Equal(0, r.LostBefore));
        Assert.Equal(("then", 17L), (((TraceRecord.Event)rest[^1]).Text, rest[^1].LostBefore));
    }

    [Fact]
    public void Records_over_the_limit_per_second_are_counted_and_omitted()
    {
        var dropped = new DropCount();
        using var trace = new Trace(new TraceSubject.Lac("lac"), perSecond: 10, new NodeClock(new StandingClock()), static _ => { },
            dropped);
        for (var i = 0; i < Trace.Capacity; i++)
        {
            trace.OnTunnel(Tunnel, $"{i}", isGone: false);
            Next(trace);
        }
        trace.OnTunnel(Tunnel, "too much", isGone: false); // the reader is quick, and yet
        Assert.Equal((1, 1), (trace.Lost, dropped.Value));
        Assert.False(trace.HasNext);
    }

    /// <summary>No time passes.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 1_000_000;
    }

    [Fact]
    public void A_repeated_message_is_marked()
    {
        using var trace = new Trace(new TraceSubject.Lac("lac"), 1000, new NodeClock(TimeProvider.System), static _ => { },
            new DropCount());
        ushort[] numbers = [0, 1, 0, 3, 2, 3, 70, 6, 7, 5];
        foreach (var ns in numbers) trace.OnControl(new TracedMessage(Tunnel, 1701, false, [], ns, 0, 0, MessageType.Hello));
        Assert.Equal([false, false, true, false, false, true, false, true, false, true],
            Rest(trace).Select(static r => ((TraceRecord.Control)r).IsAgain));
    }

    [Fact]
    public void Octets_that_are_no_message_are_traced_unchanged()
    {
        using var trace = new Trace(new TraceSubject.Lac("lac"), 1000, new NodeClock(TimeProvider.System), static _ => { },
            new DropCount());
        trace.OnControl(new TracedMessage(Tunnel, 1701, false, Encoding.UTF8.GetBytes("garbage"), 0, 0, 0, default));
        Assert.Equal("<- l2tp: unreadable (BadVersion), 7 octets\n  begins with 0x67617262616765", Line(Assert.Single(Rest(trace))));
    }

    private static TraceRecord Next(Trace trace)
    {
        Assert.True(trace.TryRead(out var record));
        return record;
    }

    private static TraceRecord[] Rest(Trace trace)
    {
        var rest = new List<TraceRecord>();
        while (trace.TryRead(out var record)) rest.Add(record);
        return [.. rest];
    }
}
