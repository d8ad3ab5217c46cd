using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>What can happen to a <see cref="PppLink"/>.</summary>
public abstract record LinkEvent
{
    /// <summary>A PPP frame of this link that is not the data plane's or the bundle's: LCP, PAP, CHAP, and anything in a phase before the network's.</summary>
    /// <param name="Payload">What follows the protocol field. Not kept after the call.</param>
    public sealed record FrameReceived(ushort Protocol, ReadOnlyMemory<byte> Payload) : LinkEvent;

    /// <summary>The answer to <see cref="LinkEffect.AuthenticateRequested"/> of the same attempt: welcome.</summary>
    /// <param name="Attempt">That of the request: an answer that is late after a renegotiation must not let somebody else in.</param>
    /// <param name="Message">For the subscriber (Reply-Message).</param>
    /// <param name="MsChapSuccess">"S=..." of 42 characters, for MS-CHAPv2 (RFC 2759 §5).</param>
    public sealed record AuthenticationAccepted(int Attempt, string? Message, string? MsChapSuccess = null) : LinkEvent;

    /// <summary>Wrong name or password, or not allowed.</summary>
    /// <param name="Message">For the subscriber (Reply-Message, or a whole MS-CHAP-Error beginning "E=").</param>
    /// <param name="Why">null: <see cref="EndCause.AuthenticationFailed"/>.</param>
    public sealed record AuthenticationRejected(int Attempt, string? Message, EndReason? Why = null) : LinkEvent;

    /// <summary>Nobody could say.</summary>
    public sealed record AuthenticationUnavailable(int Attempt, string Why) : LinkEvent;

    /// <summary>The shell has no owner for this network protocol: the peer is told so (RFC 1661 §5.7).</summary>
    public sealed record NetworkProtocolUnknown(ushort Protocol, ReadOnlyMemory<byte> Payload) : LinkEvent;

    /// <summary>Close the link in order: Terminate-Request, wait for its acknowledgement, then Ended.</summary>
    public sealed record CloseRequested(EndReason Why) : LinkEvent;

    /// <summary>The network protocol has no answer: the verdict on the login may have been lost, and nothing makes a peer of CHAP ask for it (RFC 1994 §4.2).</summary>
    public sealed record PeerUnheard : LinkEvent
    {
        public static readonly PeerUnheard Instance = new();
    }

    public sealed record Tick : LinkEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the shell of a <see cref="PppLink"/> must do, in order.</summary>
public abstract record LinkEffect
{
    /// <summary>Put this PPP frame (FF 03, protocol, packet) into an L2TP data message.</summary>
    public sealed record SendFrame(byte[] Frame) : LinkEffect;

    /// <summary>Ask whether this is who it says; answer with the same attempt.</summary>
    public sealed record AuthenticateRequested(int Attempt, AuthenticationRequest Request) : LinkEffect;

    /// <summary>Authenticated (or not asked to): the network protocols may start. Client: the same.</summary>
    public sealed record NetworkPhase(LinkOptions Options) : LinkEffect;

    /// <summary>LCP is negotiated anew: the network protocols are down until the next <see cref="NetworkPhase"/>, which follows a new authentication.</summary>
    public sealed record RestartNetwork : LinkEffect
    {
        public static readonly RestartNetwork Instance = new();
    }

    /// <summary>The peer does not do this network protocol (RFC 1661 §5.7).</summary>
    public sealed record ProtocolRejected(ushort Protocol) : LinkEffect;

    /// <summary>The peer says what it is (LCP Identification, RFC 1570 §2.1).</summary>
    public sealed record PeerIdentified(string Text) : LinkEffect;

    /// <summary>The link closes: the network must close now. Once, before <see cref="Ended"/>.</summary>
    public sealed record Closing(EndReason Why) : LinkEffect;

    /// <summary>The link has ended and sends nothing more; now comes the CDN. Once, and last.</summary>
    public sealed record Ended(EndReason Why) : LinkEffect;

    /// <summary>A packet was dropped: count it.</summary>
    public sealed record Dropped(PppError Why) : LinkEffect;
}
