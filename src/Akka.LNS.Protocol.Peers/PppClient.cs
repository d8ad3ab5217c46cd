using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;

namespace Akka.LNS.Protocol.Peers;

/// <summary>State of a <see cref="PppClient"/>. Plain data.</summary>
/// <param name="Network">Null: the link has not reached the network phase yet.</param>
public sealed record PppClientState(IpcpPolicy Ip, ulong Seed, LinkState Link, NetworkState? Network);

/// <summary>An event at a <see cref="PppClient"/>.</summary>
public abstract record PppClientEvent
{
    /// <summary>A PPP frame of the server, except IP packets.</summary>
    /// <param name="Payload">What follows the protocol field. Not kept after the call.</param>
    public sealed record FrameReceived(ushort Protocol, ReadOnlyMemory<byte> Payload) : PppClientEvent;

    /// <summary>The subscriber hangs up: LCP Terminate-Request.</summary>
    public sealed record CloseRequested(EndReason Why) : PppClientEvent;

    /// <summary>A deadline may have come.</summary>
    public sealed record Tick : PppClientEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the shell of a <see cref="PppClient"/> must do, in order.</summary>
public abstract record PppClientEffect
{
    /// <summary>Send a whole PPP frame (FF 03, protocol, packet).</summary>
    public sealed record SendFrame(byte[] Frame) : PppClientEffect;

    /// <summary>IPCP is Opened: IP packets may pass.</summary>
    public sealed record Up(NegotiatedIp Ip) : PppClientEffect;

    /// <summary>IPCP is not Opened any more. Once for each <see cref="Up"/> while the link lives.</summary>
    public sealed record Down : PppClientEffect
    {
        public static readonly Down Instance = new();
    }

    /// <summary>The link closes. Once, before <see cref="Ended"/>.</summary>
    public sealed record Closing(EndReason Why) : PppClientEffect;

    /// <summary>The link has ended and sends nothing more. Once, and last.</summary>
    public sealed record Ended(EndReason Why) : PppClientEffect;
}

/// <summary>The subscriber's side of PPP: LCP, authentication and IPCP as one machine. No clock, no I/O, no Akka.</summary>
/// <remarks>Made of <see cref="PppLink"/> and <see cref="NetworkLayer"/> in the role <see cref="LinkRole.Client"/>.</remarks>
public static class PppClient
{
    /// <summary>Begins: the first Configure-Request of LCP goes out at once.</summary>
    /// <param name="policy">Its role is <see cref="LinkRole.Client"/>.</param>
    /// <param name="entropy">At least 16 octets of cryptographic randomness.</param>
    /// <param name="seed">For magic numbers, identifiers and jitter.</param>
    public static Transition<PppClientState, PppClientEffect> Start(
        LinkPolicy policy, IpcpPolicy ip, ReadOnlyMemory<byte> entropy, ulong seed, Instant now)
    {
        var (link, effects) = PppLink.Start(policy, entropy, seed, now);
        var turn = new Turn(new PppClientState(ip, seed, link, null), now);
        turn.Run(effects);
        return turn.Done();
    }

    public static Transition<PppClientState, PppClientEffect> On(PppClientState state, PppClientEvent ev, Instant now)
    {
        var turn = new Turn(state, now);
        switch (ev)
        {
            case PppClientEvent.FrameReceived f when state.Network is not null && IsOfNetwork(f.Protocol):
                turn.Network(new NetworkEvent.FrameReceived(f.Protocol, f.Payload));
                break;
            case PppClientEvent.FrameReceived f: turn.Link(new LinkEvent.FrameReceived(f.Protocol, f.Payload)); break;
            case PppClientEvent.CloseRequested c: turn.Link(new LinkEvent.CloseRequested(c.Why)); break;
            default:
                if (PppLink.NextDeadline(state.Link) <= now) turn.Link(LinkEvent.Tick.Instance);
                turn.TickNetwork();
                break;
        }
        return turn.Done();
    }

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(PppClientState state) => Instant.Earliest(
        PppLink.NextDeadline(state.Link), state.Network is { } network ? NetworkLayer.NextDeadline(network) : null);

    /// <summary>Protocol numbers of network control protocols. RFC 1661 section 2.</summary>
    private static bool IsOfNetwork(ushort protocol) => protocol is >= 0x8000 and < 0xC000;

    /// <summary>One event on its way through the link and the network layer.</summary>
    private ref struct Turn(PppClientState state, Instant now)
    {
        private readonly ImmutableArray<PppClientEffect>.Builder _effects = ImmutableArray.CreateBuilder<PppClientEffect>();
        private PppClientState _state = state;

        internal readonly Transition<PppClientState, PppClientEffect> Done() => new(_state, _effects.DrainToImmutable());

        internal void Link(LinkEvent ev)
        {
            var (link, effects) = PppLink.On(_state.Link, ev, now);
            _state = _state with { Link = link };
            Run(effects);
        }

        internal void TickNetwork()
        {
            if (_state.Network is { } network && NetworkLayer.NextDeadline(network) <= now) Network(NetworkEvent.Tick.Instance);
        }

        internal void Network(NetworkEvent ev)
        {
            if (_state.Network is { } network) Run(NetworkLayer.On(network, ev, now));
        }

        internal void Run(ImmutableArray<LinkEffect> effects)
        {
            foreach (var effect in effects)
            {
                switch (effect)
                {
                    case LinkEffect.SendFrame f: _effects.Add(new PppClientEffect.SendFrame(f.Frame)); break;
                    case LinkEffect.NetworkPhase n when _state.Network is null:
                        Run(NetworkLayer.Start([Ipcp.Create(_state.Ip, default, _state.Seed, n.Options.Pace)], now));
                        break;
                    case LinkEffect.NetworkPhase: Network(NetworkEvent.LowerUp.Instance); break;
                    case LinkEffect.RestartNetwork: Network(NetworkEvent.LowerDown.Instance); break;
                    case LinkEffect.ProtocolRejected r: Network(new NetworkEvent.ProtocolRejected(r.Protocol)); break;
                    case LinkEffect.Closing c:
                        Network(NetworkEvent.LowerDown.Instance);
                        _effects.Add(new PppClientEffect.Closing(c.Why));
                        break;
                    case LinkEffect.Ended e: _effects.Add(new PppClientEffect.Ended(e.Why)); break;
                    default: break; // a client demands no authentication; drops count nowhere
                }
            }
        }

        private void Run(Transition<NetworkState, NetworkEffect> transition)
        {
            _state = _state with { Network = transition.State };
            foreach (var effect in transition.Effects)
            {
                switch (effect)
                {
                    case NetworkEffect.SendFrame f: _effects.Add(new PppClientEffect.SendFrame(f.Frame)); break;
                    case NetworkEffect.Opened o:
                        _effects.Add(new PppClientEffect.Up((NegotiatedIp)o.Options));
                        Link(LinkEvent.NetworkOpened.Instance);
                        break;
                    case NetworkEffect.Closed: _effects.Add(PppClientEffect.Down.Instance); break;
                    case NetworkEffect.ProtocolUnknown u: Link(new LinkEvent.NetworkProtocolUnknown(u.Protocol, u.Payload)); break;
                    case NetworkEffect.NoneLeft n: Link(new LinkEvent.CloseRequested(n.Why)); break;
                    default: break; // the end of one protocol; a client does not repeat a verdict
                }
            }
        }
    }
}
