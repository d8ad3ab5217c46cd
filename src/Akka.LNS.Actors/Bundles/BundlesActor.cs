using Akka.LNS.Actors.Sessions;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Bundles;

/// <summary>Link to bundles: an authenticated link wants its network.</summary>
internal sealed record OpenBundle(
    CallInfo Call, SubscriberPort Port, LinkOptions Link, SubscriberProfile Profile, AccountingAuthentic Authentic,
    string? PeerIdentification, string Template, IActorRef LinkActor);

/// <summary>Parent of all bundles, so that a subscriber's end is seen through whatever happens to its tunnel.</summary>
internal sealed class BundlesActor(LnsNodeContext node) : UntypedActor
{
    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    protected override void OnReceive(object message)
    {
        if (message is OpenBundle open) Context.ActorOf(LnsProps.Serial(() => new BundleActor(node, open)), $"{open.Call.LinkName}-{open.Call.Path.Incarnation}");
        else Unhandled(message);
    }
}
