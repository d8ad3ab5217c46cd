using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class LinkSetupTests
{
    private const string Proof = "0464656D6F06736573616D65"; // demo, sesame
    private static readonly LinkPolicy Policy = new() { AuthMethods = [AuthMethod.Pap], EchoJitter = 0 };
    private static readonly LinkPolicy Chap = Policy with { AuthMethods = [AuthMethod.ChapMd5] };

    /// <summary>A new negotiation of the client, with another Magic-Number.</summary>
    private static void Renegotiate(LinkProbe probe, byte id)
    {
        probe.Lcp(1, id, $"0506A1B2C3{id:X2}");
        if (probe.Frames.FirstOrDefault(f => f.StartsWith("C02101", StringComparison.Ordinal)) is { } request)
            probe.Frame(PppProtocol.Lcp, "02" + request[6..]);
    }

    [Fact]
    public void A_client_that_negotiates_again_and_never_proves_itself_ends_at_the_set_up_limit()
    {
        var probe = new LinkProbe(Chap).OpenLcp();
        for (byte id = 2; ; id++)
        {
            Assert.True(id < 10);
            var next = probe.Now + TimeSpan.FromSeconds(20);
            while (probe.Closing is null && PppLink.NextDeadline(probe.State) <= next) probe.ToDeadline();
            if (probe.Closing is not null) break;
            probe.Now = next;
            Renegotiate(probe, id);
        }
        Assert.Equal((EndCause.SetupTimeout, new Instant(0) + Policy.SetupTimeout), (probe.Closing.Cause, probe.Now));
    }

    [Fact] // law: whatever the client sends, a call that is not up has closed at its set-up limit
    public void Nothing_that_a_client_does_renews_the_set_up_limit()
    {
        var step = Gen.Select(Gen.Int[0, 7], Gen.Byte, Gen.Double[0.01, 15]);
        Gen.Select(Gen.Int[0, 2], step.Array[5, 60]).Sample((auth, script) =>
        {
            var probe = new LinkProbe(auth switch { 0 => Chap, 1 => Policy, _ => new LinkPolicy { EchoInterval = TimeSpan.Zero } });
            var (request, until) = (probe.Frames[0], new Instant(0) + Policy.SetupTimeout);
            var isClosed = false;
            void See()
            {
                isClosed |= probe.Closing is not null;
                request = probe.Frames.LastOrDefault(f => f.StartsWith("C02101", StringComparison.Ordinal)) ?? request;
            }
            foreach (var (kind, id, wait) in script)
            {
                for (var next = probe.Now + TimeSpan.FromSeconds(wait); ; See())
                {
                    if (PppLink.NextDeadline(probe.State) is { } due && due <= next) probe.ToDeadline();
                    else
                    {
                        probe.Now = next;
                        break;
                    }
                }
                switch (kind)
                {
                    case 0: probe.Lcp(1, id, $"0506A1B2C3{id:X2}"); break;
                    case 1: probe.Frame(PppProtocol.Lcp, "02" + request[6..]); break;
                    case 2: probe.Lcp(3, Convert.FromHexString(request)[3], "01040578"); break;
                    case 3: probe.Lcp(9, id, "A1B2C3D4"); break;
                    case 4: probe.Pap(1, id, Proof); break;
                    case 5: probe.Chap(2, id, "10" + new string('0', 32) + "64656D6F"); break;
                    case 6: probe.Lcp(1, id, ""); break;
                    default: probe.Lcp(4, Convert.FromHexString(request)[3], "0304C023"); break;
                }
                See();
                Assert.True(isClosed || probe.Now <= until, $"{probe.State.Phase} at {(probe.Now - new Instant(0)).TotalSeconds} s");
                Assert.NotEqual(LinkPhase.Network, probe.State.Phase);
            }
        }, iter: 2_000);
    }

    [Fact]
    public void A_login_alone_renews_no_limit_but_a_subscriber_that_was_up_gets_the_whole_time_again()
    {
        var probe = LinkProbe.InNetwork(Policy);
        probe.Now += TimeSpan.FromSeconds(50);
        Renegotiate(probe, 2);
        Assert.Equal(new Instant(0) + Policy.SetupTimeout, EndOf(probe));

        probe = LinkProbe.InNetwork(Policy).On(LinkEvent.NetworkOpened.Instance);
        Assert.Empty(probe.Effects);
        probe.Now += TimeSpan.FromDays(3);
        Renegotiate(probe, 2);
        Assert.Equal(probe.Now + Policy.AuthTimeout, EndOf(probe));

        probe = LinkProbe.InNetwork(Policy);
        probe.Now += TimeSpan.FromSeconds(61);
        Renegotiate(probe, 2); // too late: it has not been up
        Assert.Equal(EndCause.SetupTimeout, (probe.State as LinkState.Terminate)!.Why.Cause);

        static Instant EndOf(LinkProbe probe)
        {
            while (probe.Closing is null && PppLink.NextDeadline(probe.State) is not null) probe.ToDeadline();
            return probe.Now;
        }
    }

    [Fact]
    public void A_client_that_negotiates_lcp_without_end_is_ended_in_words()
    {
        var probe = new LinkProbe(Chap).OpenLcp();
        for (byte id = 2; probe.State.Phase != LinkPhase.Terminate; id++)
        {
            Assert.True(id < 20);
            probe.Now += TimeSpan.FromMilliseconds(10);
            Renegotiate(probe, id);
        }
        Assert.Equal("the subscriber negotiated LCP 10 times and is not up", ((LinkState.Terminate)probe.State).Why.Text);
    }

    [Fact]
    public void Logins_in_a_row_are_bounded_whether_the_call_was_up_or_not()
    {
        var probe = LinkProbe.InNetwork(Policy).On(LinkEvent.NetworkOpened.Instance);
        for (byte id = 2; id <= Policy.MaxLogins; id++)
        {
            probe.Now += LinkSetup.Lasting - TimeSpan.FromMilliseconds(1);
            LogInAgain(probe, id);
        }
        probe.Now += LinkSetup.Lasting - TimeSpan.FromMilliseconds(1);
        Renegotiate(probe, 9);
        Assert.Equal((EndLayer.Authentication, EndCause.AuthenticationFailed,
            "5 logins in one call, and the subscriber was not up for 60 s after any of them"),
            (probe.Closing!.Layer, probe.Closing.Cause, probe.Closing.Text));
        Assert.StartsWith("C02105", probe.Frames[^1], StringComparison.Ordinal);
        Assert.Empty(probe.Pap(1, 9, Proof).Effects.OfType<LinkEffect.AuthenticateRequested>());
    }

    [Fact]
    public void A_call_that_was_up_for_a_minute_each_time_may_log_in_as_often_as_it_likes()
    {
        var probe = LinkProbe.InNetwork(Policy).On(LinkEvent.NetworkOpened.Instance);
        for (byte id = 2; id < 200; id++)
        {
            probe.Now += LinkSetup.Lasting;
            LogInAgain(probe, id);
        }
    }

    [Fact]
    public void Time_without_a_network_protocol_is_no_time_up()
    {
        var probe = LinkProbe.InNetwork(Policy with { SetupTimeout = TimeSpan.FromHours(9) });
        for (byte id = 2; id <= Policy.MaxLogins; id++)
        {
            probe.Now += LinkSetup.Lasting; // in the network phase, and IPCP does not open
            LogInAgain(probe, id, opens: false);
        }
        probe.Now += LinkSetup.Lasting;
        Renegotiate(probe, 9);
        Assert.Equal(EndCause.AuthenticationFailed, probe.Closing?.Cause);
    }

    [Fact]
    public void A_network_protocol_that_opens_again_does_not_shorten_the_time_up()
    {
        var probe = LinkProbe.InNetwork(Policy).On(LinkEvent.NetworkOpened.Instance);
        for (byte id = 2; id < 20; id++)
        {
            probe.Now += LinkSetup.Lasting / 2;
            probe.On(LinkEvent.NetworkOpened.Instance);
            probe.Now += LinkSetup.Lasting / 2;
            LogInAgain(probe, id);
        }
    }

    [Fact] // law: of logins in a row, after none of which the subscriber was up for a minute, there are at most MaxLogins
    public void No_call_has_more_logins_in_a_row_than_the_limit()
    {
        Gen.Select(Gen.Double[0, 100], Gen.Bool).Array[1, 60].Sample(script =>
        {
            var probe = LinkProbe.InNetwork(Policy with { SetupTimeout = TimeSpan.FromHours(9) }).On(LinkEvent.NetworkOpened.Instance);
            var (row, isUp) = (1, true);
            foreach (var ((seconds, opens), i) in script.Select(static (s, i) => (s, i)))
            {
                probe.Now += TimeSpan.FromSeconds(seconds);
                if (isUp && seconds >= 60) row = 0;
                var id = (byte)(2 + i);
                Renegotiate(probe, id);
                Assert.Equal(row >= Policy.MaxLogins, probe.Closing is not null);
                if (probe.Closing is not null) return;
                var attempt = probe.Pap(1, id, Proof).Question!.Attempt;
                row++;
                Assert.NotNull(probe.On(new LinkEvent.AuthenticationAccepted(attempt, null)).Network);
                isUp = opens;
                if (opens) probe.On(LinkEvent.NetworkOpened.Instance);
            }
        }, iter: 500);
    }

    private static void LogInAgain(LinkProbe probe, byte id, bool opens = true)
    {
        Renegotiate(probe, id);
        Assert.Equal(id, probe.Pap(1, id, Proof).Question!.Attempt);
        Assert.NotNull(probe.On(new LinkEvent.AuthenticationAccepted(id, null)).Network);
        if (opens) probe.On(LinkEvent.NetworkOpened.Instance);
    }

    [Fact]
    public void Repeated_proofs_make_one_login()
    {
        var probe = new LinkProbe(Policy).OpenLcp();
        var asked = 0;
        for (byte id = 1; id < 100; id++) asked += probe.Pap(1, id, Proof).Question is null ? 0 : 1;
        probe.On(new LinkEvent.AuthenticationAccepted(1, null));
        for (byte id = 100; id < 200; id++) asked += probe.Pap(1, id, Proof).Question is null ? 0 : 1;
        Assert.Equal(1, asked);
    }
}
