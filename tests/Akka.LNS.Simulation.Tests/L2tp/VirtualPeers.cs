using Akka.LNS.Protocol;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Peers;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Simulation.Tests.L2tp;

/// <summary>One side of a tunnel with its calls.</summary>
public abstract class VirtualPeer(VirtualLink link) : IVirtualNode
{
    private readonly SortedDictionary<ushort, CallState> _calls = [];

    public VirtualLink Link { get; } = link;
    public IVirtualNode? Other { get; set; }
    public ControlConnectionState State { get; protected set; } = null!;
    public IReadOnlyDictionary<ushort, CallState> Calls => _calls;
    public CallSettings CallSettings { get; init; } = CallSettings.Default;

    public bool IsOpened { get; private set; }
    public EndReason? Closed { get; private set; }
    public int ClosedCount { get; private set; }
    public bool IsFinished { get; private set; }
    public List<EndReason> EndedCalls { get; } = [];
    public int OpenPaths { get; private set; }
    public Dictionary<L2tpError, int> Drops { get; } = [];

    public int Established => _calls.Values.Count(static c => c is CallState.Established);

    protected void Put(SessionId local, CallState state) => _calls[local.Value] = state;

    public Instant? NextDeadline
    {
        get
        {
            var due = ConnectionDeadline;
            foreach (var call in _calls.Values) due = Instant.Earliest(due, CallDeadline(call));
            return due;
        }
    }

    public void Tick(Instant now)
    {
        Step(ConnectionEvent.Tick.Instance, now);
        foreach (var (id, call) in _calls.ToArray())
            if (CallDeadline(call) is { } due && due <= now) StepCall(new(id), CallEvent.Tick.Instance, now);
    }

    public void Receive(byte[] datagram, Instant now) => Step(new ConnectionEvent.DatagramReceived(datagram), now);

    public void Close(EndReason why, ResultCode code) => Step(new ConnectionEvent.CloseRequested(why, code), Link.Now);

    public void CloseCall(SessionId local, EndReason why, ResultCode code) =>
        StepCall(local, new CallEvent.CloseRequested(why, code), Link.Now);

    protected abstract Transition<ControlConnectionState, ConnectionEffect> OnConnection(
        ControlConnectionState state, ConnectionEvent ev, Instant now);
    protected abstract Instant? ConnectionDeadline { get; }
    protected abstract Transition<CallState, CallEffect> OnCall(CallState state, CallEvent ev, Instant now);
    protected abstract Instant? CallDeadline(CallState state);
    protected virtual void TunnelOpened(Instant now) { }
    protected virtual void RequestReceived(ControlMessage.Icrq request, Instant now) { }

    protected void Step(ConnectionEvent ev, Instant now)
    {
        (State, var effects) = OnConnection(State, ev, now);
        Run(effects, now);
    }

    protected void Run(IEnumerable<ConnectionEffect> effects, Instant now)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case ConnectionEffect.Transmit t:
                    L2tpControlHeader.WriteNr(t.Message, t.Nr);
                    Link.Send(Other!, t.Message);
                    break;
                case ConnectionEffect.Acknowledge a:
                    var zlb = new byte[L2tpControlHeader.Length];
                    L2tpControlHeader.WriteAcknowledgement(zlb, a.Peer, a.Ns, a.Nr);
                    Link.Send(Other!, zlb);
                    break;
                case ConnectionEffect.Opened:
                    Assert.False(IsOpened);
                    IsOpened = true;
                    TunnelOpened(now);
                    break;
                case ConnectionEffect.CallMessageReceived { Message: ControlMessage.Icrq q }: RequestReceived(q, now); break;
                case ConnectionEffect.CallMessageReceived m: StepCall(FindCall(m), new CallEvent.MessageReceived(m.Message), now); break;
                case ConnectionEffect.CallMessageBroken b: StepCall(b.Local, new CallEvent.MessageBroken(b.Error, b.Code), now); break;
                case ConnectionEffect.Closed c:
                    Closed = c.Why;
                    ClosedCount++;
                    foreach (var id in _calls.Keys.ToArray()) StepCall(new(id), new CallEvent.TunnelClosed(c.Why), now);
                    break;
                case ConnectionEffect.Finished:
                    Assert.False(IsFinished);
                    IsFinished = true;
                    break;
                case ConnectionEffect.Dropped d: Drops[d.Error] = Drops.GetValueOrDefault(d.Error) + 1; break;
                default: throw new InvalidOperationException($"no shell for {effect}");
            }
        }
    }

    private SessionId FindCall(ConnectionEffect.CallMessageReceived m)
    {
        if (!m.Local.IsZero || m.Message is not ControlMessage.Cdn cdn) return m.Local;
        foreach (var (id, call) in _calls)
            if (call is CallState.WaitConnect w && w.Peer == cdn.AssignedSessionId) return new(id);
        return m.Local;
    }

    protected void StepCall(SessionId local, CallEvent ev, Instant now)
    {
        if (!_calls.TryGetValue(local.Value, out var call)) return;
        (call, var effects) = OnCall(call, ev, now);
        _calls[local.Value] = call;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case CallEffect.Send s: Step(new ConnectionEvent.SendCallMessage(s.Local, s.Peer, s.Message), now); break;
                case CallEffect.OpenPath: OpenPaths++; break;
                case CallEffect.ClosePath: OpenPaths--; break;
                case CallEffect.Ended e:
                    EndedCalls.Add(e.Why);
                    _calls.Remove(local.Value);
                    break;
                default: break; // OpenTunnel: the test opens the tunnel
            }
        }
    }
}

/// <summary>An LNS that accepts every call, unless <see cref="RefuseCalls"/> is set.</summary>
public class VirtualLns : VirtualPeer
{
    private ushort _lastSession;

    public VirtualLns(VirtualLink link, ControlConnectionSettings settings, TunnelId local, Refusal? refusal = null) : base(link)
    {
        State = ControlConnection.Listen(settings, local, link.Entropy(ControlConnection.EntropyLength), link.Now, refusal).State;
        link.Attach(this);
    }

    public Refusal? RefuseCalls { get; set; }

    protected override Transition<ControlConnectionState, ConnectionEffect> OnConnection(
        ControlConnectionState state, ConnectionEvent ev, Instant now) => ControlConnection.On(state, ev, now);
    protected override Instant? ConnectionDeadline => ControlConnection.NextDeadline(State);
    protected override Transition<CallState, CallEffect> OnCall(CallState state, CallEvent ev, Instant now) =>
        IncomingCall.On(state, ev, now, CallSettings);
    protected override Instant? CallDeadline(CallState state) => IncomingCall.NextDeadline(state);

    protected override void RequestReceived(ControlMessage.Icrq request, Instant now)
    {
        var local = new SessionId(++_lastSession);
        Put(local, CallState.Idle.Instance);
        StepCall(local, new CallEvent.Offered(local, request, RefuseCalls), now);
    }
}

/// <summary>A LAC: opens the tunnel and dials.</summary>
public class VirtualLac : VirtualPeer
{
    private readonly ControlConnectionSettings _settings;
    private readonly TunnelId _local;

    public VirtualLac(VirtualLink link, ControlConnectionSettings settings, TunnelId local) : base(link)
    {
        (_settings, _local) = (settings, local);
        State = ControlConnection.Listen(settings, local, new byte[ControlConnection.EntropyLength], link.Now).State; // until Open
    }

    /// <summary>Sends SCCRQ. <see cref="VirtualPeer.Other"/> must be set.</summary>
    public void Open()
    {
        (State, var effects) = Lac.Open(_settings, _local, Link.Entropy(ControlConnection.EntropyLength), Link.Now);
        Link.Attach(this);
        Run(effects, Link.Now);
    }

    /// <summary>Dials for one subscriber. Its ICRQ is sent when the tunnel is open.</summary>
    public void Dial(SessionId local, uint serial)
    {
        Put(local, CallState.Idle.Instance);
        StepCall(local, new LacCall.Dial(local, new ControlMessage.Icrq(local, serial), new ControlMessage.Iccn(100_000_000, 1)), Link.Now);
        if (State.IsEstablished) StepCall(local, LacCall.TunnelOpened.Instance, Link.Now);
    }

    protected override Transition<ControlConnectionState, ConnectionEffect> OnConnection(
        ControlConnectionState state, ConnectionEvent ev, Instant now) => Lac.On(state, ev, now);
    protected override Instant? ConnectionDeadline => Lac.NextDeadline(State);
    protected override Transition<CallState, CallEffect> OnCall(CallState state, CallEvent ev, Instant now) =>
        LacCall.On(state, ev, now, CallSettings);
    protected override Instant? CallDeadline(CallState state) => LacCall.NextDeadline(state);

    protected override void TunnelOpened(Instant now)
    {
        foreach (var id in Calls.Keys.ToArray()) StepCall(new(id), LacCall.TunnelOpened.Instance, now);
    }
}

/// <summary>A LAC and an LNS on one link.</summary>
public sealed class VirtualPair
{
    public VirtualPair(
        LinkQuality quality, int seed, ControlConnectionSettings? lac = null, ControlConnectionSettings? lns = null,
        Refusal? refusal = null)
    {
        Link = new VirtualLink(quality, seed);
        Lns = new VirtualLns(Link, lns ?? new() { HostName = "lns" }, new(700), refusal);
        Lac = new VirtualLac(Link, lac ?? new() { HostName = "lac" }, new(300));
        (Lns.Other, Lac.Other) = (Lac, Lns);
    }

    public VirtualLink Link { get; }
    public VirtualLac Lac { get; }
    public VirtualLns Lns { get; }
}
