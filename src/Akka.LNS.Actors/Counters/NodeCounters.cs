using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Counters;

/// <summary>Counters of the node. Written and read by any thread.</summary>
public sealed class NodeCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<L2tpError>().Length];
    private readonly long[] _droppedPpp = new long[Enum.GetValues<PppError>().Length];
    private readonly long[] _droppedRadius = new long[Enum.GetValues<RadiusError>().Length];
    private static readonly int Layers = Enum.GetValues<EndLayer>().Length, Causes = Enum.GetValues<EndCause>().Length;
    private readonly long[] _ended = new long[Layers * Causes];
    private readonly long[] _tunnelsEnded = new long[Causes];
    private long _planeRepairs;
    private readonly long[] _routeProblems = new long[Enum.GetValues<RouteProblem>().Length];
    private long _accountingShortened, _emptyAttributes;
    private long _unknownTunnel, _unknownSession, _wrongPeer, _setUps, _logins, _loginsRefused, _interimsSuperseded, _realmsRefused,
        _radiusLate, _radiusFlooded, _tunnelsOpened, _controlRetransmits, _tunnelsEvicted,
        _newTunnelsQueueFull, _tunnelQueueFull, _notReady;
    private int _tunnels, _tunnelsClosing, _sessions, _links, _bundles;

    /// <summary>Current number of tunnels, including those in set-up or closing.</summary>
    public int Tunnels => Volatile.Read(ref _tunnels);

    /// <summary>
    /// Part of <see cref="Tunnels"/> that is down: it waits for an acknowledgement, or acknowledges a repeated StopCCN.
    /// </summary>
    public int TunnelsClosing => Volatile.Read(ref _tunnelsClosing);
    public int Sessions => Volatile.Read(ref _sessions);
    public int Links => Volatile.Read(ref _links);
    public int Bundles => Volatile.Read(ref _bundles);

    /// <summary>Subscribers that came up, since the start.</summary>
    public long SetUps => Interlocked.Read(ref _setUps);
    public long Logins => Interlocked.Read(ref _logins);
    public long LoginsRefused => Interlocked.Read(ref _loginsRefused);

    /// <summary>Control messages for an unknown tunnel id.</summary>
    public long UnknownTunnel => Interlocked.Read(ref _unknownTunnel);

    /// <summary>Call messages for a session id that the tunnel does not have.</summary>
    public long UnknownSession => Interlocked.Read(ref _unknownSession);

    /// <summary>Control messages for a tunnel from another address than its peer's.</summary>
    public long WrongPeer => Interlocked.Read(ref _wrongPeer);

    /// <summary>Control messages dropped because too many SCCRQs wait.</summary>
    public long NewTunnelsQueueFull => Interlocked.Read(ref _newTunnelsQueueFull);

    /// <summary>Control messages dropped because too many messages of their tunnel wait.</summary>
    public long TunnelQueueFull => Interlocked.Read(ref _tunnelQueueFull);

    /// <summary>SCCRQs dropped because the node was not ready yet.</summary>
    public long NotReady => Interlocked.Read(ref _notReady);

    /// <summary>Tunnels that were not up and whose place was needed for a newer one.</summary>
    public long TunnelsEvicted => Interlocked.Read(ref _tunnelsEvicted);

    public long Dropped(L2tpError why) => Interlocked.Read(ref _dropped[(int)why]);
    public long Dropped(PppError why) => Interlocked.Read(ref _droppedPpp[(int)why]);
    public long Dropped(RadiusError why) => Interlocked.Read(ref _droppedRadius[(int)why]);

    /// <summary>Part of <see cref="LoginsRefused"/> whose realm is unknown or refused. No server was asked.</summary>
    public long RealmsRefused => Interlocked.Read(ref _realmsRefused);

    /// <summary>RADIUS answers to a request that has ended, and repeated answers.</summary>
    public long RadiusLate => Interlocked.Read(ref _radiusLate);

    /// <summary>RADIUS answers dropped unread, because there were too many for one request.</summary>
    public long RadiusFlooded => Interlocked.Read(ref _radiusFlooded);

    /// <summary>Accounting records that were sent without some of their attributes, because they did not fit into a packet.</summary>
    public long AccountingShortened => Interlocked.Read(ref _accountingShortened);

    /// <summary>Attributes of an Access-Accept that had no value and were ignored.</summary>
    public long EmptyAttributes => Interlocked.Read(ref _emptyAttributes);

    /// <summary>Interim updates that a later record replaced.</summary>
    public long InterimsSuperseded => Interlocked.Read(ref _interimsSuperseded);

    /// <summary>Sessions that ended, by cause.</summary>
    public long Ended(EndCause cause)
    {
        var sum = 0L;
        for (var layer = 0; layer < Layers; layer++) sum += Ended((EndLayer)layer, cause);
        return sum;
    }

    /// <summary>Sessions that ended, by layer and cause.</summary>
    public long Ended(EndLayer layer, EndCause cause) => Interlocked.Read(ref _ended[((int)layer * Causes) + (int)cause]);

    /// <summary>Tunnels that came up.</summary>
    public long TunnelsOpened => Interlocked.Read(ref _tunnelsOpened);

    /// <summary>Tunnels that ended, including those that never came up.</summary>
    public long TunnelsEnded(EndCause cause) => Interlocked.Read(ref _tunnelsEnded[(int)cause]);

    /// <summary>Retransmitted control messages: the LAC did not acknowledge in time.</summary>
    public long ControlRetransmits => Interlocked.Read(ref _controlRetransmits);

    /// <summary>Tunnels and calls that were refused, by LAC and reason.</summary>
    public RefusalCounters Refusals { get; } = new();

    /// <summary>Problems with routes and addresses of subscribers, and with the routes of the pools.</summary>
    public long RouteProblems(RouteProblem kind) => Interlocked.Read(ref _routeProblems[(int)kind]);

    /// <summary>Repairs of the device, its addresses and its routes, after something outside of lnsd changed them.</summary>
    public long PlaneRepairs => Interlocked.Read(ref _planeRepairs);

    /// <summary>RADIUS answers that the kernel dropped at full receive buffers.</summary>
    public SocketOverflows RadiusOverflows { get; } = new();

    /// <summary>CoA and Disconnect.</summary>
    public DynamicAuthorizationCounters DynamicAuthorization { get; } = new();

    internal void Tunnel(int by) => Interlocked.Add(ref _tunnels, by);
    internal void TunnelClosing(int by) => Interlocked.Add(ref _tunnelsClosing, by);
    internal void Session(int by) => Interlocked.Add(ref _sessions, by);
    internal void Link(int by) => Interlocked.Add(ref _links, by);
    internal void Bundle(int by) => Interlocked.Add(ref _bundles, by);
    internal void CountSetUp() => Interlocked.Increment(ref _setUps);
    internal void CountLogin(bool accepted)
    {
        Interlocked.Increment(ref _logins);
        if (!accepted) Interlocked.Increment(ref _loginsRefused);
    }
    internal void CountUnknownTunnel() => Interlocked.Increment(ref _unknownTunnel);
    internal void CountUnknownSession() => Interlocked.Increment(ref _unknownSession);
    internal void CountNewTunnelsQueueFull() => Interlocked.Increment(ref _newTunnelsQueueFull);
    internal void CountTunnelQueueFull() => Interlocked.Increment(ref _tunnelQueueFull);
    internal void CountNotReady() => Interlocked.Increment(ref _notReady);
    internal void CountTunnelEvicted() => Interlocked.Increment(ref _tunnelsEvicted);
    internal void CountWrongPeer() => Interlocked.Increment(ref _wrongPeer);
    internal void CountDropped(L2tpError why) => Interlocked.Increment(ref _dropped[(int)why]);
    internal void CountDropped(PppError why) => Interlocked.Increment(ref _droppedPpp[(int)why]);
    internal void CountDropped(RadiusError why) => Interlocked.Increment(ref _droppedRadius[(int)why]);
    internal void CountPlaneRepair() => Interlocked.Increment(ref _planeRepairs);
    internal void CountRouteProblem(RouteProblem kind) => Interlocked.Increment(ref _routeProblems[(int)kind]);
    internal void CountRealmRefused() => Interlocked.Increment(ref _realmsRefused);
    internal void CountRadiusLate() => Interlocked.Increment(ref _radiusLate);
    internal void CountRadiusFlooded() => Interlocked.Increment(ref _radiusFlooded);
    internal void CountAccountingShortened() => Interlocked.Increment(ref _accountingShortened);
    internal void CountEmptyAttributes(int attributes) => Interlocked.Add(ref _emptyAttributes, attributes);
    internal void CountInterimSuperseded() => Interlocked.Increment(ref _interimsSuperseded);
    internal void CountEnded(EndReason why) => Interlocked.Increment(ref _ended[((int)why.Layer * Causes) + (int)why.Cause]);
    internal void CountTunnelOpened() => Interlocked.Increment(ref _tunnelsOpened);
    internal void CountTunnelEnded(EndCause cause) => Interlocked.Increment(ref _tunnelsEnded[(int)cause]);
    internal void CountControlRetransmits(long by) => Interlocked.Add(ref _controlRetransmits, by);
}
