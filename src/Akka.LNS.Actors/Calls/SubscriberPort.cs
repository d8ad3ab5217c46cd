using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Ppp.Ncp;

namespace Akka.LNS.Actors.Calls;

/// <summary>
/// The receive thread's side of one path: link protocols to the link, network protocols to the bundle, and to the session what comes before
/// there is either. How much comes is limited by the data plane, path by path.
/// </summary>
internal sealed class SubscriberPort(IActorRef session, CallTicket ticket) : IPppReceiver
{
    public CallTicket Ticket { get; } = ticket;

    private volatile IActorRef _link = session;
    private volatile IActorRef? _bundle;

    public IActorRef Link { set => _link = value; }
    public IActorRef? Bundle { set => _bundle = value; }

    public void OnPpp(ushort protocol, ReadOnlySpan<byte> payload)
    {
        var owner = NetworkProtocols.All.Find(protocol) is null ? _link : _bundle ?? _link;
        owner.Tell(new PppArrived(protocol, payload.ToArray()), ActorRefs.NoSender);
    }
}

/// <summary>The few frames that overtook the making of their owner: control and data come by different threads.</summary>
internal struct EarlyFrames
{
    private const int Limit = 4;
    private List<PppArrived>? _frames;

    public void Keep(PppArrived frame)
    {
        _frames ??= new List<PppArrived>(Limit);
        if (_frames.Count < Limit) _frames.Add(frame); // the rest comes again: PPP repeats itself
    }

    public void ReleaseTo(IActorRef owner)
    {
        if (_frames is null) return;
        foreach (var frame in _frames) owner.Tell(frame);
        _frames = null;
    }
}
