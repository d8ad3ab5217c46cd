using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>State of <see cref="Ipcp"/>. Opaque to the shell but for its end.</summary>
public abstract record IpcpState(IpcpPolicy Policy)
{
    /// <param name="Assigned">Server: the subscriber's address. Client: what the server says its own is.</param>
    /// <param name="Own">Ours, as we ask for it now; none with <paramref name="OmitAddress"/>.</param>
    /// <param name="Given">What the other side took (server) or gave (client) of name servers.</param>
    /// <param name="GiveUpAt">End of set-up; never while Opened.</param>
    /// <param name="Why">Not null: closing.</param>
    internal sealed record Live(
        IpcpPolicy Policy, Negotiation Negotiation, Ipv4Address Assigned, Ipv4Address Own, bool OmitAddress, NameServers Given, Omitted Omit, Instant GiveUpAt,
        EndReason? Why) : IpcpState(Policy);

    /// <summary>The end.</summary>
    public sealed record Ended(IpcpPolicy Policy, EndReason Why) : IpcpState(Policy);

    internal readonly record struct NameServers(Ipv4Address PrimaryDns, Ipv4Address SecondaryDns, Ipv4Address PrimaryNbns, Ipv4Address SecondaryNbns);

    /// <summary>Name servers that a client does not ask for any more.</summary>
    [Flags]
    internal enum Omitted : byte
    {
        None = 0,
        PrimaryDns = 1,
        SecondaryDns = 2,
    }
}

/// <summary>IPCP of one bundle (RFC 1332, RFC 1877). No clock, no I/O, no Akka.</summary>
/// <remarks>A server gives exactly the assigned address, and name servers to those who ask. A client takes what it gets.</remarks>
public static class Ipcp
{
    private const int RequestLimit = PppFrame.HeaderLength + ControlPacketView.HeaderLength + 3 * 6;

    /// <summary>Begins: our first Configure-Request goes out at once.</summary>
    /// <param name="peerAddress">Server: the address assigned to the subscriber. Client: none.</param>
    public static Transition<IpcpState, NetworkEffect> Start(IpcpPolicy policy, Ipv4Address peerAddress, ulong seed, Instant now)
    {
        var effects = new EffectBuffer<NetworkEffect>();
        var live = new IpcpState.Live(policy, new Negotiation((byte)new SplitMix(seed).Next()), peerAddress, policy.LocalAddress, OmitAddress: false,
            default, default, now + policy.SetupTimeout, null);
        var state = Run(live, AutomatonEvent.Open, default, now, ref effects);
        return new(state is IpcpState.Live opened ? Run(opened, AutomatonEvent.Up, default, now, ref effects) : state, effects.ToImmutable());
    }

    public static Transition<IpcpState, NetworkEffect> On(IpcpState state, NetworkEvent ev, Instant now)
    {
        if (state is not IpcpState.Live live) return new(state);
        var effects = new EffectBuffer<NetworkEffect>();
        var next = ev switch
        {
            NetworkEvent.FrameReceived f => Receive(live, f.Payload.Span, now, ref effects),
            NetworkEvent.Tick => Tick(live, now, ref effects),
            NetworkEvent.CloseRequested c => Close(live, c.Why, now, ref effects),
            NetworkEvent.ProtocolRejected => Rejected(live, now, ref effects),
            NetworkEvent.LowerDown when live.Negotiation.State is not (AutomatonState.Initial or AutomatonState.Starting) =>
                Lower(live, now, ref effects),
            NetworkEvent.LowerUp when live.Negotiation.State is AutomatonState.Starting =>
                Run(Renewed(live) with { GiveUpAt = now + live.Policy.SetupTimeout }, AutomatonEvent.Up, default, now, ref effects),
            _ => live,
        };
        return new(next, effects.ToImmutable());
    }

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(IpcpState state)
    {
        if (state is not IpcpState.Live live) return null;
        var at = live.Negotiation.RestartAt < live.GiveUpAt ? live.Negotiation.RestartAt : live.GiveUpAt;
        return at == Negotiation.Never ? null : at;
    }

    private static NegotiationTimers Timers(IpcpPolicy p) => new(p.FirstRestartInterval, p.RestartInterval, p.MaxConfigure, p.MaxTerminate);

    /// <summary>A negotiation from the start.</summary>
    private static IpcpState.Live Renewed(IpcpState.Live live)
    {
        var negotiation = live.Negotiation;
        negotiation.Failures = 0;
        return live with
        {
            Negotiation = negotiation, Own = live.Policy.LocalAddress, OmitAddress = false, Omit = default, Given = default,
            Assigned = live.Policy.Role == LinkRole.Client ? default : live.Assigned,
        };
    }

    private static IpcpState Rejected(IpcpState.Live live, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        var why = live.Why ?? new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.NegotiationFailed, "the subscriber does not speak IPCP");
        return live.Negotiation.State is AutomatonState.Initial or AutomatonState.Starting
            ? End(live, why, ref effects)
            : Run(live with { Why = why, GiveUpAt = Negotiation.Never }, AutomatonEvent.ReceiveRejectCatastrophic, default, now, ref effects);
    }

    private static IpcpState Lower(IpcpState.Live live, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        // a link that goes away while this closes will not carry the Terminate-Ack any more
        var next = Run(live with { GiveUpAt = Negotiation.Never }, AutomatonEvent.Down, default, now, ref effects);
        return next is IpcpState.Live { Why: { } why } ? End((IpcpState.Live)next, why, ref effects) : next;
    }

    private static IpcpState Close(IpcpState.Live live, EndReason why, Instant now, ref EffectBuffer<NetworkEffect> effects) =>
        live.Why is not null ? live : Run(live with { Why = why, GiveUpAt = Negotiation.Never }, AutomatonEvent.Close, default, now, ref effects);

    private static IpcpState Tick(IpcpState.Live live, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        if (now >= live.GiveUpAt)
        {
            return Close(live, new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.SetupTimeout, "IPCP did not come up in time"), now, ref effects);
        }
        return now < live.Negotiation.RestartAt ? live : Run(live, live.Negotiation.Timeout, default, now, ref effects);
    }

    private static IpcpState Receive(IpcpState.Live live, ReadOnlySpan<byte> payload, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        if (!ControlPacketView.TryRead(payload, out var packet, out var error)) return Drop(live, error, ref effects);
        if (packet.Length > Lcp.MaxPacket) return Drop(live, PppError.TooLong, ref effects);
        if (live.Negotiation.State is AutomatonState.Initial or AutomatonState.Starting) return Drop(live, PppError.WrongState, ref effects);
        switch (packet.Code)
        {
            case ControlCode.ConfigureRequest: return ConfigureRequest(live, packet, now, ref effects);
            case ControlCode.ConfigureAck or ControlCode.ConfigureNak or ControlCode.ConfigureReject: return Answered(live, packet, now, ref effects);
            case ControlCode.TerminateRequest:
                var hungUp = new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.UserRequest, "the subscriber closed IPCP");
                return Run(live.Negotiation.State == AutomatonState.Opened ? live with { Why = live.Why ?? hungUp } : live,
                    AutomatonEvent.ReceiveTerminateRequest, packet, now, ref effects);
            case ControlCode.TerminateAck: return Run(live, AutomatonEvent.ReceiveTerminateAck, packet, now, ref effects);
            case ControlCode.CodeReject when packet.Data.IsEmpty: return Drop(live, PppError.Truncated, ref effects);
            case ControlCode.CodeReject when packet.Data[0] is >= ControlCode.ConfigureRequest and <= ControlCode.CodeReject:
                var rejected = new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.ProtocolViolation, $"the subscriber rejects IPCP code {packet.Data[0]}");
                return Run(live with { Why = live.Why ?? rejected }, AutomatonEvent.ReceiveRejectCatastrophic, packet, now, ref effects);
            case ControlCode.CodeReject: return Run(live, AutomatonEvent.ReceiveRejectPermitted, packet, now, ref effects);
            default: return Run(live, AutomatonEvent.ReceiveUnknownCode, packet, now, ref effects);
        }
    }

    private static IpcpState.Live Drop(IpcpState.Live live, PppError why, ref EffectBuffer<NetworkEffect> effects)
    {
        effects.Add(new NetworkEffect.Dropped(why));
        return live;
    }

    private static IpcpState.Ended End(IpcpState.Live live, EndReason why, ref EffectBuffer<NetworkEffect> effects)
    {
        effects.Add(new NetworkEffect.Ended(why));
        return new IpcpState.Ended(live.Policy, why);
    }

    /// <summary>One step of the automaton and its actions. <paramref name="answer"/> is the finished Ack, Nak or Reject for sca and scn.</summary>
    private static IpcpState Run(
        IpcpState.Live live, AutomatonEvent ev, in ControlPacketView packet, Instant now, ref EffectBuffer<NetworkEffect> effects, byte[]? answer = null)
    {
        var negotiation = live.Negotiation;
        var step = negotiation.Step(ev, Timers(live.Policy), now);
        if (!step.IsLegal) return ev >= AutomatonEvent.ReceiveConfigureRequestGood ? Drop(live, PppError.WrongState, ref effects) : live;
        var actions = step.Actions;
        if ((actions & AutomatonActions.Tld) != 0) effects.Add(NetworkEffect.Closed.Instance);
        if (ev == AutomatonEvent.TimeoutLeft && negotiation.State == AutomatonState.ReqSent && live.Policy.Role == LinkRole.Server)
            effects.Add(NetworkEffect.Unheard.Instance);
        if ((actions & AutomatonActions.Scr) != 0)
        {
            Span<byte> buffer = stackalloc byte[RequestLimit];
            effects.Add(new NetworkEffect.SendFrame(Request(live, negotiation.RequestId, buffer).ToFrame()));
        }
        if ((actions & (AutomatonActions.Sca | AutomatonActions.Scn)) != 0 && answer is not null) effects.Add(new NetworkEffect.SendFrame(answer));
        if ((actions & AutomatonActions.Str) != 0) SendEmpty(ControlCode.TerminateRequest, ++negotiation.OtherId, ref effects);
        if ((actions & AutomatonActions.Sta) != 0)
            SendEmpty(ControlCode.TerminateAck, ev == AutomatonEvent.ReceiveTerminateRequest ? packet.Identifier : ++negotiation.OtherId, ref effects);
        if ((actions & AutomatonActions.Scj) != 0)
        {
            Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + Lcp.MaxPacket];
            var writer = new ControlPacketWriter(buffer, PppProtocol.Ipcp, ControlCode.CodeReject, ++negotiation.OtherId);
            writer.Octets(packet.Octets);
            effects.Add(new NetworkEffect.SendFrame(writer.ToFrame()));
        }
        var next = live with { Negotiation = negotiation };
        if ((actions & AutomatonActions.Tlu) != 0)
        {
            next = next with { GiveUpAt = Negotiation.Never };
            effects.Add(new NetworkEffect.Opened(new NegotiatedIp(next.OmitAddress ? default : next.Own, next.Assigned,
                next.Given.PrimaryDns, next.Given.SecondaryDns, next.Given.PrimaryNbns, next.Given.SecondaryNbns)));
        }
        else if ((actions & AutomatonActions.Tld) != 0 && next.Why is null && ev != AutomatonEvent.Down)
        {
            next = next with { GiveUpAt = now + live.Policy.SetupTimeout }; // the peer negotiates anew
        }
        var isOver = (actions & AutomatonActions.Tlf) != 0 || next is { Why: not null, Negotiation.State: AutomatonState.Closed or AutomatonState.Initial };
        return isOver ? End(next, next.Why ?? new EndReason(
            EndParty.Subscriber, EndLayer.Bundle, EndCause.NegotiationFailed, "IPCP came to no agreement: no answer to our last request"), ref effects) : next;
    }

    private static void SendEmpty(byte code, byte identifier, ref EffectBuffer<NetworkEffect> effects)
    {
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength];
        effects.Add(new NetworkEffect.SendFrame(new ControlPacketWriter(buffer, PppProtocol.Ipcp, code, identifier).ToFrame()));
    }

    private static ControlPacketWriter Request(IpcpState.Live live, byte identifier, Span<byte> buffer)
    {
        var writer = new ControlPacketWriter(buffer, PppProtocol.Ipcp, ControlCode.ConfigureRequest, identifier);
        if (!live.OmitAddress) writer.Option(IpcpOption.IpAddress, live.Own.Value);
        if (live.Policy is { Role: LinkRole.Client, AskDns: true })
        {
            if ((live.Omit & IpcpState.Omitted.PrimaryDns) == 0) writer.Option(IpcpOption.PrimaryDns, live.Given.PrimaryDns.Value);
            if ((live.Omit & IpcpState.Omitted.SecondaryDns) == 0) writer.Option(IpcpOption.SecondaryDns, live.Given.SecondaryDns.Value);
        }
        return writer;
    }

    // ---- the peer's Configure-Request -------------------------------------------------------------------------------

    /// <summary>What the peer would have if its request were good.</summary>
    private record struct Offer(Ipv4Address Address, bool HasAddress, IpcpState.NameServers Servers);

    private static IpcpState ConfigureRequest(IpcpState.Live live, in ControlPacketView packet, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        if (!OptionView.AreWellFormed(packet.Data, out var error)) return Drop(live, error, ref effects);
        if (live.Negotiation.State is AutomatonState.Closing or AutomatonState.Stopping)
            return Run(live, AutomatonEvent.ReceiveConfigureRequestGood, packet, now, ref effects);
        if (live.Negotiation.State == AutomatonState.Opened) live = Renewed(live);

        Span<byte> nakBuffer = stackalloc byte[PppFrame.HeaderLength + Lcp.MaxPacket], rejectBuffer = stackalloc byte[PppFrame.HeaderLength + Lcp.MaxPacket];
        var naks = new ControlPacketWriter(nakBuffer, PppProtocol.Ipcp, ControlCode.ConfigureNak, packet.Identifier);
        var rejects = new ControlPacketWriter(rejectBuffer, PppProtocol.Ipcp, ControlCode.ConfigureReject, packet.Identifier);
        var offer = new Offer();
        var isPatient = live.Negotiation.Failures < live.Policy.MaxFailure;
        var rest = packet.Data;
        while (OptionView.TryRead(ref rest, out var option, out _)) Consider(live, option, isPatient, ref offer, ref naks, ref rejects);
        // A subscriber that asks for no address is told the one it has (RFC 1332 §3.3: a Nak may append it); if it will not hear, so be it:
        // whatever it sends from another address is dropped by the data plane.
        if (live.Policy.Role == LinkRole.Server && !offer.HasAddress && rejects.DataLength == 0 && isPatient && !live.Assigned.IsNone)
            naks.Option(IpcpOption.IpAddress, live.Assigned.Value);

        var negotiation = live.Negotiation;
        if (rejects.DataLength == 0 && naks.DataLength == 0)
        {
            negotiation.Failures = 0;
            Span<byte> ackBuffer = stackalloc byte[PppFrame.HeaderLength + packet.Length];
            var ack = new ControlPacketWriter(ackBuffer, PppProtocol.Ipcp, ControlCode.ConfigureAck, packet.Identifier);
            ack.Octets(packet.Data);
            live = live with { Negotiation = negotiation };
            live = live.Policy.Role == LinkRole.Server ? live with { Given = offer.Servers } : live with { Assigned = offer.Address };
            return Run(live, AutomatonEvent.ReceiveConfigureRequestGood, packet, now, ref effects, ack.ToFrame());
        }
        if (rejects.DataLength > 0) return Run(live, AutomatonEvent.ReceiveConfigureRequestBad, packet, now, ref effects, rejects.ToFrame());
        if (negotiation.Failures < byte.MaxValue) negotiation.Failures++;
        return Run(live with { Negotiation = negotiation }, AutomatonEvent.ReceiveConfigureRequestBad, packet, now, ref effects, naks.ToFrame());
    }

    private static void Consider(
        IpcpState.Live live, in OptionView option, bool isPatient, ref Offer offer, ref ControlPacketWriter naks, ref ControlPacketWriter rejects)
    {
        var asked = option.Value.Length == Ipv4Address.Length ? Ipv4Address.Read(option.Value) : default;
        var isServer = live.Policy.Role == LinkRole.Server;
        switch (option.Type)
        {
            case IpcpOption.IpAddress when isServer:
                offer.HasAddress = true;
                Give(option, asked, live.Assigned, isPatient, ref naks, ref rejects);
                break;
            case IpcpOption.IpAddress when !asked.IsNone: // a client believes what the server says it is
                offer.HasAddress = true;
                offer.Address = asked;
                break;
            case IpcpOption.PrimaryDns when isServer && Give(option, asked, live.Policy.PrimaryDns, isPatient, ref naks, ref rejects):
                offer.Servers = offer.Servers with { PrimaryDns = asked };
                break;
            case IpcpOption.SecondaryDns when isServer && Give(option, asked, live.Policy.SecondaryDns, isPatient, ref naks, ref rejects):
                offer.Servers = offer.Servers with { SecondaryDns = asked };
                break;
            case IpcpOption.PrimaryNbns when isServer && Give(option, asked, live.Policy.PrimaryNbns, isPatient, ref naks, ref rejects):
                offer.Servers = offer.Servers with { PrimaryNbns = asked };
                break;
            case IpcpOption.SecondaryNbns when isServer && Give(option, asked, live.Policy.SecondaryNbns, isPatient, ref naks, ref rejects):
                offer.Servers = offer.Servers with { SecondaryNbns = asked };
                break;
            case IpcpOption.PrimaryDns or IpcpOption.SecondaryDns or IpcpOption.PrimaryNbns or IpcpOption.SecondaryNbns when isServer: break; // answered
            default: rejects.Octets(option.Octets); break; // Van Jacobson and the pair of addresses, too
        }
    }

    /// <summary>True: the peer asks for exactly what it is to have.</summary>
    private static bool Give(
        in OptionView option, Ipv4Address asked, Ipv4Address has, bool isPatient, ref ControlPacketWriter naks, ref ControlPacketWriter rejects)
    {
        if (!has.IsNone && option.Value.Length == Ipv4Address.Length && asked == has) return true;
        if (has.IsNone || !isPatient) rejects.Octets(option.Octets);
        else naks.Option(option.Type, has.Value);
        return false;
    }

    // ---- answers to our Configure-Request ---------------------------------------------------------------------------

    private static IpcpState Answered(IpcpState.Live live, in ControlPacketView packet, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        if (live.Negotiation.IsAnswered || packet.Identifier != live.Negotiation.RequestId) return Drop(live, PppError.UnknownIdentifier, ref effects);
        if (!OptionView.AreWellFormed(packet.Data, out var error)) return Drop(live, error, ref effects);
        var negotiation = live.Negotiation;
        negotiation.IsAnswered = true;
        Span<byte> buffer = stackalloc byte[RequestLimit];
        var asked = Request(live, negotiation.RequestId, buffer).Data;
        var answered = live with { Negotiation = negotiation };
        if (packet.Code == ControlCode.ConfigureAck)
        {
            return packet.Data.SequenceEqual(asked)
                ? Run(answered, AutomatonEvent.ReceiveConfigureAck, packet, now, ref effects) : Drop(live, PppError.OptionsMismatch, ref effects);
        }
        var rest = packet.Data;
        while (OptionView.TryRead(ref rest, out var option, out _))
        {
            if (packet.Code == ControlCode.ConfigureNak) answered = Nak(answered, option);
            else if (IsIn(asked, option)) answered = Reject(answered, option.Type);
            else return Drop(live, PppError.OptionsMismatch, ref effects);
        }
        if (answered is { OmitAddress: true, Policy.Role: LinkRole.Client })
        {
            return Close(answered, new EndReason(EndParty.Peer, EndLayer.Bundle, EndCause.NoAddress, "the server gives no address"), now, ref effects);
        }
        return Run(answered, AutomatonEvent.ReceiveConfigureNak, packet, now, ref effects);
    }

    private static bool IsIn(ReadOnlySpan<byte> asked, in OptionView rejected)
    {
        while (OptionView.TryRead(ref asked, out var ours, out _))
        {
            if (ours.Octets.SequenceEqual(rejected.Octets)) return true;
        }
        return false;
    }

    private static IpcpState.Live Nak(IpcpState.Live live, in OptionView option)
    {
        if (option.Value.Length != Ipv4Address.Length || live.Policy.Role == LinkRole.Server) return live; // a server's address is not the subscriber's to choose
        var value = Ipv4Address.Read(option.Value);
        return option.Type switch
        {
            IpcpOption.IpAddress => live with { Own = value },
            IpcpOption.PrimaryDns => live with { Given = live.Given with { PrimaryDns = value } },
            IpcpOption.SecondaryDns => live with { Given = live.Given with { SecondaryDns = value } },
            _ => live,
        };
    }

    private static IpcpState.Live Reject(IpcpState.Live live, byte type) => type switch
    {
        IpcpOption.IpAddress => live with { OmitAddress = true },
        IpcpOption.PrimaryDns => live with { Omit = live.Omit | IpcpState.Omitted.PrimaryDns },
        IpcpOption.SecondaryDns => live with { Omit = live.Omit | IpcpState.Omitted.SecondaryDns },
        _ => live,
    };
}
