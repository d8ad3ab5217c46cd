using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Ppp.Ncp;

/// <summary>State of one network control protocol. Plain data.</summary>
/// <param name="Protocol">PPP protocol number of the control protocol.</param>
public abstract record NcpState(ushort Protocol)
{
    /// <summary>When the protocol wants its next <see cref="NetworkEvent.Tick"/>; null: never.</summary>
    internal abstract Instant? NextDeadline { get; }

    /// <summary>The protocol is over. It ignores every event, also after the link negotiates anew.</summary>
    internal sealed record Ended(ushort Protocol, EndReason Why) : NcpState(Protocol)
    {
        internal override Instant? NextDeadline => null;
    }
}

/// <summary>State of all network control protocols of one bundle. Plain data.</summary>
public readonly record struct NetworkState
{
    internal ImmutableArray<NcpState> Protocols { get; init; }
}

/// <summary>The network layer of one bundle: its control protocols side by side. No clock, no I/O, no Akka.</summary>
/// <remarks>
/// Frames and Protocol-Rejects go to the protocol with their number, all other events to every protocol. A protocol that ends, fails or is
/// rejected ends alone. After the last one comes <see cref="NetworkEffect.NoneLeft"/>, for which the shell closes the link.
/// </remarks>
public static class NetworkLayer
{
    /// <summary>Starts the protocols: each sends its first Configure-Request at once.</summary>
    public static Transition<NetworkState, NetworkEffect> Start(ImmutableArray<NcpState> protocols, Instant now) =>
        On(new NetworkState { Protocols = protocols }, NetworkEvent.LowerUp.Instance, now);

    public static Transition<NetworkState, NetworkEffect> On(NetworkState state, NetworkEvent ev, Instant now) =>
        On(NetworkProtocols.All, state, ev, now);

    /// <summary>When <see cref="On(NetworkState, NetworkEvent, Instant)"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(NetworkState state)
    {
        var at = default(Instant?);
        foreach (var protocol in state.Protocols) at = Instant.Earliest(at, protocol.NextDeadline);
        return at;
    }

    internal static Transition<NetworkState, NetworkEffect> On(NetworkProtocols table, NetworkState state, NetworkEvent ev, Instant now)
    {
        var effects = new EffectBuffer<NetworkEffect>();
        var next = ev switch
        {
            NetworkEvent.FrameReceived f => OnFrame(table, state, f, now, ref effects),
            NetworkEvent.ProtocolRejected r => IndexOf(state, r.Protocol) is >= 0 and var at ? Step(table, state, at, ev, now, ref effects) : state,
            _ => StepAll(table, state, ev, now, ref effects),
        };
        return new(next, effects.ToImmutable());
    }

    private static NetworkState OnFrame(
        NetworkProtocols table, NetworkState state, NetworkEvent.FrameReceived frame, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        var at = IndexOf(state, frame.Protocol);
        if (at >= 0) return Step(table, state, at, frame, now, ref effects);
        effects.Add(new NetworkEffect.ProtocolUnknown(frame.Protocol, frame.Payload));
        return state;
    }

    private static NetworkState StepAll(
        NetworkProtocols table, NetworkState state, NetworkEvent ev, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        for (var at = 0; at < state.Protocols.Length; at++) state = Step(table, state, at, ev, now, ref effects);
        return state;
    }

    private static NetworkState Step(
        NetworkProtocols table, NetworkState state, int at, NetworkEvent ev, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        var before = state.Protocols[at];
        if (before is NcpState.Ended) return state;
        var row = table.Find(before.Protocol) ?? throw new InvalidOperationException($"no row for protocol {before.Protocol:X4}");
        var next = row.Machine(before, ev, now, ref effects);
        if (ReferenceEquals(next, before)) return state;
        state = new NetworkState { Protocols = state.Protocols.SetItem(at, next) };
        if (next is not NcpState.Ended ended) return state;
        effects.Add(new NetworkEffect.Ended(row, ended.Why));
        if (state.Protocols.All(static p => p is NcpState.Ended)) effects.Add(new NetworkEffect.NoneLeft(ended.Why));
        return state;
    }

    private static int IndexOf(NetworkState state, ushort protocol)
    {
        for (var at = 0; at < state.Protocols.Length; at++)
        {
            if (state.Protocols[at].Protocol == protocol) return at;
        }
        return -1;
    }
}
