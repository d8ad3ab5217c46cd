using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Ppp;

/// <summary>Configure-Naks and -Rejects to our requests that lead nowhere. RFC 1661 section 4.6.</summary>
public class NakTests
{
    private static readonly LinkPolicy Policy = new()
    {
        AuthMethods = [AuthMethod.Pap], EchoInterval = TimeSpan.Zero, OfferPfc = true, OfferAcfc = true,
    };

    private static string? Request(LinkProbe probe) => probe.Frames.LastOrDefault(f => f.StartsWith("C02101", StringComparison.Ordinal));

    /// <summary>Answers each request of LCP by a Nak. Returns the requests.</summary>
    private static List<string> NakAll(LinkProbe probe, Func<int, string> options, int limit = 40)
    {
        var requests = new List<string>();
        while (Request(probe) is { } request && probe.Closing is null)
        {
            requests.Add(request);
            Assert.True(requests.Count <= limit, "rounds without end");
            probe.Lcp(3, Convert.FromHexString(request)[3], options(requests.Count));
            if (probe.Closing is null && Request(probe) is null && PppLink.NextDeadline(probe.State) is not null) probe.ToDeadline();
        }
        return requests;
    }

    [Theory]
    [InlineData("010405D4", "010405D4")] // MRU 1492, which we asked for
    [InlineData("01042328", "010405D4")]
    [InlineData("0702", "0702")]
    [InlineData("0802", "0802")]
    [InlineData("0506A1B2C3D4", "0506")]
    [Trait("Rfc", "RFC1661-4.6-2")]
    public void An_option_that_is_answered_by_naks_again_and_again_is_left_out(string nak, string option)
    {
        var probe = new LinkProbe(Policy);
        for (var round = 1; Request(probe)!.Contains(option, StringComparison.Ordinal); round++)
        {
            Assert.True(round <= Policy.MaxFailure + 1);
            probe.Lcp(3, Convert.FromHexString(Request(probe)!)[3], nak);
            if (Request(probe) is null) probe.ToDeadline();
        }
        probe.OpenLcp();
        Assert.Equal(LinkPhase.Authenticate, probe.State.Phase);
        Assert.True(probe.Now - new Instant(0) < TimeSpan.FromSeconds(2));
    }

    [Fact]
    [Trait("Rfc", "RFC1661-6.1-1")]
    public void Without_the_mru_option_1500_octets_are_accepted()
    {
        var probe = new LinkProbe(Policy with { AuthMethods = [] });
        while (Request(probe)!.Contains("010405D4", StringComparison.Ordinal))
        {
            probe.Lcp(3, Convert.FromHexString(Request(probe)!)[3], "010405D4");
            if (Request(probe) is null) probe.ToDeadline();
        }
        Assert.Equal(1500, probe.OpenLcp().Network!.OurMru);
    }

    [Fact]
    public void A_second_nak_that_changes_nothing_is_not_answered_before_the_restart_timer()
    {
        var probe = new LinkProbe(Policy);
        probe.Lcp(3, Convert.FromHexString(Request(probe)!)[3], "010405D4");
        Assert.NotNull(Request(probe));
        probe.Lcp(3, Convert.FromHexString(Request(probe)!)[3], "010405D4");
        Assert.Null(Request(probe));
        Assert.Equal(probe.Now + Policy.FirstRestartInterval, PppLink.NextDeadline(probe.State));
    }

    [Fact]
    public void Naks_that_name_no_option_of_ours_end_in_words()
    {
        var probe = new LinkProbe(Policy);
        Assert.InRange(NakAll(probe, _ => "110405DC").Count, 3, 6);
        Assert.Equal((EndCause.NegotiationFailed, "the subscriber answers each LCP request with a Configure-Nak that changes nothing"),
            (probe.Closing!.Cause, probe.Closing.Text));
    }

    [Fact]
    public void Naks_in_a_circle_are_bounded()
    {
        var probe = new LinkProbe(Policy);
        Assert.InRange(NakAll(probe, n => n % 2 == 0 ? "01040578" : "01040514").Count, 2, 10);
        probe = new LinkProbe(Policy);
        Assert.InRange(NakAll(probe, n => $"0506A1B2C3{n:X2}").Count, 2, 10); // another Magic-Number each time
    }

    [Fact] // law: any Naks and Rejects end the negotiation after few rounds, or an Ack finishes it
    public void Rounds_are_bounded_whatever_the_client_answers()
    {
        var option = Gen.OneOf(
            Gen.UShort.Select(mru => $"0104{mru:X4}"), Gen.UInt.Select(magic => $"0506{magic:X8}"), Gen.Const("0702"), Gen.Const("0802"),
            Gen.Const("0304C023"), Gen.Const("0305C22305"), Gen.Const("0305C22381"), Gen.Const("0304C227"), Gen.Const("110405DC"));
        Gen.Select(Gen.ULong, option.Array[0, 3].Array[1, 60]).Sample((seed, naks) =>
        {
            var probe = new LinkProbe(Policy with { AuthMethods = [AuthMethod.MsChapV2, AuthMethod.ChapMd5, AuthMethod.Pap] }, seed);
            NakAll(probe, n => string.Concat(naks[n % naks.Length]), limit: 16);
        }, iter: 2_000);
    }

    [Fact]
    public void A_client_that_repeats_a_rejected_option_without_end_is_ended_in_words()
    {
        var probe = new LinkProbe(Policy);
        var answers = 0;
        for (byte id = 1; probe.State.Phase != LinkPhase.Terminate; id++, answers++)
        {
            Assert.True(answers < 100);
            probe.Lcp(1, id, "01040010");
        }
        Assert.Equal("no agreement on the subscriber's LCP options after 40 answers", ((LinkState.Terminate)probe.State).Why.Text);
    }

    // ---- Configure-Reject of the authentication option --------------------------------------------------------------

    [Fact]
    [Trait("Rfc", "RFC1661-6.2-1")]
    public void A_rejected_method_is_followed_by_the_next_one_and_the_last_ends_the_link_in_words()
    {
        var probe = new LinkProbe(new LinkPolicy { AuthMethods = [AuthMethod.MsChapV2, AuthMethod.ChapMd5, AuthMethod.Pap] });
        foreach (var method in new[] { "0305C22381", "0305C22305", "0304C023" })
        {
            Assert.Contains(method, Request(probe), StringComparison.Ordinal);
            probe.Lcp(4, Convert.FromHexString(Request(probe)!)[3], method);
        }
        Assert.Equal((EndCause.NegotiationFailed, "the subscriber rejected the authentication option"),
            (probe.Closing!.Cause, probe.Closing.Text));
    }

    [Fact]
    public void A_reject_of_method_and_magic_number_together_takes_both()
    {
        var probe = new LinkProbe(new LinkPolicy { AuthMethods = [AuthMethod.MsChapV2, AuthMethod.Pap] });
        var request = Request(probe)!;
        probe.Lcp(4, Convert.FromHexString(request)[3], "0305C22381" + request[^12..]);
        Assert.Equal("010405D4" + "0304C023", Request(probe)![12..]);
    }
}
