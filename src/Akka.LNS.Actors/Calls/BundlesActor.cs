namespace Akka.LNS.Actors.Calls;

/// <summary>Parent of all bundles. A bundle outlives its tunnel, so that the end of the subscriber is always accounted.</summary>
internal sealed class BundlesActor(CallContext node) : UntypedActor
{
    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    protected override void OnReceive(object message)
    {
        if (message is OpenBundle open)
            Context.ActorOf(LnsProps.Call(() => new BundleActor(node, open)), $"{open.Call.LinkName}-{open.Call.Path.Incarnation}");
        else Unhandled(message);
    }
}
