namespace Akka.LNS.Protocol.Ppp;

/// <summary>An event at a <see cref="PppLink"/>.</summary>
public abstract record LinkEvent
{
    /// <summary>A PPP frame of this link that neither the data plane nor the bundle takes.</summary>
    /// <remarks>LCP, PAP and CHAP in every phase; any protocol before the network phase.</remarks>
    /// <param name="Payload">What follows the protocol field. Not kept after the call.</param>
    public sealed record FrameReceived(ushort Protocol, ReadOnlyMemory<byte> Payload) : LinkEvent;

    /// <summary>Verdict on <see cref="LinkEffect.AuthenticateRequested"/>: accepted.</summary>
    /// <param name="Attempt">Number of the request. The verdict on an earlier request is stale and is dropped.</param>
    /// <param name="Message">Message for the subscriber (Reply-Message).</param>
    /// <param name="MsChapSuccess">"S=..." of 42 characters, for MS-CHAPv2. RFC 2759 section 5.</param>
    public sealed record AuthenticationAccepted(int Attempt, string? Message, string? MsChapSuccess = null) : LinkEvent;

    /// <summary>Verdict on <see cref="LinkEffect.AuthenticateRequested"/>: wrong name or password, or not allowed.</summary>
    /// <param name="Message">Message for the subscriber: Reply-Message, or a whole MS-CHAP-Error, which begins with "E=".</param>
    /// <param name="Why">null: <see cref="EndCause.AuthenticationFailed"/>.</param>
    public sealed record AuthenticationRejected(int Attempt, string? Message, EndReason? Why = null) : LinkEvent;

    /// <summary>No verdict on <see cref="LinkEffect.AuthenticateRequested"/>, because no server answers.</summary>
    public sealed record AuthenticationUnavailable(int Attempt, string Why) : LinkEvent;

    /// <summary>A frame of a network protocol that no bundle runs: the link answers with a Protocol-Reject. RFC 1661 section 5.7.</summary>
    public sealed record NetworkProtocolUnknown(ushort Protocol, ReadOnlyMemory<byte> Payload) : LinkEvent;

    /// <summary>Close the link in order: Terminate-Request, wait for its acknowledgement, then <see cref="LinkEffect.Ended"/>.</summary>
    public sealed record CloseRequested(EndReason Why) : LinkEvent;

    /// <summary>A network protocol has no answer, so the verdict on the login may be lost: send it again.</summary>
    /// <remarks>A peer of CHAP never asks for a verdict. RFC 1994 section 4.2.</remarks>
    public sealed record PeerUnheard : LinkEvent
    {
        public static readonly PeerUnheard Instance = new();
    }

    /// <summary>A network protocol is Opened: the subscriber is up.</summary>
    public sealed record NetworkOpened : LinkEvent
    {
        public static readonly NetworkOpened Instance = new();
    }

    public sealed record Tick : LinkEvent
    {
        public static readonly Tick Instance = new();
    }
}
