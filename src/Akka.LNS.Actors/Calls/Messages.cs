using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Calls;

/// <summary>A PPP control frame, from the receive thread to the actor that owns its protocol.</summary>
/// <param name="Payload">The octets after the PPP protocol field: a copy that belongs to the receiver.</param>
internal sealed record PppArrived(ushort Protocol, byte[] Payload) : INoSerializationVerificationNeeded;

/// <summary>Link to session: PPP has ended in order. The session hangs up the call.</summary>
internal sealed record LinkEnded(EndReason Why);

/// <summary>Link to session: PPP starts to terminate.</summary>
/// <param name="Why">Reason of the whole call, even when a CDN of the LAC comes first.</param>
internal sealed record LinkClosing(EndReason Why);

/// <summary>Session to link: the call has ended, and no frame can be sent.</summary>
internal sealed record CarrierLost(EndReason Why);

/// <summary>Bundle or node to link: close with an LCP Terminate-Request.</summary>
internal sealed record CloseLink(EndReason Why);

/// <summary>Link to bundle: LCP was negotiated again for the same user, so the network protocols may start again.</summary>
internal sealed record LinkRenewed(LinkOptions Options);

/// <summary>Link to bundle: the actor of the link has ended.</summary>
internal sealed record LinkGone : INoSerializationVerificationNeeded, Akka.Event.IDeadLetterSuppression
{
    public static readonly LinkGone Instance = new();
}

/// <summary>Bundle to link: the bundle has started.</summary>
internal sealed record BundleReady(IActorRef Bundle);

/// <summary>Link to the parent of the bundles: create the bundle of an authenticated link.</summary>
internal sealed record OpenBundle(
    CallInfo Call, SubscriberPort Port, LinkOptions Link, SubscriberProfile Profile, AccountingAuthentic Authentic,
    string? PeerIdentification, string Template, IActorRef LinkActor);

/// <summary>Any actor to a bundle: end this subscriber, beginning with LCP.</summary>
internal sealed record CloseSubscriber(EndReason Why);

/// <summary>Session to tunnel: send a message of this call.</summary>
internal sealed record SendCall(SessionId Local, SessionId Peer, ControlMessage Message);

/// <summary>Session to tunnel: the call has ended. Its CDN, if one was due, was sent before.</summary>
internal sealed record CallOver(ushort Local);
