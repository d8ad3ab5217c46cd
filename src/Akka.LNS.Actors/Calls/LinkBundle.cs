using Akka.LNS.Protocol.Ppp;

namespace Akka.LNS.Actors.Calls;

/// <summary>The bundle of one link, from its order to the end of the link. A mutable struct: never copy it.</summary>
internal struct LinkBundle
{
    private IActorRef? _actor;
    private EarlyFrames _early;

    /// <summary>LCP options that the bundle was ordered with; null: it is not ordered yet.</summary>
    public LinkOptions? Options { get; private set; }

    /// <summary>When to stop waiting for an ordered bundle; null: it is ready, failed, or not ordered.</summary>
    public Instant? ReadyBy { get; private set; }

    /// <summary>Reason for the end of the link towards the bundle; null: it has not ended.</summary>
    public EndReason? ReleasedWhy { get; private set; }

    /// <summary>The bundle is ordered.</summary>
    public void Order(LinkOptions options, Instant readyBy) => (Options, ReadyBy) = (options, readyBy);

    /// <summary>The bundle was not created in time.</summary>
    public void GiveUp() => ReadyBy = null;

    /// <summary>The bundle has started. True: the link still exists, and the early frames were passed on.</summary>
    public bool Start(IActorRef actor)
    {
        (_actor, ReadyBy) = (actor, null);
        if (ReleasedWhy is not null) return false;
        _early.ReleaseTo(actor);
        return true;
    }

    /// <summary>Hands a frame to the bundle, or keeps it until the bundle is ready.</summary>
    public void Deliver(PppArrived frame)
    {
        if (_actor is { } actor) actor.Tell(frame);
        else _early.Keep(frame);
    }

    /// <summary>Sends a message to the bundle. Without effect before it is ready.</summary>
    public readonly void Tell(object message) => _actor?.Tell(message);

    /// <summary>The link ends.</summary>
    /// <returns>The bundle when its forwarding must be stopped now; null: it is released already, or not ready.</returns>
    public IActorRef? Release(EndReason why)
    {
        if (ReleasedWhy is not null) return null;
        ReleasedWhy = why;
        return _actor;
    }
}
