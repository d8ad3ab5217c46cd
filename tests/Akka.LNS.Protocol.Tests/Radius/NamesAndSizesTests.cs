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
}
