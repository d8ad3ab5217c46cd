using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.Peers;

/// <summary>The LAC's side of one control connection: <see cref="ControlConnection"/> with the rows of <see cref="LacTunnel"/>.</summary>
/// <remarks>Used by the simulation tests and by the LACs of the actor tests. State, events and effects are those of the LNS's side. The
/// calls in the tunnel are <see cref="LacCall"/>.</remarks>
public static class Lac
{
    /// <summary>Begins a control connection: sends SCCRQ.</summary>
    /// <param name="entropy">32 random octets, for challenge, random vectors and jitter.</param>
    public static Transition<ControlConnectionState, ConnectionEffect> Open(
        ControlConnectionSettings settings, TunnelId local, ReadOnlyMemory<byte> entropy, Instant now) =>
        ControlConnection.Tell<LacSide>(
            ControlConnection.Begin(settings, local, entropy, now, null), LacTunnel.OpenRequested.Instance, now);

    /// <summary>The next state and the effects of one event.</summary>
    public static Transition<ControlConnectionState, ConnectionEffect> On(ControlConnectionState state, ConnectionEvent ev, Instant now) =>
        ControlConnection.On<LacSide>(state, ev, now);

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(ControlConnectionState state) => ControlConnection.NextDeadline<LacSide>(state);

    private readonly struct LacSide : ITunnelSide
    {
        public static Transition<TunnelState, TunnelEffect> On(TunnelState state, TunnelEvent ev, Instant now, TunnelContext context) =>
            LacTunnel.On(state, ev, now, context);
        public static Instant? NextDeadline(TunnelState state) => LacTunnel.NextDeadline(state);
    }
}
