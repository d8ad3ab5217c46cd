using System.Reflection;
using System.Text;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

/// <summary>Access-Request, Accounting-Request and the record of the spool.</summary>
public class RadiusRequestTests
{
    private static readonly byte[] Secret = "testing123"u8.ToArray();
    private static readonly byte[] Authenticator = Convert.FromHexString("0f403f9473978057bd83d5cb98f4227a");
    private static readonly TunnelAttributes Tunnel = new("192.0.2.10", "192.0.2.1", "lac-1", "lns", "4711");
    private static readonly NasPort Nas = new("default", Ipv4Address.Parse("192.0.2.1"), (UInt128)1, 815, "l2tp/4711/815", "5551", "5552",
        "100000/40000", "link-1", "cpe", Tunnel);
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly EndReason Cause = new(EndParty.Subscriber, EndLayer.Link, EndCause.EchoTimeout, "no answer to 3 echoes");
    private static readonly AccountingSession Session = new("default-6925f3a07k2m9q-00002a", "multi", "nemo@example.net",
        AccountingAuthentic.Radius, Nas,
        Ipv4Address.Parse("100.64.1.1"), Ipv4Address.Parse("255.255.255.255"), [new byte[] { 1, 2 }, new byte[] { 3 }], "bundle-1", "lns0",
            7);
    private static readonly AccountingRecord Stop = new(AccountingKind.Stop, Session, 1, new AccountingCounters(5_000_000_000, 6, 7, 8),
        TimeSpan.FromSeconds(90.9), Noon, Cause);

    private static string[] Lines(ReadOnlySpan<byte> octets)
    {
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out _));
        List<string> lines = [];
        foreach (var attribute in packet.Attributes)
            if (attribute.Type != RadiusAttributeType.MessageAuthenticator)
                lines.Add(RadiusDictionary.Default.Render(attribute));
        return [.. lines];
    }

    private static readonly string[] NasLines =
    [
        "NAS-Identifier = \"default\"", "NAS-IP-Address = 192.0.2.1", "NAS-IPv6-Address = ::1", "NAS-Port = 815", "NAS-Port-Type = Virtual",
            "NAS-Port-Id = \"l2tp/4711/815\"",
        "Called-Station-Id = \"5551\"", "Calling-Station-Id = \"5552\"", "Connect-Info = \"100000/40000\"", "Tunnel-Type = L2TP",
            "Tunnel-Medium-Type = IPv4",
        "Tunnel-Client-Endpoint = \"192.0.2.10\"", "Tunnel-Server-Endpoint = \"192.0.2.1\"", "Tunnel-Client-Auth-Id = \"lac-1\"",
            "Tunnel-Server-Auth-Id = \"lns\"",
        "Acct-Tunnel-Connection = \"4711\"", "mpd-link = \"link-1\"", "mpd-peer-ident = \"cpe\"",
    ];

    private static byte[] Login(LoginProof proof)
    {
        var buffer = new byte[4096];
        var length = AccessRequest.Write(buffer, 7, Authenticator, Secret, new LoginRequest("nemo", proof, "sid", Nas));
        Assert.True(RadiusPacketView.TryRead(buffer.AsSpan(0, length), out var packet, out _));
        Assert.Equal(RadiusError.None, packet.VerifyRequest(Secret, requireMessageAuthenticator: true));
        Assert.Equal(RadiusAttributeType.MessageAuthenticator, packet.AttributeOctets[0]); // the first (BlastRADIUS)
        return buffer[..length];
    }

    [Fact]
    public void A_pap_login_has_all_attributes()
    {
        var octets = Login(LoginProof.From(new AuthenticationRequest.Pap("nemo", "arctangent")));
        Assert.Equal(["User-Name = \"nemo\"", "User-Password = ***", "Service-Type = Framed-User", "Framed-Protocol = PPP",
            "Acct-Session-Id = \"sid\"", .. NasLines], Lines(octets));
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out _));
        Assert.True(packet.TryFind(RadiusAttributeType.UserPassword, out var hidden));
        Span<byte> clear = stackalloc byte[128];
        Assert.True(UserPassword.TryShow(hidden.Value, packet.Authenticator, Secret, clear, out var length));
        Assert.Equal("arctangent", Encoding.UTF8.GetString(clear[..length]));
    }

    [Fact]
    public void A_chap_login_has_password_and_challenge()
    {
        var octets = Login(LoginProof.From(new AuthenticationRequest.Chap("nemo", 9, [1, 2, 3, 4], new byte[16])));
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out _));
        Assert.True(packet.TryFind(RadiusAttributeType.ChapPassword, out var password));
        Assert.Equal("0900000000000000000000000000000000", Convert.ToHexString(password.Value));
        Assert.True(packet.TryFind(RadiusAttributeType.ChapChallenge, out var challenge));
        Assert.Equal("01020304", Convert.ToHexString(challenge.Value));
    }

    [Fact, Trait("Rfc", "RFC2548-2.3.2")]
    public void A_mschap2_login_has_challenge_and_response()
    {
        byte[] ours = [.. Enumerable.Repeat((byte)0xA, 16)], theirs = [.. Enumerable.Repeat((byte)0xB, 16)],
            response = [.. Enumerable.Repeat((byte)0xC, 24)];
        var octets = Login(LoginProof.From(new AuthenticationRequest.MsChapV2("nemo", 9, ours, theirs, response, 0)));
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out _));
        Assert.True(packet.TryFind(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChapChallenge, out var challenge));
        Assert.Equal(ours, challenge.Value);
        Assert.True(packet.TryFind(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChap2Response, out var sent));
        byte[] expected = [9, 0, .. theirs, .. new byte[8], .. response];
        Assert.Equal(expected, sent.Value);
    }

    [Fact]
    public void Proofs_do_not_show_in_texts()
    {
        LoginProof[] proofs = [new LoginProof.Pap("secret"u8.ToArray()),
            new LoginProof.ChapMd5(1, "challenge"u8.ToArray(), "response"u8.ToArray()),
            new LoginProof.MsChapV2(1, new byte[16], new byte[16], new byte[24], 0)];
        foreach (var proof in proofs)
            Assert.EndsWith("{ *** }", new LoginRequest("nemo", proof, "sid", Nas).Proof.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_text_is_not_sent_and_an_ipv6_tunnel_has_the_medium_ipv6()
    {
        var buffer = new byte[4096];
        var nas = new NasPort("g", null, null, 0, "", "", "", "", "", "", Tunnel with { ClientEndpoint = "2001:db8::1", Connection = "" });
        var length = AccessRequest.Write(buffer, 7, Authenticator, Secret,
            new LoginRequest("nemo", new LoginProof.Pap("x"u8.ToArray()), "", nas));
        Assert.Equal(["User-Name = \"nemo\"", "User-Password = ***", "Service-Type = Framed-User", "Framed-Protocol = PPP",
            "NAS-Identifier = \"g\"", "NAS-Port = 0", "NAS-Port-Type = Virtual",
            "Tunnel-Type = L2TP", "Tunnel-Medium-Type = IPv6", "Tunnel-Client-Endpoint = \"2001:db8::1\"",
                "Tunnel-Server-Endpoint = \"192.0.2.1\"",
            "Tunnel-Client-Auth-Id = \"lac-1\"", "Tunnel-Server-Auth-Id = \"lns\""], Lines(buffer.AsSpan(0, length)));
    }

    [Fact]
    public void A_password_that_pap_over_radius_cannot_carry_gives_nothing() =>
        Assert.Equal(0, AccessRequest.Write(new byte[4096], 7, Authenticator, Secret,
            new LoginRequest("nemo", new LoginProof.Pap(new byte[129]), "sid", Nas)));

    private static string[] Account(AccountingRecord record, double secondsLater = 0)
    {
        var buffer = new byte[4096];
        var length = AccountingRequest.Write(buffer, 7, Secret, record, record.OccurredUtc.AddSeconds(secondsLater), out _);
        Assert.True(RadiusPacketView.TryRead(buffer.AsSpan(0, length), out var packet, out _));
        Assert.Equal(RadiusError.None, packet.VerifyRequest(Secret, requireMessageAuthenticator: true));
        return Lines(buffer.AsSpan(0, length));
    }

    [Fact]
    public void A_stop_has_all_attributes() => Assert.Equal(
        [
            "Acct-Status-Type = Stop", "Acct-Session-Id = \"default-6925f3a07k2m9q-00002a\"", "Event-Timestamp = 2026-01-31T12:00:00Z",
                "Acct-Delay-Time = 4", .. NasLines,
            "User-Name = \"nemo@example.net\"", "Service-Type = Framed-User", "Framed-Protocol = PPP", "Acct-Authentic = RADIUS",
                "Framed-IP-Address = 100.64.1.1",
            "Framed-IP-Netmask = 255.255.255.255", "Acct-Multi-Session-Id = \"multi\"", "Acct-Link-Count = 1", "Class = 0x0102",
                "Class = 0x03", "mpd-bundle = \"bundle-1\"",
            "mpd-iface = \"lns0\"", "mpd-iface-index = 7", "Acct-Session-Time = 90", "Acct-Input-Octets = 705032704",
                "Acct-Input-Gigawords = 1", "Acct-Output-Octets = 6",
            "Acct-Input-Packets = 7", "Acct-Output-Packets = 8", "Acct-Terminate-Cause = Lost-Carrier", $"mpd-term-cause = \"{Cause}\"",
        ], Account(Stop, 4.9));

    [Fact]
    public void A_start_has_no_counters_and_an_interim_no_cause()
    {
        var start = Account(Stop with { Kind = AccountingKind.Start });
        Assert.Contains("Acct-Status-Type = Start", start);
        Assert.DoesNotContain(start, line =>
            line.StartsWith("Acct-Input", StringComparison.Ordinal) || line.Contains("ause", StringComparison.Ordinal));
        var interim = Account(Stop with { Kind = AccountingKind.Interim });
        Assert.Contains("Acct-Status-Type = Interim-Update", interim);
        Assert.Contains("Acct-Output-Octets = 6", interim);
        Assert.DoesNotContain(interim, line => line.Contains("ause", StringComparison.Ordinal));
    }

    [Fact]
    public void Accounting_on_names_no_user()
    {
        var lines = Account(AccountingRecord.OfNode(AccountingKind.On, "boot", Nas with { Tunnel = null }, Noon));
        Assert.Contains("Acct-Status-Type = Accounting-On", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("User-Name", StringComparison.Ordinal));
    }

    [Fact]
    public void A_delay_is_never_negative() => Assert.Contains("Acct-Delay-Time = 0", Account(Stop, -5)); // the clock was set back

    [Fact]
    public void A_long_cause_is_cut_at_a_character()
    {
        var lines = Account(Stop with { Cause = Cause with { Text = new string('ä', 300) } });
        var text = lines[^1]["mpd-term-cause = ".Length..].Trim('"');
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 246, 247);
        Assert.DoesNotContain('\uFFFD', text);
    }

    [Theory, Trait("Rfc", "RFC2866-5.10")] // every cause has its row
    [InlineData(EndCause.UserRequest, 1), InlineData(EndCause.EchoTimeout, 2), InlineData(EndCause.CallDisconnected, 2),
        InlineData(EndCause.TunnelStopped, 3)]
    [InlineData(EndCause.TunnelTimeout, 3), InlineData(EndCause.SetupTimeout, 8), InlineData(EndCause.IdleTimeout, 4),
        InlineData(EndCause.SessionTimeout, 5)]
    [InlineData(EndCause.AuthenticationFailed, 17), InlineData(EndCause.AuthenticationUnavailable, 15),
        InlineData(EndCause.TunnelAuthenticationFailed, 8)]
    [InlineData(EndCause.NegotiationFailed, 17), InlineData(EndCause.NoAddress, 15), InlineData(EndCause.ProtocolViolation, 8),
        InlineData(EndCause.Refused, 10)]
    [InlineData(EndCause.AdministrativeReset, 6), InlineData(EndCause.Shutdown, 7), InlineData(EndCause.DataPlaneFailed, 9),
        InlineData(EndCause.InternalError, 9)]
    [InlineData(EndCause.NodeLost, 11)]
    public void Each_end_has_its_terminate_cause(EndCause cause, uint number) =>
        Assert.Equal(number, (uint)AcctTerminateCause.From(new EndReason(EndParty.Lns, EndLayer.Bundle, cause, "")));

    [Fact]
    public void Every_end_cause_is_in_the_table() // a new one must be put there, not fall to a default unseen
    {
        var rows = typeof(RadiusRequestTests).GetMethod(nameof(Each_end_has_its_terminate_cause))!.GetCustomAttributesData()
            .Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a => (IReadOnlyList<CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)
            .Select(a => (EndCause)(int)a[0].Value!);
        Assert.Equal(Enum.GetValues<EndCause>().ToHashSet(), rows.ToHashSet());
    }

    private static readonly Gen<AccountingRecord> AnyRecord =
        from texts in Gen.String.Array[17]
        from numbers in Gen.ULong.Array[5]
        from kind in Gen.Enum<AccountingKind>()
        from flags in Gen.Int[0, 63]
        from classes in Gen.Byte.Array[0, 40].Array[0, 4]
        from ticks in Gen.Long[0, long.MaxValue]
        from millis in Gen.Long[0, 253402300799999]
        from cause in Gen.Enum<EndCause>()
        select new AccountingRecord(kind,
            new AccountingSession(texts[0], texts[1], texts[2], AccountingAuthentic.Local,
                new NasPort(texts[3], (flags & 1) != 0
                    ? new Ipv4Address((uint)numbers[0]) : null, (flags & 2) != 0 ? new UInt128(numbers[1], numbers[2]) : null,
                    (uint)numbers[3], texts[4], texts[5], texts[6], texts[7], texts[8], texts[9],
                    (flags & 4) != 0 ? new TunnelAttributes(texts[10], texts[11], texts[12], texts[13], texts[14]) : null),
                (flags & 8) != 0 ? new Ipv4Address((uint)numbers[1]) : null, (flags & 16) != 0 ? new Ipv4Address((uint)numbers[2]) : null,
                [.. classes.Select(c => (ReadOnlyMemory<byte>)c)], texts[15], texts[16], (uint)numbers[4]),
            (uint)numbers[4], new AccountingCounters(numbers[0], numbers[1], numbers[2], numbers[3]), TimeSpan.FromTicks(ticks),
            DateTimeOffset.FromUnixTimeMilliseconds(millis), (flags & 32) != 0
                ? new EndReason(EndParty.Radius, EndLayer.DataPlane, cause, texts[0]) : null);

    /// <summary>Equal but for the arrays, which compare by reference, and for lone surrogates, which UTF-8 does not have.</summary>
    private static string Show(AccountingRecord record)
    {
        var text = (record with { Session = record.Session with { Classes = [] } }).ToString() + string.Join(',',
            record.Session.Classes.Select(c => Convert.ToHexString(c.Span)));
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    [Fact] // law: a record in the spool round-trips
    public void Records_round_trip() => AnyRecord.Sample(record =>
    {
        Assert.True(AccountingRecordCodec.TryDecode(AccountingRecordCodec.Encode(record), out var again, out var error), error.ToString());
        Assert.Equal(Show(record), Show(again!));
    }, iter: 300);

    [Fact]
    public void Records_are_small_and_every_truncation_is_refused()
    {
        var octets = AccountingRecordCodec.Encode(Stop);
        Assert.InRange(octets.Length, 100, 400);
        for (var length = 0; length < octets.Length; length++)
        {
            Assert.False(AccountingRecordCodec.TryDecode(octets.AsSpan(0, length), out var record, out var error));
            Assert.Null(record);
            Assert.Equal(RecordError.Truncated, error);
        }
        Assert.False(AccountingRecordCodec.TryDecode([.. octets, 0], out _, out var trailing));
        Assert.Equal(RecordError.TrailingOctets, trailing);
        octets[0] = 3;
        Assert.False(AccountingRecordCodec.TryDecode(octets, out _, out var version));
        Assert.Equal(RecordError.UnknownVersion, version);
    }

    [Fact] // the format of version 1: a spool written by an older program must stay readable
    public void The_first_format_stays_readable()
    {
        var record = AccountingRecord.OfNode(AccountingKind.On, "boot",
            new NasPort("g", Ipv4Address.Parse("192.0.2.1"), null, 300, "", "", "", "", "", "", null), Noon);
        const string Octets = "010701" + "04626f6f74" + "0000" + "01" + "00" + "000000" + "0167" + "818480800c" + "ac02"
            + "000000000000" + "0000000000" + "00" + "80bcb29fc133";
        Assert.Equal(Octets, Convert.ToHexStringLower(AccountingRecordCodec.Encode(record)));
    }

    [Fact] // law: any octets are a record or an error
    public void Any_octets_never_throw()
    {
        var good = AccountingRecordCodec.Encode(Stop);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Byte.Array[0, 60]).Sample((at, octet, noise) =>
        {
            AccountingRecordCodec.TryDecode(noise, out _, out _);
            AccountingRecordCodec.TryDecode([1, .. noise], out _, out _);
            var damaged = (byte[])good.Clone();
            damaged[at] = octet;
            if (!AccountingRecordCodec.TryDecode(damaged, out var record, out _)) return;
            AccountingRequest.Write(new byte[4096], 0, Secret, record!, Noon, out _);
            AccountingRecordCodec.Encode(record!);
        });
    }

    /// <summary>A server may write every column anew at each Interim-Update, as the SQL queries of FreeRADIUS do.</summary>
    [Fact]
    public void An_interim_update_carries_every_attribute_of_start_and_stop_with_the_same_values()
    {
        string[] Attributes(AccountingKind kind)
        {
            var buffer = new byte[4096];
            var record = Stop with { Kind = kind, Cause = kind == AccountingKind.Stop ? Cause : null };
            var length = AccountingRequest.Write(buffer, 0, Secret, record, Noon, out _);
            return [.. Lines(buffer.AsSpan(0, length)).Where(static l => !l.StartsWith("Acct-Status-Type", StringComparison.Ordinal))];
        }

        var (start, interim, stop) = (Attributes(AccountingKind.Start), Attributes(AccountingKind.Interim),
            Attributes(AccountingKind.Stop));
        Assert.Empty(start.Except(interim));
        Assert.Empty(interim.Except(stop));
        Assert.Equal(["Acct-Terminate-Cause", "mpd-term-cause"],
            stop.Except(interim).Select(static l => l.Split(" = ")[0]).Distinct().Order(StringComparer.OrdinalIgnoreCase));
    }
}
