using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Counters;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Calls;

/// <summary>
/// Receiver of the frames of one path, on the receive thread. Link protocols go to the link, network protocols to the
/// bundle, and earlier frames to the session. The data plane limits the rate of frames per path.
/// </summary>
internal sealed class SubscriberPort(IActorRef session, CallTicket ticket) : IPppReceiver
{
    public CallTicket Ticket { get; } = ticket;

    private volatile IActorRef _link = session;
    private volatile IActorRef? _bundle;
    private volatile IActorRef? _follower; // ActorRefs.Nobody when the link has ended

    /// <summary>Owner of all frames that no bundle takes.</summary>
    public IActorRef Link { set => _link = value; }

    /// <summary>Owner of the network control protocols; null: the link takes them.</summary>
    public IActorRef? Bundle { set => _bundle = value; }

    /// <summary>The bundle asks for <see cref="LinkGone"/>. It replaces a watch, which would cost both actors six collections.</summary>
    /// <returns>False: the link has ended already.</returns>
    public bool Follow(IActorRef bundle) => Interlocked.CompareExchange(ref _follower, bundle, null) is null;

    /// <summary>The bundle ends.</summary>
    public void Unfollow()
    {
        if (_follower is { } bundle && bundle != ActorRefs.Nobody) Interlocked.CompareExchange(ref _follower, null, bundle);
    }

    /// <summary>The link ends: tells the bundle, or the bundle to come.</summary>
    public void EndLink() => Interlocked.Exchange(ref _follower, ActorRefs.Nobody)?.Tell(LinkGone.Instance, ActorRefs.NoSender);

    public void OnRoute(Ipv4Prefix network, string? why) =>
        _bundle?.Tell(new RouteProblemFound(network.ToString(), RouteProblem.Kernel, why), ActorRefs.NoSender);

    public void OnPpp(ushort protocol, ReadOnlySpan<byte> payload)
    {
        var owner = NetworkProtocols.All.Find(protocol) is null ? _link : _bundle ?? _link;
        owner.Tell(new PppArrived(protocol, payload.ToArray()), ActorRefs.NoSender);
    }
}
