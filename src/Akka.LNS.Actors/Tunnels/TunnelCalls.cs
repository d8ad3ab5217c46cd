using System.Security.Cryptography;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>One call of a tunnel.</summary>
/// <param name="Peer">Session id of the LAC.</param>
/// <param name="Path">The path that the call has from its ICCN on.</param>
internal sealed record TunnelCall(IActorRef Actor, SessionId Peer, CallTicket Ticket, PathKey Path);

/// <summary>
/// The calls of one tunnel by our session id, with their ids and their admission tickets. Belongs to <see cref="TunnelActor"/>.
/// </summary>
internal sealed class TunnelCalls(TunnelContext node, TunnelEntry entry)
{
    private readonly Dictionary<ushort, TunnelCall> _calls = [];
    private IdAllocator? _ids; // made for the first call: many tunnels have none

    public int Count => _calls.Count;

    /// <summary>Calls since the tunnel began.</summary>
    public long Ever { get; private set; }

    /// <summary>Gets an id and an admission ticket for a new call. Not null: the call is refused and counted.</summary>
    /// <param name="isKnown">False: no entry of <c>tunnels.peers</c> matches the LAC any more.</param>
    public Refused? TryTake(LacAccount lac, bool isKnown, out ushort id, out CallTicket? ticket)
    {
        _ids ??= NewIds();
        var hasId = _ids.TryAllocate(node.Clock.Now, out id);
        var refused = node.Admission.TryTakeCall(lac, _calls.Count, hasId, out ticket, isKnown);
        if (refused is not null && hasId) _ids.Free(id); // the peer has not seen it: no quarantine
        return refused;
    }

    private IdAllocator NewIds()
    {
        var ids = new IdAllocator(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), node.Settings.Sessions.IdQuarantine);
        ids.Reserve(ControlConnection.RefusedCall.Value);
        return ids;
    }

    /// <summary>Time of the last data from the peer in any call; null: there is no open path.</summary>
    public Instant? LastData()
    {
        Instant? last = null;
        foreach (var call in _calls.Values)
            if (node.Plane.TryReadCounters(call.Path, out var counters) && !(last > new Instant(counters.LastInTicks)))
                last = new Instant(counters.LastInTicks);
        return last;
    }

    public void Add(ushort id, TunnelCall call)
    {
        _calls.Add(id, call);
        Ever++;
        entry.Count(_calls.Count, Ever);
    }

    /// <summary>The call that a message is about; null: the tunnel has no such call.</summary>
    public TunnelCall? Of(ConnectionEffect.CallMessageReceived m)
    {
        var id = m.Local.Value;
        // a CDN of a LAC that does not know our id names the call by the id of the LAC
        if (id == 0 && m.Message is ControlMessage.Cdn cdn)
            foreach (var (own, candidate) in _calls)
                if (candidate.Peer == cdn.AssignedSessionId) id = own;
        return Find(id);
    }

    public TunnelCall? Find(ushort id) => _calls.GetValueOrDefault(id);

    /// <summary>The call of this actor. False: it has ended.</summary>
    public bool TryFind(IActorRef actor, out ushort id, out SessionId peer)
    {
        foreach (var (own, call) in _calls)
        {
            if (!call.Actor.Equals(actor)) continue;
            (id, peer) = (own, call.Peer);
            return true;
        }
        (id, peer) = (0, default);
        return false;
    }

    /// <summary>The call has ended: releases its id and its ticket. Null: it had ended already.</summary>
    public TunnelCall? Remove(ushort id)
    {
        if (!_calls.Remove(id, out var call)) return null;
        node.Admission.CallOver(call.Ticket);
        entry.Count(_calls.Count, Ever);
        _ids!.Release(id, node.Clock.Now);
        return call;
    }

    public void TellAll(object message)
    {
        foreach (var call in _calls.Values) call.Actor.Tell(message);
    }

    /// <summary>A reload has moved the LAC to another account.</summary>
    public void MoveTo(LacAccount lac)
    {
        foreach (var call in _calls.Values) node.Admission.Move(call.Ticket, lac);
    }

    /// <summary>The tunnel ends: releases the tickets of its remaining calls.</summary>
    public void Close()
    {
        foreach (var call in _calls.Values) node.Admission.CallOver(call.Ticket);
    }
}
