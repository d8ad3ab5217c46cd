using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>What the shell of a <see cref="PppLink"/> must do, in order.</summary>
public abstract record LinkEffect
{
    /// <summary>Send this PPP frame (FF 03, protocol, packet) in an L2TP data message.</summary>
    public sealed record SendFrame(byte[] Frame) : LinkEffect;

    /// <summary>Check the proof of the peer, and return the verdict as an event with the same attempt.</summary>
    public sealed record AuthenticateRequested(int Attempt, AuthenticationRequest Request) : LinkEffect;

    /// <summary>The link is authenticated, or needs no authentication: start the network protocols.</summary>
    public sealed record NetworkPhase(LinkOptions Options) : LinkEffect;

    /// <summary>LCP negotiates anew: the network protocols are down until the next <see cref="NetworkPhase"/>, after a new login.</summary>
    public sealed record RestartNetwork : LinkEffect
    {
        public static readonly RestartNetwork Instance = new();
    }

    /// <summary>The peer rejected this network protocol. RFC 1661 section 5.7.</summary>
    public sealed record ProtocolRejected(ushort Protocol) : LinkEffect;

    /// <summary>The peer sent the name of its software (LCP Identification). RFC 1570 section 2.1.</summary>
    public sealed record PeerIdentified(string Text) : LinkEffect;

    /// <summary>
    /// The link closes, and the network closes with it. Once, before the frames of its event and before <see cref="Ended"/>.
    /// </summary>
    public sealed record Closing(EndReason Why) : LinkEffect;

    /// <summary>The link has ended and sends nothing more: send the CDN. Once, and last.</summary>
    public sealed record Ended(EndReason Why) : LinkEffect;

    /// <summary>A packet was dropped: count it.</summary>
    public sealed record Dropped(PppError Why) : LinkEffect;
}
