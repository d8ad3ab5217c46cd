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

    /// <param name="table">The protocols: <see cref="NetworkProtocols.All"/>, or a table of a test.</param>
    internal static Transition<NetworkState, NetworkEffect> On(NetworkProtocols table, NetworkState state, NetworkEvent ev, Instant now)
    {
        var turn = new Turn(table, state.Protocols, ev, now);
        switch (ev)
        {
            case NetworkEvent.FrameReceived f: turn.Receive(f); break;
            case NetworkEvent.ProtocolRejected r: turn.Step(turn.IndexOf(r.Protocol)); break;
            default: turn.StepAll(); break;
        }
        return turn.Done();
    }

    /// <summary>One event on its way through the network layer. Lives for one event.</summary>
    private ref struct Turn(NetworkProtocols table, ImmutableArray<NcpState> before, NetworkEvent ev, Instant now)
    {
        private ImmutableArray<NcpState> _protocols = before;
        private EffectBuffer<NetworkEffect> _effects;

        internal readonly Transition<NetworkState, NetworkEffect> Done() =>
            new(new NetworkState { Protocols = _protocols }, _effects.ToImmutable());

        internal void Receive(NetworkEvent.FrameReceived frame)
        {
            var at = IndexOf(frame.Protocol);
            if (at >= 0) Step(at);
            else _effects.Add(new NetworkEffect.ProtocolUnknown(frame.Protocol, frame.Payload));
        }

        internal void StepAll()
        {
            for (var at = 0; at < _protocols.Length; at++) Step(at);
        }

        /// <summary>Gives the event to one protocol; nothing when the index is negative.</summary>
        internal void Step(int at)
        {
            if (at < 0 || _protocols[at] is NcpState.Ended) return;
            var state = _protocols[at];
            var row = table.Find(state.Protocol) ?? throw new InvalidOperationException($"no row for protocol {state.Protocol:X4}");
            var next = row.Machine(state, ev, now, ref _effects);
            if (ReferenceEquals(next, state)) return;
            _protocols = _protocols.SetItem(at, next);
            if (next is not NcpState.Ended ended) return;
            _effects.Add(new NetworkEffect.Ended(row, ended.Why));
            if (_protocols.All(static p => p is NcpState.Ended)) _effects.Add(new NetworkEffect.NoneLeft(ended.Why));
        }

        internal readonly int IndexOf(ushort protocol)
        {
            for (var at = 0; at < _protocols.Length; at++)
            {
                if (_protocols[at].Protocol == protocol) return at;
            }
            return -1;
        }
    }
}
