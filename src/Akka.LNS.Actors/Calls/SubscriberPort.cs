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

    /// <summary>Owner of all frames that no bundle takes.</summary>
    public IActorRef Link { set => _link = value; }

    /// <summary>Owner of the network control protocols; null: the link takes them.</summary>
    public IActorRef? Bundle { set => _bundle = value; }

    public void OnRoute(Ipv4Prefix network, string? why) =>
        _bundle?.Tell(new RouteProblemFound(network.ToString(), RouteProblem.Kernel, why), ActorRefs.NoSender);

    public void OnPpp(ushort protocol, ReadOnlySpan<byte> payload)
    {
        var owner = NetworkProtocols.All.Find(protocol) is null ? _link : _bundle ?? _link;
        owner.Tell(new PppArrived(protocol, payload.ToArray()), ActorRefs.NoSender);
    }
}
