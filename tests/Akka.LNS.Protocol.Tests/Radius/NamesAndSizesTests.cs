using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

public class NamesAndSizesTests
{
    private static readonly byte[] Secret = "secret"u8.ToArray();
    private static readonly string Long = new('x', 253);

    private static AccountingRecord Stop(int classes, int octets, string text, string login = "") => new(AccountingKind.Stop,
        new AccountingSession("id", "id", PeerText.Decode([0x6D, 0xFC]), AccountingAuthentic.Radius,
            new NasPort(text, new Ipv4Address(1), 1, 7, text, text, text, text, text, text,
                new TunnelAttributes(text, text, text, text, text)), new Ipv4Address(2), new Ipv4Address(3),
            [.. Enumerable.Range(0, classes).Select(_ => (ReadOnlyMemory<byte>)new byte[octets])], text, text, 9)
        { Login = login }, 1,
        new AccountingCounters(ulong.MaxValue, ulong.MaxValue, 1, 1), TimeSpan.FromSeconds(9), DateTimeOffset.UnixEpoch,
        new EndReason(EndParty.Lns, EndLayer.Link, EndCause.IdleTimeout, text));

    [Fact]
    public void Any_record_fits_into_a_packet_and_keeps_what_billing_needs() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 253], Gen.Bool).Sample((classes, octets, isLong) =>
        {
            var buffer = new byte[4096];
            var length = AccountingRequest.Write(buffer, 1, Secret, Stop(classes, octets, isLong ? Long : "t"), DateTimeOffset.UnixEpoch,
                out _);
            return length > 0 && RadiusPacketView.TryRead(buffer.AsSpan(0, length), out var packet, out _)
                && packet.TryFind(RadiusAttributeType.AcctSessionId, out _) && packet.TryFind(RadiusAttributeType.AcctStatusType, out _)
                && packet.TryFind(RadiusAttributeType.UserName, out _) && packet.TryFind(RadiusAttributeType.NasIdentifier, out _)
                && packet.TryFind(RadiusAttributeType.AcctInputGigawords, out _)
                && packet.TryFind(RadiusAttributeType.AcctTerminateCause, out _);
        });

    [Fact]
    public void Class_is_the_last_to_be_left_out_and_the_rest_is_named()
    {
        var buffer = new byte[4096];
        Assert.NotEqual(0, AccountingRequest.Write(buffer, 1, Secret, Stop(16, 253, "t"), DateTimeOffset.UnixEpoch, out var omitted));
        Assert.Contains(" of 16 Class", omitted, StringComparison.Ordinal);
        AccountingRequest.Write(buffer, 1, Secret, Stop(2, 20, "t"), DateTimeOffset.UnixEpoch, out omitted);
        Assert.Equal("", omitted);
    }

    [Fact]
    public void An_empty_attribute_is_never_sent()
    {
        var buffer = new byte[4096];
        var length = AccountingRequest.Write(buffer, 1, Secret, Stop(3, 0, ""), DateTimeOffset.UnixEpoch, out _);
        Assert.True(RadiusPacketView.TryRead(buffer.AsSpan(0, length), out var packet, out _));
        foreach (var attribute in packet.Attributes) Assert.False(attribute.Value.IsEmpty);
    }

    [Fact]
    public void An_empty_class_of_an_accept_is_ignored_and_told()
    {
        var profile = SubscriberProfile.Read([RadiusAttributeType.Class, 2]);
        Assert.Empty(profile.Classes);
        Assert.Contains("Class is empty", Assert.Single(profile.Problems), StringComparison.Ordinal);
        Assert.Null(profile.Rejection);
    }

    [Fact]
    public void The_accept_names_the_session_octet_by_octet() =>
        Assert.Equal("6DFC", Convert.ToHexString(PeerText.Encode(SubscriberProfile.Read([1, 4, 0x6D, 0xFC]).UserName)));

    [Fact]
    public void The_spool_keeps_octets_and_both_names()
    {
        foreach (var login in new[] { "", PeerText.Decode([0xFC, 0x00]) })
        {
            Assert.True(AccountingRecordCodec.TryDecode(AccountingRecordCodec.Encode(Stop(0, 0, "t", login)), out var read, out _));
            Assert.Equal((PeerText.Decode([0x6D, 0xFC]), login), (read!.Session.UserName, read.Session.Login));
        }
    }

    [Fact]
    public void A_name_that_radius_cannot_carry_is_refused() =>
        Assert.Equal(LoginStep.Refuse, LoginPlan.Decide(new LoginCase([AuthSource.Radius], true, true) { IsNameTooLong = true }).Step);

    [Fact]
    public void Both_names_find_the_session()
    {
        var session = new SessionIdentity("id", "given", "given", default, "", "", 1) { Login = "typed" };
        Assert.True(new SessionSelector { UserName = "given" }.Matches(session));
        Assert.True(new SessionSelector { UserName = "typed" }.Matches(session));
        Assert.False(new SessionSelector { UserName = "other" }.Matches(session));
    }

    private static DynamicAuthorizationRequest Coa(NasIdentity nas, bool raise, params string[] lines)
    {
        var buffer = new byte[4096];
        var writer = RadiusPacketWriter.SignedRequest(buffer, RadiusCode.CoaRequest, 1);
        foreach (var line in lines)
        {
            Assert.True(RadiusDictionary.Default.TryEncodeLine(line, out var attribute, out var error), error);
            writer.Attributes(attribute);
        }
        Assert.True(RadiusPacketView.TryRead(buffer.AsSpan(0, writer.Finish(Secret)), out var packet, out _));
        return DynamicAuthorizationRequest.Read(packet, nas, raise);
    }

    [Fact]
    public void A_small_interim_interval_is_refused_with_its_value_or_raised()
    {
        var nas = new NasIdentity("n", []);
        var refusal = Coa(nas, raise: false, "User-Name = u", "Acct-Interim-Interval = 15").Refusal;
        Assert.Equal(ErrorCause.InvalidAttributeValue, refusal!.Value.Cause);
        Assert.Contains("Acct-Interim-Interval 15", refusal.Value.Detail, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(60),
            Coa(nas, raise: true, "User-Name = u", "Acct-Interim-Interval = 15").Change.AcctInterimInterval);
    }

    [Fact]
    public void An_ipv6_address_of_the_node_is_its_own()
    {
        var nas = new NasIdentity("n", []) { Ipv6Addresses = [1] };
        Assert.Null(Coa(nas, false, "User-Name = u", "NAS-IPv6-Address = ::1", "Session-Timeout = 9").Refusal);
        Assert.Equal(ErrorCause.NasIdentificationMismatch,
            Coa(nas, false, "User-Name = u", "NAS-IPv6-Address = ::2", "Session-Timeout = 9").Refusal!.Value.Cause);
    }

    private static DynamicAuthorizationRequest Raw(RadiusCode code, params byte[][] attributes)
    {
        var buffer = new byte[4096];
        var writer = RadiusPacketWriter.SignedRequest(buffer, code, 1);
        foreach (var attribute in attributes) writer.Attributes(attribute);
        Assert.True(RadiusPacketView.TryRead(buffer.AsSpan(0, writer.Finish(Secret)), out var packet, out _));
        return DynamicAuthorizationRequest.Read(packet, new NasIdentity("n", []));
    }

    private static readonly byte[] User = [RadiusAttributeType.UserName, 3, (byte)'u'];
    private static readonly byte[] Timeout = [RadiusAttributeType.SessionTimeout, 6, 0, 0, 0, 60];

    [Theory]
    [InlineData(RadiusAttributeType.Class)]
    [InlineData(RadiusAttributeType.FilterId)]
    [InlineData(RadiusAttributeType.ReplyMessage)]
    [InlineData(RadiusAttributeType.State)]
    public void An_empty_attribute_of_a_change_is_ignored_and_counted(byte type)
    {
        var request = Raw(RadiusCode.CoaRequest, User, Timeout, [type, 2], [type, 2]);
        Assert.Null(request.Refusal);
        Assert.Equal((2, "Session-Timeout = 60"), (request.EmptyAttributes, request.Change.ToString()));
        Assert.Equal(ErrorCause.MissingAttribute, Raw(RadiusCode.CoaRequest, User, [type, 2]).Refusal!.Value.Cause);
        var disconnect = Raw(RadiusCode.DisconnectRequest, User, [type, 2]);
        Assert.Equal((null, 1), (disconnect.Refusal, disconnect.EmptyAttributes));
    }

    [Theory]
    [InlineData(RadiusAttributeType.UserName)]
    [InlineData(RadiusAttributeType.CallingStationId)]
    [InlineData(RadiusAttributeType.AcctSessionId)]
    public void An_empty_name_of_a_session_is_refused_because_without_it_more_sessions_match(byte type) =>
        Assert.Equal(ErrorCause.InvalidRequest, Raw(RadiusCode.DisconnectRequest, [type, 2],
            [RadiusAttributeType.CalledStationId, 3, (byte)'c']).Refusal!.Value.Cause);

    [Fact]
    public void Zeros_at_the_end_of_a_text_are_cut_off_and_those_of_a_name_are_kept()
    {
        var profile = SubscriberProfile.Read([RadiusAttributeType.FramedPool, 5, (byte)'p', 0, 0,
            RadiusAttributeType.FilterId, 4, (byte)'f', 0, RadiusAttributeType.ReplyMessage, 4, (byte)'r', 0,
            RadiusAttributeType.UserName, 4, (byte)'u', 0]);
        Assert.Equal(("p", "f", "r", "u\0"),
            (profile.FramedPool, Assert.Single(profile.FilterIds), profile.ReplyMessage, profile.UserName));
        Assert.Equal(["f"], Raw(RadiusCode.CoaRequest, User, [RadiusAttributeType.FilterId, 4, (byte)'f', 0]).Change.FilterIds!.Value);
    }

    [Fact]
    public void A_name_that_went_out_cut_finds_its_session()
    {
        var calling = new string('1', 253) + "23";
        var session = new SessionIdentity("id", "u", "u", default, calling, Long, 1);
        Assert.True(new SessionSelector { CallingStationId = calling[..253], CalledStationId = Long }.Matches(session));
        Assert.False(new SessionSelector { CallingStationId = calling[..252] }.Matches(session));
        Assert.False(new SessionSelector { CalledStationId = Long[..252] }.Matches(session));
    }

    [Fact]
    public void A_refusal_names_the_vendor_attribute_and_its_value()
    {
        var refusal = Raw(RadiusCode.CoaRequest, User,
            [RadiusAttributeType.VendorSpecific, 12, 0, 0, 0x01, 0x37, MicrosoftAttributeType.PrimaryDnsServer, 6, 192, 0, 2, 1]).Refusal;
        Assert.Equal(ErrorCause.UnsupportedAttribute, refusal!.Value.Cause);
        Assert.Contains("192.0.2.1 cannot be changed", refusal.Value.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_longer_than_a_packet_is_sent_without_its_cause()
    {
        var (request, answer) = (new byte[4096], new byte[4096]);
        var writer = RadiusPacketWriter.SignedRequest(request, RadiusCode.DisconnectRequest, 1);
        writer.Attributes(User);
        for (var left = 4096 - 20 - 18 - 3; left > 2; left -= Math.Min(left, 255))
            writer.Octets(RadiusAttributeType.ProxyState, new byte[Math.Min(left, 255) - 2]);
        Assert.True(RadiusPacketView.TryRead(request.AsSpan(0, writer.Finish(Secret)), out var packet, out _));
        var length = DynamicAuthorizationRequest.WriteAnswer(answer, packet, ErrorCause.SessionContextNotFound, Secret);
        Assert.True(RadiusPacketView.TryRead(answer.AsSpan(0, length), out var nak, out _));
        Assert.Equal((RadiusCode.DisconnectNak, false), (nak.Code, nak.TryFind(RadiusAttributeType.ErrorCause, out _)));
        Assert.Equal(RadiusError.None, nak.VerifyResponse(packet.Code, packet.Identifier, packet.Authenticator, Secret));
    }

    [Fact]
    public void Any_login_fits_into_a_packet_with_its_name_octet_by_octet() =>
        Gen.Select(Gen.Byte.Array[1, 253], Gen.Int[0, 300], Gen.Int[1, 128]).Sample((name, length, password) =>
        {
            var text = new string('x', length);
            var login = new LoginRequest(PeerText.Decode(name), new LoginProof.Pap(new byte[password]), "id", new NasPort(text,
                new Ipv4Address(1), 1, 7, text, text, text, text, text, text, new TunnelAttributes(text, text, text, text, text)));
            var buffer = new byte[4096];
            var written = AccessRequest.Write(buffer, 1, new byte[16], Secret, login);
            return written > 0 && RadiusPacketView.TryRead(buffer.AsSpan(0, written), out var packet, out _)
                && packet.TryFind(RadiusAttributeType.UserName, out var sent) && sent.Value.SequenceEqual(name)
                && packet.TryFind(RadiusAttributeType.UserPassword, out _);
        });
}
