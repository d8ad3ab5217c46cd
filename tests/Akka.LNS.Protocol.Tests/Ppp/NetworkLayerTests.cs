using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class NetworkLayerTests
{
    private const ushort Made = 0x8099;
    private static readonly NetworkProtocol MadeRow = new(Made, 0x0099, "MADE", OnMade);
    private static readonly NetworkProtocols Table = new(Ipcp.Row, MadeRow);
    private static readonly TimeSpan MadeTime = TimeSpan.FromSeconds(7);
    private static readonly Ipv4Address Assigned = Ipv4Address.Parse("100.64.0.7");
    private static readonly IpcpPolicy Policy = new() { LocalAddress = Ipv4Address.Parse("100.64.0.1") };
    private static readonly EndReason Terminated = new(EndParty.Subscriber, EndLayer.Bundle, EndCause.UserRequest, "terminated");
    private static readonly EndReason TimedOut = new(EndParty.Subscriber, EndLayer.Bundle, EndCause.SetupTimeout, "timed out");
    private static readonly EndReason Rejected = new(EndParty.Subscriber, EndLayer.Bundle, EndCause.NegotiationFailed, "rejected");

    /// <summary>A made-up network control protocol. Any frame opens it; Terminate-Request, Protocol-Reject or timeout end it.</summary>
    private sealed record MadeState(bool IsUp, bool IsOpen, Instant? GiveUpAt) : NcpState(Made)
    {
        internal override Instant? NextDeadline => GiveUpAt;
    }

    private sealed record MadeOptions : NegotiatedOptions;

    private static readonly NegotiatedOptions Options = new MadeOptions();

    private static NcpState OnMade(NcpState state, NetworkEvent ev, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        var made = (MadeState)state;
        switch (ev)
        {
            case NetworkEvent.LowerUp when !made.IsUp:
                effects.Add(new NetworkEffect.SendFrame([0xFF, 0x03, 0x80, 0x99]));
                return made with { IsUp = true, GiveUpAt = now + MadeTime };
            case NetworkEvent.LowerDown when made.IsUp:
                if (made.IsOpen) effects.Add(new NetworkEffect.Closed(MadeRow));
                return new MadeState(false, false, null);
            case NetworkEvent.FrameReceived { Payload.Span: [ControlCode.TerminateRequest, ..] } when made.IsUp:
                return End(Terminated, ref effects);
            case NetworkEvent.FrameReceived when made is { IsUp: true, IsOpen: false }:
                effects.Add(new NetworkEffect.Opened(MadeRow, Options));
                return made with { IsOpen = true, GiveUpAt = null };
            case NetworkEvent.ProtocolRejected: return End(Rejected, ref effects);
            case NetworkEvent.Tick when now >= made.GiveUpAt: return End(TimedOut, ref effects);
            default: return state;
        }

        NcpState End(EndReason why, ref EffectBuffer<NetworkEffect> effects)
        {
            if (made.IsOpen) effects.Add(new NetworkEffect.Closed(MadeRow));
            return new NcpState.Ended(Made, why);
        }
    }

    private sealed class Probe
    {
        public Probe(params ImmutableArray<NcpState> protocols)
        {
            State = new NetworkState { Protocols = protocols };
            On(NetworkEvent.LowerUp.Instance);
        }

        public Instant Now { get; set; } = new(0);
        public NetworkState State { get; private set; }
        public ImmutableArray<NetworkEffect> Effects { get; private set; }
        public string Opened => string.Join(' ', Effects.OfType<NetworkEffect.Opened>().Select(e => e.Protocol.Name));
        public string Closed => string.Join(' ', Effects.OfType<NetworkEffect.Closed>().Select(e => e.Protocol.Name));
        public string Ended => string.Join(' ', Effects.OfType<NetworkEffect.Ended>().Select(e => e.Protocol.Name));
        public EndReason? NoneLeft => Effects.OfType<NetworkEffect.NoneLeft>().SingleOrDefault()?.Why;

        public NcpState Of(ushort protocol) => State.Protocols.Single(p => p.Protocol == protocol);

        public Probe On(NetworkEvent ev)
        {
            (State, Effects) = NetworkLayer.On(Table, State, ev, Now);
            return this;
        }

        public void Clear() => Effects = [];

        public Probe Frame(ushort protocol, string octets) => On(new NetworkEvent.FrameReceived(protocol, Convert.FromHexString(octets)));
        public Probe Reject(ushort protocol) => On(new NetworkEvent.ProtocolRejected(protocol));

        public Probe Tick(TimeSpan after)
        {
            Now += after;
            return On(NetworkEvent.Tick.Instance);
        }

        /// <summary>Acknowledges the request of IPCP in the last effects, and requests the assigned address: IPCP is Opened.</summary>
        public Probe OpenIpcp()
        {
            var requests = Effects.OfType<NetworkEffect.SendFrame>().Select(f => Convert.ToHexString(f.Frame));
            var request = requests.Single(f => f.StartsWith("FF038021", StringComparison.Ordinal));
            return Frame(PppProtocol.Ipcp, "02" + request[10..]).Frame(PppProtocol.Ipcp, "0101000A030664400007");
        }
    }

    private static NcpState NewIpcp() => Ipcp.Create(Policy, Assigned, 1);
    private static MadeState NewMade() => new MadeState(false, false, null);
    private static Probe Both() => new(NewIpcp(), NewMade());
    private static Probe BothOpen()
    {
        var probe = new Probe(NewIpcp());
        probe.OpenIpcp();
        Assert.Equal("IPCP", probe.Opened);
        var made = new Probe(NewMade());
        Assert.Equal("MADE", made.Frame(Made, "01010004").Opened);
        return new Probe(probe.Of(PppProtocol.Ipcp), made.Of(Made));
    }

    [Fact]
    public void The_table_finds_a_protocol_by_its_control_number()
    {
        var ipcp = NetworkProtocols.All.Find(PppProtocol.Ipcp);
        Assert.Equal((PppProtocol.Ipcp, PppProtocol.Ip, "IPCP"), (ipcp!.Control, ipcp.Data, ipcp.Name));
        Assert.Null(NetworkProtocols.All.Find(PppProtocol.Ip));
        Assert.Null(NetworkProtocols.All.Find(PppProtocol.Lcp));
        Assert.Null(NetworkProtocols.All.Find(Made));
    }

    [Fact]
    public void Every_protocol_starts_with_the_layer()
    {
        var frames = Both().Effects.Cast<NetworkEffect.SendFrame>().Select(f => Convert.ToHexString(f.Frame, 0, 4));
        Assert.Equal(["FF038021", "FF038099"], frames);
    }

    [Fact]
    public void A_frame_reaches_only_the_protocol_with_its_number()
    {
        var probe = Both();
        var ipcp = probe.Of(PppProtocol.Ipcp);
        Assert.Equal("MADE", probe.Frame(Made, "01010004").Opened);
        Assert.Same(ipcp, probe.Of(PppProtocol.Ipcp));
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5.7-1")]
    public void A_frame_of_a_protocol_that_the_bundle_does_not_run_comes_back_for_a_protocol_reject()
    {
        var probe = new Probe(NewIpcp()); // the table has MADE, this bundle does not run it
        foreach (var protocol in new[] { Made, PppProtocol.Ipv6cp })
        {
            probe.Frame(protocol, "0101000A030664400007");
            var unknown = Assert.IsType<NetworkEffect.ProtocolUnknown>(Assert.Single(probe.Effects));
            Assert.Equal((protocol, "0101000A030664400007"), (unknown.Protocol, Convert.ToHexString(unknown.Payload.Span)));
        }
    }

    [Fact]
    public void The_next_deadline_is_the_earliest_of_all_protocols()
    {
        Assert.Equal(new Instant(0) + Policy.FirstRestartInterval, NetworkLayer.NextDeadline(Both().State));
        Assert.Equal(new Instant(0) + MadeTime, NetworkLayer.NextDeadline(new Probe(NewMade()).State));
        Assert.Null(NetworkLayer.NextDeadline(BothOpen().State));
    }

    [Fact]
    public void A_link_that_goes_down_and_up_closes_and_restarts_every_protocol()
    {
        var probe = BothOpen().On(NetworkEvent.LowerDown.Instance);
        Assert.Equal("IPCP MADE", probe.Closed);
        Assert.Equal(2, probe.On(NetworkEvent.LowerUp.Instance).Effects.OfType<NetworkEffect.SendFrame>().Count());
    }

    public enum End { Terminated, Rejected, Failed }

    [Theory]
    [InlineData(End.Terminated)]
    [InlineData(End.Rejected)]
    [InlineData(End.Failed)]
    public void The_end_of_another_protocol_ends_neither_an_opened_ipcp_nor_the_link(End how)
    {
        var probe = new Probe(BothOpen().Of(PppProtocol.Ipcp), NewMade());
        var ipcp = probe.Of(PppProtocol.Ipcp);
        _ = how switch
        {
            End.Terminated => probe.Frame(Made, "05010004"),
            End.Rejected => probe.Reject(Made),
            _ => probe.Tick(MadeTime),
        };
        Assert.Equal(("MADE", null), (probe.Ended, probe.NoneLeft));
        Assert.Same(ipcp, probe.Of(PppProtocol.Ipcp));
        Assert.Single(probe.Effects);
    }

    [Theory]
    [InlineData(End.Terminated)]
    [InlineData(End.Rejected)]
    [InlineData(End.Failed)]
    public void The_end_of_ipcp_ends_neither_another_opened_protocol_nor_the_link(End how)
    {
        var open = BothOpen();
        var probe = how == End.Failed ? new Probe(NewIpcp(), open.Of(Made)) : open;
        var made = probe.Of(Made);
        if (how == End.Terminated) Assert.Equal("IPCP", probe.Frame(PppProtocol.Ipcp, "05010004").Closed);
        if (how == End.Rejected) Assert.Equal("IPCP", probe.Reject(PppProtocol.Ipcp).Closed);
        while (probe.Ended.Length == 0 && NetworkLayer.NextDeadline(probe.State) is { } due) probe.Tick(due - probe.Now);
        Assert.Equal(("IPCP", null), (probe.Ended, probe.NoneLeft));
        Assert.Same(made, probe.Of(Made));
        Assert.Null(NetworkLayer.NextDeadline(probe.State));
    }

    [Theory]
    [InlineData(Made, PppProtocol.Ipcp)]
    [InlineData(PppProtocol.Ipcp, Made)]
    public void The_end_of_the_last_protocol_leaves_none_and_gives_its_reason(ushort first, ushort last)
    {
        var probe = Both().Reject(first);
        Assert.Null(probe.NoneLeft);
        probe.Reject(last);
        Assert.Equal(last == Made ? "rejected" : "the subscriber rejected IPCP", probe.NoneLeft!.Text);
        Assert.IsType<NetworkEffect.NoneLeft>(probe.Effects[^1]);
    }

    [Fact]
    public void A_protocol_that_has_ended_ignores_everything()
    {
        var probe = Both().Reject(Made);
        Assert.Empty(probe.Frame(Made, "01010004").Effects);
        Assert.Empty(probe.Reject(Made).Effects);
        probe.On(NetworkEvent.LowerDown.Instance);
        Assert.Single(probe.On(NetworkEvent.LowerUp.Instance).Effects.OfType<NetworkEffect.SendFrame>()); // of IPCP alone
    }

    [Fact]
    public void A_rejected_protocol_that_no_bundle_runs_changes_nothing()
    {
        var probe = BothOpen();
        var before = probe.State;
        Assert.Empty(probe.Reject(PppProtocol.Ccp).Effects);
        Assert.Empty(probe.Reject(PppProtocol.Ip).Effects); // a data protocol
        Assert.Equal(before, probe.State);
    }

    [Fact]
    public void A_link_closes_only_when_its_last_protocol_is_rejected()
    {
        var link = LinkProbe.InNetwork(new LinkPolicy { AuthMethods = [AuthMethod.Pap] });
        var network = BothOpen();
        Reject(Made);
        Assert.Equal((LinkPhase.Network, "MADE"), (link.State.Phase, network.Ended));
        Reject(PppProtocol.Ipcp);
        Assert.Equal(LinkPhase.Network, link.State.Phase); // IPCP waits for the answer to its Terminate-Request
        network.Frame(PppProtocol.Ipcp, "06010004");
        link.On(new LinkEvent.CloseRequested(network.NoneLeft!));
        Assert.Equal((LinkPhase.Terminate, "the subscriber rejected IPCP"), (link.State.Phase, link.Closing!.Text));

        void Reject(ushort protocol)
        {
            link.Lcp(ControlCode.ProtocolReject, 1, $"{protocol:X4}01010004");
            network.Reject(Assert.IsType<LinkEffect.ProtocolRejected>(Assert.Single(link.Effects)).Protocol);
        }
    }

    [Fact] // law: with any events, a protocol does the same beside another protocol as it does alone
    public void Protocols_side_by_side_do_not_change_each_other()
    {
        var payload = Gen.OneOf(Gen.Byte.Array[0, 12], Gen.Select(Gen.Byte[0, 8], Gen.Byte, (code, id) => new byte[] { code, id, 0, 4 }));
        var item = Gen.Select(Gen.Int[0, 6], Gen.Bool.Select(isMade => isMade ? Made : PppProtocol.Ipcp), payload);
        Gen.Select(Gen.Bool, item.Array[0, 40]).Sample((isOpen, script) =>
        {
            var both = isOpen ? BothOpen() : Both();
            var (ipcp, made) = (new Probe(both.Of(PppProtocol.Ipcp)), new Probe(both.Of(Made)));
            foreach (var (kind, protocol, octets) in script)
            {
                ipcp.Clear();
                made.Clear();
                NetworkEvent ev = kind switch
                {
                    0 => NetworkEvent.LowerDown.Instance,
                    1 => NetworkEvent.LowerUp.Instance,
                    2 => NetworkEvent.Tick.Instance,
                    3 when octets.Length < 4 => new NetworkEvent.ProtocolRejected(protocol),
                    _ => new NetworkEvent.FrameReceived(protocol, octets),
                };
                var now = both.Now + TimeSpan.FromSeconds(kind == 2 ? 2 : 0);
                (both.Now, ipcp.Now, made.Now) = (now, now, now);
                both.On(ev);
                if (ev is NetworkEvent.FrameReceived or NetworkEvent.ProtocolRejected) (protocol == Made ? made : ipcp).On(ev);
                else (_, _) = (ipcp.On(ev), made.On(ev));
                Assert.Equal(Texts(ipcp, made), Texts(both));
                Assert.Equal(ipcp.Of(PppProtocol.Ipcp), both.Of(PppProtocol.Ipcp));
                Assert.Equal(made.Of(Made), both.Of(Made));
                var isOver = both.State.Protocols.All(p => p is NcpState.Ended);
                if (both.Ended.Length > 0) Assert.Equal(isOver, both.NoneLeft is not null);
            }
        }, iter: 2_000);

        static string[] Texts(params Probe[] probes) => [.. probes.SelectMany(p => p.Effects).Where(e => e is not NetworkEffect.NoneLeft)
            .Select(e => e is NetworkEffect.SendFrame f ? Convert.ToHexString(f.Frame) : e.ToString())];
    }
}
