using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

public class DynamicAuthorizationTests
{
    private static readonly byte[] Secret = "xyzzy5461"u8.ToArray();
    private static readonly NasIdentity Nas = new("lns1", [Ipv4Address.Parse("192.0.2.10")]);
    private static readonly SessionIdentity Nemo = new("sid-1", "nemo@example.net", "nemo", Ipv4Address.Parse("100.64.0.7"), "calling-1",
        "called", (5 << 16) | 6);
    private static readonly DynamicAuthorizationPolicy Policy = new(TimeSpan.FromSeconds(5), MaxUnderWay: 3);
    private static readonly DateTimeOffset Utc = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    // Written by another program (Python's hashlib and hmac): nemo, sid-1, Event-Timestamp 1796000000, two Proxy-States,
    // Message-Authenticator first.
    private static readonly byte[] Disconnect = Convert.FromHexString(
        "28070041a06799f53ae922d4a299922af49e11f95012f44ab1beb16f3686e1d89"
        + "07c4788d20a01066e656d6f2c077369642d3137066b0cc9002104703121047032");
    private const string DisconnectAck =
        "2907003418cab82fa2df56e6348978c2bcc2a6255012670d3134"
        + "b70189ce6e3fc0021b596de93106000000062104703121047032";
    private const string DisconnectNak =
        "2a07003459e4b5555e8dce10c6f047a7e2e0d186501220bbf4c5"
        + "09bb7b161cb0b854d61301006506000001f72104703121047032";
    // sid-1, Session-Timeout 3600, Class 0102; no Message-Authenticator.
    private static readonly byte[] Change = Convert.FromHexString(
        "2b09002563c83435e284697ff1eacac3785241d42c077369642d311b0600000e1019040102");
    private const string ChangeAck = "2c090014d497c4f1f7812554c71e4c7cb0e1202c";
    private const string ChangeNak = "2d09001ac0c043d8c2d542ee3b881e0a02367541650600000191";

    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    private static RadiusPacketView View(ReadOnlySpan<byte> octets)
    {
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out var error), error.ToString());
        return packet;
    }

    private static byte[] Packet(RadiusCode code, params string[] lines)
    {
        var buffer = new byte[RadiusPacketView.MaxLength];
        var writer = RadiusPacketWriter.SignedRequest(buffer, code, 1);
        foreach (var line in lines)
        {
            Assert.True(RadiusDictionary.Default.TryEncodeLine(line, out var attribute, out var error), error);
            writer.Attributes(attribute);
        }
        return buffer[..writer.Finish(Secret)];
    }

    private static DynamicAuthorizationRequest Coa(params string[] lines) =>
        DynamicAuthorizationRequest.Read(View(Packet(RadiusCode.CoaRequest, lines)), Nas);
    private static DynamicAuthorizationRequest Dm(params string[] lines) =>
        DynamicAuthorizationRequest.Read(View(Packet(RadiusCode.DisconnectRequest, lines)), Nas);

    [Fact, Trait("Rfc", "RFC5176-2.3")]
    public void Golden_octets_prove_the_secret_and_changed_ones_do_not()
    {
        foreach (var golden in new[] { Disconnect, Change })
        {
            Assert.Equal(RadiusError.None, View(golden).VerifyRequest(Secret, requireMessageAuthenticator: golden == Disconnect));
            Assert.Equal(RadiusError.BadRequestAuthenticator, View(golden).VerifyRequest("xyzzy5462"u8, false));
            for (var at = 0; at < golden.Length; at++)
            {
                var forged = (byte[])golden.Clone();
                forged[at] ^= 1;
                if (RadiusPacketView.TryRead(forged, out var packet, out _))
                    Assert.NotEqual(RadiusError.None, packet.VerifyRequest(Secret, false));
            }
            for (var length = 0; length < golden.Length; length++)
                Assert.False(RadiusPacketView.TryRead(golden.AsSpan(0, length), out _, out _));
        }
        Assert.Equal(RadiusError.MissingMessageAuthenticator, View(Change).VerifyRequest(Secret, requireMessageAuthenticator: true));
    }

    [Fact, Trait("Rfc", "RFC5176-3.1")]
    public void Answers_have_the_golden_octets_with_proxy_state_in_order()
    {
        Assert.Equal(DisconnectAck, Answer(Disconnect, null));
        Assert.Equal(DisconnectNak, Answer(Disconnect, ErrorCause.SessionContextNotFound));
        Assert.Equal(ChangeAck, Answer(Change, null));
        Assert.Equal(ChangeNak, Answer(Change, ErrorCause.UnsupportedAttribute));
        Assert.Equal(0, DynamicAuthorizationRequest.WriteAnswer(new byte[40], View(Disconnect), null, Secret)); // no room

        static string Answer(byte[] request, ErrorCause? cause)
        {
            Span<byte> buffer = stackalloc byte[RadiusPacketView.MaxLength];
            var octets = buffer[..DynamicAuthorizationRequest.WriteAnswer(buffer, View(request), cause, Secret)];
            Assert.Equal(RadiusError.None,
                View(octets).VerifyResponse(View(request).Code, request[1], View(request).Authenticator, Secret));
            return Convert.ToHexStringLower(octets);
        }
    }

    [Fact]
    public void A_request_is_read()
    {
        var request = DynamicAuthorizationRequest.Read(View(Disconnect), Nas);
        Assert.Equal((true, (DynamicAuthorizationRefusal?)null, 1796000000u),
            (request.IsDisconnect, request.Refusal, request.EventTimestamp));
        Assert.Equal(new SessionSelector { UserName = "nemo", AcctSessionId = "sid-1" }, request.Session);

        request = Coa("Acct-Session-Id = sid-1", "Session-Timeout = 3600", "Idle-Timeout = 0", "Acct-Interim-Interval = 60", "Class = 0x01",
            "Class = 0x0203",
            "Filter-Id = gold", "mpd-limit = \"in#1#fast=all shape 8000000 100000 pass\"", "Reply-Message = because", "Reply-Message = so",
                "Service-Type = Framed-User",
            "Framed-Protocol = PPP", "NAS-Identifier = lns1", "NAS-IP-Address = 192.0.2.10");
        Assert.Null(request.Refusal);
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            (request.Change.SessionTimeout, request.Change.IdleTimeout, request.Change.AcctInterimInterval));
        Assert.Equal("because so", request.Message);
        Assert.Equal("Session-Timeout = 3600, Idle-Timeout = 0, Acct-Interim-Interval = 60, Class = 0x01, Class = 0x0203, "
            + "Filter-Id = gold, mpd-limit = in#1#fast=all shape 8000000 100000 pass",
            request.Change.ToString());
    }

    [Fact] // RFC 5176 section 3.6: an omitted attribute keeps its value
    public void A_change_keeps_the_values_that_it_does_not_contain()
    {
        var before = SubscriberProfile.Empty with
        {
            SessionTimeout = TimeSpan.FromHours(2),
            IdleTimeout = TimeSpan.FromHours(3),
            AcctInterimInterval = TimeSpan.FromHours(4),
            FilterIds = ["a"],
            MpdLimits = ["b"],
            Classes = [new byte[] { 9 }],
        };
        Assert.Equal(before, SessionChange.None.ApplyTo(before));
        var after = Coa("Acct-Session-Id = s", "Session-Timeout = 0", "Filter-Id = x", "Filter-Id = y",
            "Class = 0x07").Change.ApplyTo(before);
        Assert.Null(after.SessionTimeout);
        Assert.Equal((before.IdleTimeout, before.AcctInterimInterval), (after.IdleTimeout, after.AcctInterimInterval));
        Assert.Equal(["x", "y"], after.FilterIds.ToArray());
        Assert.Equal(["b"], after.MpdLimits.ToArray());
        Assert.Equal("07", Convert.ToHexString(Assert.Single(after.Classes).Span));
    }

    [Theory, Trait("Rfc", "RFC5176-3.5")]
    [InlineData(ErrorCause.MissingAttribute, "Session-Timeout = 60")]
    [InlineData(ErrorCause.MissingAttribute, "User-Name = u")] // nothing to change
    [InlineData(ErrorCause.MissingAttribute, "User-Name = u", "Service-Type = Framed-User")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "Session-Timeout = 60", "Framed-Route = \"192.0.2.0/24 0.0.0.0 1\"")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "Session-Timeout = 60", "Framed-IP-Netmask = 255.255.255.0")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "Session-Timeout = 60", "Framed-Pool = p")]
    [InlineData(ErrorCause.MissingAttribute, "User-Name = u", "Framed-IP-Address = 192.0.2.7")] // selects a session, changes none
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "Session-Timeout = 60", "Framed-MTU = 1400")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "State = 0x01", "Session-Timeout = 60")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "Session-Timeout = 60", "mpd-filter = \"1#1=match all\"")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "Session-Timeout = 60", "Cisco-AVPair = \"a=b\"")]
    [InlineData(ErrorCause.UnsupportedService, "User-Name = u", "Service-Type = Authorize-Only", "State = 0x01")]
    [InlineData(ErrorCause.UnsupportedService, "User-Name = u", "Session-Timeout = 60", "Framed-Protocol = SLIP")]
    [InlineData(ErrorCause.NasIdentificationMismatch, "User-Name = u", "Session-Timeout = 60", "NAS-Identifier = lns2")]
    [InlineData(ErrorCause.NasIdentificationMismatch, "User-Name = u", "Session-Timeout = 60", "NAS-IP-Address = 192.0.2.11")]
    // takes precedence over all causes about sessions
    [InlineData(ErrorCause.NasIdentificationMismatch, "Framed-MTU = 1400", "NAS-Identifier = lns2")]
    [InlineData(ErrorCause.InvalidAttributeValue, "User-Name = u", "Acct-Interim-Interval = 59")]
    [InlineData(ErrorCause.InvalidAttributeValue, "User-Name = u", "mpd-limit = \"in#1=all fast\"")]
    public void One_attribute_that_cannot_be_changed_refuses_the_whole_request(ErrorCause cause, params string[] lines) =>
        Assert.Equal(cause, Coa(lines).Refusal?.Cause);

    [Theory, Trait("Rfc", "RFC5176-3.5")]
    [InlineData(null, "User-Name = u", "Class = 0x01", "Acct-Terminate-Cause = Admin-Reset", "Reply-Message = bye")]
    [InlineData(ErrorCause.MissingAttribute, "Reply-Message = bye")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "Session-Timeout = 60")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "Filter-Id = a")]
    [InlineData(ErrorCause.UnsupportedAttribute, "User-Name = u", "mpd-limit = \"in#1=all deny\"")]
    [InlineData(ErrorCause.UnsupportedService, "User-Name = u", "Service-Type = Authorize-Only")]
    [InlineData(ErrorCause.NasIdentificationMismatch, "User-Name = u", "NAS-Identifier = lns2")]
    public void A_disconnect_may_only_have_attributes_that_identify(ErrorCause? cause, params string[] lines) =>
        Assert.Equal(cause, Dm(lines).Refusal?.Cause);

    [Theory, Trait("Rfc", "RFC5176-3.5")]
    [InlineData("0805c00002"), InlineData("0503aa"), InlineData("1b030a"), InlineData("3703aa"), InlineData("0102")]
    [InlineData("1a0600003035"), InlineData("1a05000030"), InlineData("1a09000030350c0161")]
    public void An_attribute_of_wrong_length_is_an_invalid_request(string hex)
    {
        var buffer = new byte[200];
        var writer = RadiusPacketWriter.SignedRequest(buffer, RadiusCode.CoaRequest, 1);
        writer.Text(RadiusAttributeType.AcctSessionId, "sid");
        writer.UInt32(RadiusAttributeType.SessionTimeout, 60);
        writer.Attributes(Convert.FromHexString(hex));
        var length = writer.Finish(Secret);
        var refusal = DynamicAuthorizationRequest.Read(View(buffer.AsSpan(0, length)), Nas).Refusal;
        // a Vendor-Specific without an attribute changes nothing
        if (hex == "1a0600003035") Assert.Null(refusal);
        else Assert.Equal(ErrorCause.InvalidRequest, refusal?.Cause);
    }

    [Theory]
    [InlineData(true, "User-Name = nemo@example.net")]
    [InlineData(true, "User-Name = nemo")] // as RADIUS knows it
    [InlineData(false, "User-Name = NEMO")]
    [InlineData(true, "Acct-Session-Id = sid-1")]
    [InlineData(true, "Acct-Multi-Session-Id = sid-1")]
    [InlineData(false, "Acct-Session-Id = sid-2")]
    [InlineData(true, "Framed-IP-Address = 100.64.0.7")]
    [InlineData(false, "Framed-IP-Address = 100.64.0.8")]
    [InlineData(true, "Calling-Station-Id = calling-1", "Called-Station-Id = called")]
    [InlineData(false, "Calling-Station-Id = calling-1", "Called-Station-Id = other")]
    [InlineData(true, "NAS-Port = 327686", "NAS-Port-Id = l2tp-5-6", "mpd-link = l2tp-5-6", "mpd-bundle = l2tp-5-6",
        "mpd-iface = l2tp-5-6")]
    [InlineData(false, "NAS-Port = 327687")]
    [InlineData(false, "mpd-link = l2tp-5-7")]
    [InlineData(false, "mpd-link = l2tp-5-6", "mpd-bundle = l2tp-5-7")] // contradict each other
    [InlineData(false, "NAS-Port-Id = l2tp-05-6"), InlineData(false, "NAS-Port-Id = l2tp-5"), InlineData(false, "NAS-Port-Id = L2TP-5-6"),
        InlineData(false, "NAS-Port-Id = l2tp-5-65536")]
    [InlineData(false, "User-Name = nemo", "Framed-IP-Address = 100.64.0.8")] // each attribute must match
    [InlineData(false, "User-Name = nemo", "User-Name = dory")]
    [InlineData(false, "User-Name = dory", "User-Name = nemo")]
    [InlineData(false, "Framed-IP-Address = 100.64.0.8", "Framed-IP-Address = 100.64.0.7")]
    [InlineData(false, "NAS-Port = 327687", "NAS-Port = 327686")]
    [InlineData(false, "mpd-link = l2tp-5-7", "mpd-bundle = l2tp-5-6")]
    // the same twice is no contradiction
    [InlineData(true, "User-Name = nemo", "User-Name = nemo", "NAS-Port = 327686", "NAS-Port = 327686")]
    public void A_session_matches_when_each_attribute_given_matches(bool matches, params string[] lines)
    {
        var request = Dm(lines);
        Assert.Null(request.Refusal);
        Assert.Equal(matches, request.Session.Matches(Nemo));
    }

    private static Transition<DynamicAuthorizationState,
        DynamicAuthorizationEffect> On(DynamicAuthorizationState state, DynamicAuthorizationEvent ev, double now = 0) =>
        DynamicAuthorization.On(state, ev, At(now), Policy);

    private static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> Arrive(
        DynamicAuthorizationRequest request, ReplayVerdict verdict = ReplayVerdict.New, ErrorCause? earlier = null) =>
        On(DynamicAuthorizationState.Fresh.Instance, new DynamicAuthorizationEvent.Arrived(request, verdict, earlier));

    /// <summary>A new request after the search.</summary>
    private static Transition<DynamicAuthorizationState,
        DynamicAuthorizationEffect> Find(DynamicAuthorizationRequest request, int sessions, int underWay = 0) =>
        On(Arrive(request).State, new DynamicAuthorizationEvent.Found(sessions, underWay));

    /// <summary>The only effect, which ends the request.</summary>
    private static DynamicAuthorizationEffect Last(Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> transition)
    {
        Assert.IsType<DynamicAuthorizationState.Over>(transition.State);
        return Assert.Single(transition.Effects);
    }

    private static DynamicAuthorizationEffect.Answer Nak(ErrorCause cause, string detail) => new(cause, detail);

    private static readonly DynamicAuthorizationRequest Dm1 = Dm("User-Name = u"), Coa1 = Coa("User-Name = u", "Session-Timeout = 60");

    public static TheoryData<ReplayVerdict, DynamicAuthorizationEffect> Known => new()
    {
        { ReplayVerdict.AnswerAgain, new DynamicAuthorizationEffect.AnswerAgain(ErrorCause.MissingAttribute) },
        { ReplayVerdict.Full, Nak(ErrorCause.ResourcesUnavailable, "the table of recent requests is full") },
        { ReplayVerdict.UnderWay, new DynamicAuthorizationEffect.Drop(DynamicAuthorizationDrop.UnderWay) },
        { ReplayVerdict.Stale, new DynamicAuthorizationEffect.Drop(DynamicAuthorizationDrop.Stale) },
        { ReplayVerdict.NoTimestamp, new DynamicAuthorizationEffect.Drop(DynamicAuthorizationDrop.NoTimestamp) },
        { ReplayVerdict.Replayed, new DynamicAuthorizationEffect.Drop(DynamicAuthorizationDrop.Replayed) },
    };

    [Theory, MemberData(nameof(Known))]
    public void A_request_that_is_not_new_is_never_executed(ReplayVerdict verdict, DynamicAuthorizationEffect expected)
    {
        foreach (var request in new[] { Dm1, Coa1, Coa("Session-Timeout = 60") })
            Assert.Equal(expected, Last(Arrive(request, verdict, ErrorCause.MissingAttribute)));
    }

    [Fact]
    public void A_request_that_is_wrong_or_contradicts_itself_is_refused_without_a_search()
    {
        Assert.Equal(ErrorCause.MissingAttribute,
            Assert.IsType<DynamicAuthorizationEffect.Answer>(Last(Arrive(Coa("Session-Timeout = 60")))).Cause);
        Assert.Equal(Nak(ErrorCause.SessionContextNotFound,
                "no session matches User-Name 'dory', with attributes that contradict each other"),
            Last(Arrive(Dm("User-Name = nemo", "User-Name = dory"))));
    }

    [Fact]
    public void A_disconnect_looks_for_all_sessions_that_are_not_closing_and_a_change_for_two_that_are_up()
    {
        var disconnect = Assert.IsType<DynamicAuthorizationEffect.Find>(Assert.Single(Arrive(Dm1).Effects)).Search;
        var change = Assert.IsType<DynamicAuthorizationEffect.Find>(Assert.Single(Arrive(Coa1).Effects)).Search;
        Assert.Equal((new SessionSearch(Dm1.Session, true, int.MaxValue), new SessionSearch(Coa1.Session, false, 2)), (disconnect, change));
        Assert.Equal((true, true, false),
            (disconnect.Takes(isUp: true, false), disconnect.Takes(isUp: false, false), disconnect.Takes(isUp: false, isClosing: true)));
        Assert.Equal((true, false, false),
            (change.Takes(isUp: true, false), change.Takes(isUp: false, false), change.Takes(isUp: false, isClosing: true)));
    }

    [Fact]
    public void A_search_without_a_result_that_can_be_served_is_refused()
    {
        foreach (var request in new[] { Dm1, Coa1 })
        {
            Assert.Equal(Nak(ErrorCause.SessionContextNotFound, $"no session matches {request.Session.Describe()}"),
                Last(Find(request, 0, underWay: 3)));
            Assert.Equal(Nak(ErrorCause.ResourcesUnavailable, "too many requests are pending"), Last(Find(request, 1, underWay: 3)));
            Assert.IsType<DynamicAuthorizationState.Waiting>(Find(request, 1, underWay: 2).State);
        }
        Assert.Equal(Nak(ErrorCause.MultipleSessionSelectionUnsupported, "more than one session matches"),
            Last(Find(Coa1, 2, underWay: 3)));
    }

    [Fact]
    public void A_disconnect_is_acknowledged_when_the_last_session_has_gone()
    {
        var (state, effects) = Find(Dm1, 2);
        Assert.Equal(DynamicAuthorizationEffect.DisconnectAll.Instance, Assert.Single(effects));
        Assert.Equal(At(5), DynamicAuthorization.NextDeadline(state));
        (state, effects) = On(state, DynamicAuthorizationEvent.Gone.Instance, 1);
        Assert.Empty(effects);
        Assert.Empty(On(state, DynamicAuthorizationEvent.Tick.Instance, 4.999).Effects);
        Assert.Equal(Nak(ErrorCause.SessionContextNotRemovable, "1 told to end are still there"),
            Last(On(state, DynamicAuthorizationEvent.Tick.Instance, 5)));
        var end = On(state, DynamicAuthorizationEvent.Gone.Instance, 1);
        Assert.Equal(DynamicAuthorizationEffect.Answer.Acknowledge, Last(end));
        Assert.Null(DynamicAuthorization.NextDeadline(end.State));
    }

    [Fact]
    public void A_change_is_acknowledged_when_the_session_has_it()
    {
        var (state, effects) = Find(Coa1, 1);
        Assert.Equal(new DynamicAuthorizationEffect.Change(Coa1.Change), Assert.Single(effects));
        Assert.Equal(DynamicAuthorizationEffect.Answer.Acknowledge, Last(On(state, DynamicAuthorizationEvent.Changed.Instance, 1)));
        Assert.Equal(Nak(ErrorCause.SessionContextNotFound, "the session ended in the meantime"),
            Last(On(state, DynamicAuthorizationEvent.Gone.Instance, 1)));
        Assert.Equal(Nak(ErrorCause.ResourcesUnavailable, "the session did not confirm the change"),
            Last(On(state, DynamicAuthorizationEvent.Tick.Instance, 5)));
    }

    [Theory]
    [InlineData("", "Disconnect-Request of radius (192.0.2.7)")]
    [InlineData("not paid", "Disconnect-Request of radius (192.0.2.7): not paid")]
    public void The_reason_of_the_end_names_client_and_message(string message, string text) => Assert.Equal(
        new EndReason(EndParty.Radius, EndLayer.Bundle, EndCause.AdministrativeReset, text),
            (Dm1 with { Message = message }).EndReasonOf("radius", "192.0.2.7"));

    [Fact]
    public void A_long_message_is_cut_in_log_and_reason()
    {
        var request = Dm1 with { Message = new string('x', 201) };
        Assert.Equal(new string('x', 200), request.ShortMessage);
        Assert.EndsWith(": " + new string('x', 200), request.EndReasonOf("radius", "192.0.2.7").Text, StringComparison.Ordinal);
    }

    private static readonly Gen<(bool IsDisconnect, int Verdict, int Sessions, int UnderWay)> AnyRequest =
        Gen.Select(Gen.Bool, Gen.Int[0, 6], Gen.Int[0, 3], Gen.Int[0, 4]);

    [Fact] // law: each request that arrives ends with one answer or drop, and only a new one gives orders, once
    public void Every_request_has_one_end() => Gen.Select(AnyRequest, Gen.Int[0, 4].Array).Sample((arrived, script) =>
    {
        var request = arrived.IsDisconnect ? Dm1 : Coa1;
        var verdict = (ReplayVerdict)arrived.Verdict;
        List<DynamicAuthorizationEffect> all = [];
        DynamicAuthorizationState state = DynamicAuthorizationState.Fresh.Instance;
        Step(new DynamicAuthorizationEvent.Arrived(request, verdict), 0);
        Step(new DynamicAuthorizationEvent.Found(arrived.Sessions, arrived.UnderWay), 0);
        foreach (var step in script.Append(4))
        {
            Step(step switch
            {
                0 => DynamicAuthorizationEvent.Gone.Instance,
                1 => DynamicAuthorizationEvent.Changed.Instance,
                2 => new DynamicAuthorizationEvent.Arrived(request, verdict),
                3 => new DynamicAuthorizationEvent.Found(arrived.Sessions, arrived.UnderWay),
                _ => DynamicAuthorizationEvent.Tick.Instance,
            }, step == 4 ? 10 : 1);
        }
        Assert.IsType<DynamicAuthorizationState.Over>(state);
        Assert.Single(all, static e =>
            e is DynamicAuthorizationEffect.Answer or DynamicAuthorizationEffect.AnswerAgain or DynamicAuthorizationEffect.Drop);
        var orders = all.Count(static e => e is DynamicAuthorizationEffect.Change or DynamicAuthorizationEffect.DisconnectAll);
        Assert.Equal(verdict == ReplayVerdict.New && arrived.UnderWay < 3 && arrived.Sessions > 0
            && (arrived.IsDisconnect || arrived.Sessions == 1) ? 1 : 0, orders);

        void Step(DynamicAuthorizationEvent ev, double now)
        {
            (state, var effects) = On(state, ev, now);
            all.AddRange(effects);
        }
    });

    [Fact]
    public void Any_octets_are_read_without_an_exception() => Gen.Byte.Array[0, 300].Sample(octets =>
    {
        var buffer = new byte[RadiusPacketView.MaxLength];
        var writer = RadiusPacketWriter.SignedRequest(buffer, octets.Length % 2 == 0
            ? RadiusCode.CoaRequest : RadiusCode.DisconnectRequest, 1);
        writer.Attributes(octets);
        var length = writer.Finish(Secret);
        if (RadiusPacketView.TryRead(buffer.AsSpan(0, length), out var packet, out _))
            Assert.NotNull(DynamicAuthorizationRequest.Read(packet, Nas).Session);
    }, iter: 5_000);

    private static readonly RequestSource Here = new(1, 1000), There = new(1, 1001);
    private static uint Stamp(double ago) => (uint)Utc.AddSeconds(-ago).ToUnixTimeSeconds();
    private static byte[] Authenticator(byte i) => [.. Enumerable.Repeat(i, 16)];

    private static ReplayVerdict Check(ReplayGuard guard, byte i, uint? stamp, double now = 0, RequestSource? from = null) =>
        guard.Check(from ?? Here, Authenticator(i), stamp, Utc.AddSeconds(now), At(now), out _, out _);

    [Fact, Trait("Rfc", "RFC5176-2.3")]
    public void A_retransmission_gets_the_same_answer_and_a_copy_from_another_source_none()
    {
        var guard = new ReplayGuard(TimeSpan.FromSeconds(300), false, 100);
        Assert.Equal(ReplayVerdict.New, guard.Check(Here, Authenticator(1), Stamp(0), Utc, At(0), out var key, out _));
        Assert.Equal(ReplayVerdict.UnderWay, Check(guard, 1, Stamp(0)));
        guard.Settle(key, ErrorCause.SessionContextNotFound);
        Assert.Equal(ReplayVerdict.AnswerAgain, guard.Check(Here, Authenticator(1), Stamp(0), Utc, At(0), out _, out var cause));
        Assert.Equal(ErrorCause.SessionContextNotFound, cause);
        Assert.Equal(ReplayVerdict.Replayed, Check(guard, 1, Stamp(0), from: There));
        Assert.Equal(ReplayVerdict.Replayed, Check(guard, 1, Stamp(0), now: 300, from: There)); // as long as it is not stale
        Assert.Equal(ReplayVerdict.Stale, Check(guard, 1, Stamp(0), now: 300.1, from: There));
        Assert.Equal(ReplayVerdict.New, Check(guard, 2, Stamp(0)));
    }

    [Fact, Trait("Rfc", "RFC5176-6.3")]
    public void A_timestamp_outside_of_the_window_is_stale()
    {
        var guard = new ReplayGuard(TimeSpan.FromSeconds(300), false, 100);
        Assert.Equal(ReplayVerdict.Stale, Check(guard, 1, Stamp(301)));
        Assert.Equal(ReplayVerdict.Stale, Check(guard, 1, Stamp(-301)));
        Assert.Equal(ReplayVerdict.New, Check(guard, 1, Stamp(300)));
        Assert.Equal(ReplayVerdict.New, Check(guard, 2, Stamp(-300)));
        Assert.Equal(ReplayVerdict.Replayed, Check(guard, 2, Stamp(-300), now: 599, from: There));
        Assert.Equal(1, guard.Count);
        Assert.Equal(ReplayVerdict.NoTimestamp, Check(new ReplayGuard(TimeSpan.FromSeconds(300), true, 100), 1, null));
    }

    [Fact]
    public void A_request_without_a_timestamp_is_remembered_for_its_retransmissions()
    {
        var guard = new ReplayGuard(TimeSpan.FromSeconds(300), false, 100);
        Assert.Equal(ReplayVerdict.New, guard.Check(Here, Authenticator(1), null, Utc, At(0), out var key, out _));
        guard.Settle(key, null);
        Assert.Equal(ReplayVerdict.AnswerAgain, Check(guard, 1, null, now: 29.9));
        Assert.Equal(ReplayVerdict.New, Check(guard, 1, null, from: There)); // another with the same content and identifier
        Assert.Equal(ReplayVerdict.New, Check(guard, 1, null, now: 30));
    }

    [Fact]
    public void The_guard_remembers_no_more_requests_than_its_limit()
    {
        var guard = new ReplayGuard(TimeSpan.FromSeconds(300), false, 3);
        for (byte i = 0; i < 3; i++) Assert.Equal(ReplayVerdict.New, Check(guard, i, Stamp(0)));
        Assert.Equal(ReplayVerdict.Full, Check(guard, 3, Stamp(0)));
        Assert.Equal(ReplayVerdict.UnderWay, Check(guard, 2, Stamp(0)));
        Assert.Equal(ReplayVerdict.New, Check(guard, 3, Stamp(-302), now: 302));
        Assert.Equal(1, guard.Count);
    }

    [Theory]
    [InlineData("in#10#fast=all shape 8000000 100000 pass", true, 10, "fast", 0, MpdLimitAction.Shape, 8_000_000, 100_000, 0, true)]
    [InlineData("out#1=flt3 rate-limit 64000 1500 3000", false, 1, "", 3, MpdLimitAction.RateLimit, 64_000, 1500, 3000, false)]
    [InlineData("out#1=all rate-limit 64000 pass", false, 1, "", 0, MpdLimitAction.RateLimit, 64_000, 0, 0, true)]
    [InlineData("in#2=all deny", true, 2, "", 0, MpdLimitAction.Deny, 0, 0, 0, false)]
    [InlineData("in#2#count=all none", true, 2, "count", 0, MpdLimitAction.None, 0, 0, 0, false)]
    public void An_mpd_limit_is_read(string text, bool isIn, int number, string name, int filter, MpdLimitAction action, long rate,
        long burst, long extended, bool pass)
    {
        Assert.True(MpdLimit.TryParse(text, out var limit));
        Assert.Equal(new MpdLimit(isIn, number, name, filter, action, rate, burst, extended, pass), limit);
    }

    [Theory]
    [InlineData(""), InlineData("in#1"), InlineData("in=all pass"), InlineData("up#1=all pass"), InlineData("in#x=all pass"),
        InlineData("in#1#=all pass"), InlineData("in#1#a#b=all pass")]
    [InlineData("in#1=some pass"), InlineData("in#1=flt pass"), InlineData("in#1=flt0 pass"), InlineData("in#1=all"),
        InlineData("in#1=all pass 1"), InlineData("in#1=all shape"), InlineData("in#1=all shape pass")]
    [InlineData("in#1=all shape 0"), InlineData("in#1=all shape 1 2 3"), InlineData("in#1=all rate-limit 1 2 3 4"),
        InlineData("in#1=all rate-limit -1"), InlineData("in#1=all rate-limit 1 2 3 4 5 6 7 8 9")]
    public void A_text_that_is_no_mpd_limit_is_refused(string text) => Assert.False(MpdLimit.TryParse(text, out _));

    [Fact]
    public void A_profile_keeps_valid_mpd_limits_and_reports_others()
    {
        Assert.True(RadiusDictionary.Default.TryEncodeLines(["mpd-limit = \"in#1=all deny\"", "mpd-limit = nonsense"], out var octets,
            out _));
        var profile = SubscriberProfile.Read(octets);
        Assert.Equal(["in#1=all deny"], profile.MpdLimits.ToArray());
        Assert.Contains("nonsense", Assert.Single(profile.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_session_has_the_class_of_its_last_record()
    {
        static AccountingRecord Record(AccountingKind kind, byte @class) => new(kind,
            new AccountingSession("sid", "", "nemo", AccountingAuthentic.Radius,
                new NasPort("lns1", null, null, 0, "", "", "", "", "", "", null), null, null, [new byte[] { @class }], "", "", 0),
            1, default, default, Utc, null);
        Assert.Equal(2, Assert.Single(LostSession.Stop(Record(AccountingKind.Start, 1), Record(AccountingKind.Interim, 2),
            Utc).Session.Classes).Span[0]);
        Assert.Equal(1, Assert.Single(LostSession.Stop(Record(AccountingKind.Start, 1), null, Utc).Session.Classes).Span[0]);
    }

    [Fact]
    public void Causes_have_the_names_of_the_rfc() => Assert.Equal(
        ["Unsupported-Attribute", "Missing-Attribute", "NAS-Identification-Mismatch", "Invalid-Request", "Unsupported-Service",
            "Invalid-Attribute-Value", "Session-Context-Not-Found",
            "Session-Context-Not-Removable", "Resources-Unavailable", "Multiple-Session-Selection-Unsupported"],
        Enum.GetValues<ErrorCause>().Select(static c => c.Name()));
}
