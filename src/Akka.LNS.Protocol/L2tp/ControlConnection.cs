using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>State of one control connection. Plain data.</summary>
public sealed record ControlConnectionState(ControlConnectionSettings Settings, TunnelId Local)
{
    public TunnelId PeerTunnelId { get; init; }
}

/// <summary>One control connection: reliable channel and tunnel machine together. No clock, no I/O.</summary>
public static class ControlConnection
{
    /// <summary>The LNS's side: waits for the SCCRQ, which is given next as <see cref="ConnectionEvent.DatagramReceived"/>.</summary>
    /// <param name="entropy">32 random octets, for challenge, random vectors and jitter.</param>
    /// <param name="refusal">Not null: the SCCRQ will be answered with StopCCN (overload, drain, unknown LAC).</param>
    public static Transition<ControlConnectionState, ConnectionEffect> Listen(
        ControlConnectionSettings settings, TunnelId local, ReadOnlyMemory<byte> entropy, Instant now, Refusal? refusal = null) =>
        new(new ControlConnectionState(settings, local));

    /// <summary>The LAC's side: sends SCCRQ.</summary>
    public static Transition<ControlConnectionState, ConnectionEffect> Open(
        ControlConnectionSettings settings, TunnelId local, ReadOnlyMemory<byte> entropy, Instant now) =>
        new(new ControlConnectionState(settings, local));

    public static Transition<ControlConnectionState, ConnectionEffect> On(ControlConnectionState state, ConnectionEvent ev, Instant now) => new(state);

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(ControlConnectionState state) => null;
}
