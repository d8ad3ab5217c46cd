namespace Akka.LNS.Protocol.Tests;

/// <summary>Words of an end, which log, accounting and CDN share.</summary>
public sealed class EndReasonTests
{
    public static TheoryData<EndCause, string> Causes => new()
    {
        { EndCause.UserRequest, "user request" },
        { EndCause.EchoTimeout, "echo timeout" },
        { EndCause.CallDisconnected, "call disconnected" },
        { EndCause.TunnelStopped, "tunnel stopped" },
        { EndCause.TunnelTimeout, "tunnel timeout" },
        { EndCause.SetupTimeout, "setup timeout" },
        { EndCause.IdleTimeout, "idle timeout" },
        { EndCause.SessionTimeout, "session timeout" },
        { EndCause.AuthenticationFailed, "authentication failed" },
        { EndCause.AuthenticationUnavailable, "authentication unavailable" },
        { EndCause.TunnelAuthenticationFailed, "tunnel authentication failed" },
        { EndCause.NegotiationFailed, "negotiation failed" },
        { EndCause.NoAddress, "no address" },
        { EndCause.ProtocolViolation, "protocol violation" },
        { EndCause.Refused, "refused" },
        { EndCause.AdministrativeReset, "administrative reset" },
        { EndCause.Shutdown, "shutdown" },
        { EndCause.DataPlaneFailed, "data plane failed" },
        { EndCause.InternalError, "internal error" },
        { EndCause.NodeLost, "node lost" },
    };

    public static TheoryData<EndLayer, string> Layers => new()
    {
        { EndLayer.Node, "node" },
        { EndLayer.Tunnel, "tunnel" },
        { EndLayer.Session, "session" },
        { EndLayer.Link, "link" },
        { EndLayer.Authentication, "authentication" },
        { EndLayer.Bundle, "bundle" },
        { EndLayer.DataPlane, "data plane" },
    };

    public static TheoryData<EndParty, string> Parties => new()
    {
        { EndParty.Peer, "peer" },
        { EndParty.Subscriber, "subscriber" },
        { EndParty.Lns, "LNS" },
        { EndParty.Administrator, "administrator" },
        { EndParty.Radius, "RADIUS" },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void Each_cause_has_words(EndCause cause, string words) => Assert.Equal(words, cause.ToWords());

    [Theory]
    [MemberData(nameof(Layers))]
    public void Each_layer_has_words(EndLayer layer, string words) => Assert.Equal(words, layer.ToWords());

    [Theory]
    [MemberData(nameof(Parties))]
    public void Each_party_has_words(EndParty party, string words) => Assert.Equal(words, party.ToWords());

    [Fact]
    public void The_tables_are_complete_and_no_words_repeat()
    {
        Complete(Causes, EndWords.ToWords);
        Complete(Layers, EndWords.ToWords);
        Complete(Parties, EndWords.ToWords);

        static void Complete<T>(TheoryData<T, string> table, Func<T, string> words)
            where T : struct, Enum
        {
            Assert.Equal(Enum.GetValues<T>(), table.Select(static row => row.Data.Item1));
            Assert.Distinct(Enum.GetValues<T>().Select(words));
        }
    }

    [Fact]
    public void The_text_has_cause_layer_party_and_sentence() =>
        Assert.Equal("echo timeout (link, by LNS): 4 LCP echoes without an answer",
            new EndReason(EndParty.Lns, EndLayer.Link, EndCause.EchoTimeout, "4 LCP echoes without an answer").ToString());
}
