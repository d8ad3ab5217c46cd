using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Tests.Ppp;

/// <summary>A server and a client on a link with latency, loss and repetition, in virtual time.</summary>
/// <remarks>Frames keep their order, as L2TP data messages on one path do.</remarks>
internal sealed class PppPair
{
    internal sealed class Side(string name)
    {
        public readonly string Name = name;
        public readonly IpcpPolicy IpcpPolicy = new()
        {
            Role = name == "server" ? LinkRole.Server : LinkRole.Client,
            LocalAddress = name == "server" ? ServerAddress : default,
            PrimaryDns = Ipv4Address.Parse("192.0.2.53"),
            SecondaryDns = Ipv4Address.Parse("192.0.2.54"),
            AskDns = name == "client",
        };

        public LinkState Link = null!;
        public NetworkState? Network;
        public bool IsConnected = true;
        public NegotiatedIp? Ip;
        public LinkOptions? Options;
        public EndReason? Closing;
        public EndReason? Ended;
        public int IpcpOpened, IpcpClosed;
        public readonly List<LinkEffect> Effects = [];
        public readonly List<(Instant At, string Frame)> Sent = [];
    }

    private enum What { Frame, Verdict }

    public static readonly Ipv4Address ServerAddress = Ipv4Address.Parse("100.64.0.1"), ClientAddress = Ipv4Address.Parse("100.64.0.7");
    public readonly Side Server = new("server"), Client = new("client");
    private readonly PriorityQueue<(What What, Side To, object Item), (long, int)> _wire = new();
    private SplitMix _random;
    private int _sequence;

    public PppPair(LinkPolicy server, LinkPolicy client, ulong seed = 1, int lossPercent = 0, int repeatPercent = 0)
    {
        _random = new SplitMix(seed);
        (LossPercent, RepeatPercent) = (lossPercent, repeatPercent);
        Take(Server, PppLink.Start(server, Entropy(), _random.Next(), Now));
        Take(Client, PppLink.Start(client, Entropy(), _random.Next(), Now));
    }

    public Instant Now { get; private set; } = new(0);
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(10);
    public TimeSpan VerdictAfter { get; init; } = TimeSpan.FromMilliseconds(50);
    public int LossPercent { get; set; }
    public int RepeatPercent { get; set; }

    /// <summary>Selects frames to lose, in addition to <see cref="LossPercent"/>.</summary>
    public Func<Side, byte[], bool> Loses { get; set; } = static (_, _) => false;
    public string Password { get; init; } = "sesame";
    public bool WithIpcp { get; init; } = true;
    public bool IsUp => Server.Ip is not null && Client.Ip is not null;
    public bool IsOver => Server.Ended is not null && Client.Ended is not null;

    public void Raise(Side side, LinkEvent ev) => Take(side, PppLink.On(side.Link, ev, Now));

    /// <summary>Moves the time to the next frame or deadline and handles it; false: there is none until <paramref name="end"/>.</summary>
    public bool Step(Instant end)
    {
        var next = Instant.Earliest(Due(Server), Due(Client));
        if (_wire.TryPeek(out _, out var priority)) next = Instant.Earliest(next, new Instant(priority.Item1));
        if (next is not { } at || at > end) return false;
        Now = at;
        if (_wire.TryPeek(out _, out priority) && priority.Item1 <= Now.Ticks)
        {
            var (what, to, item) = _wire.Dequeue();
            if (what == What.Frame) Deliver(to, (byte[])item);
            else Raise(to, (LinkEvent)item);
            return true;
        }
        foreach (var side in new[] { Server, Client })
        {
            if (PppLink.NextDeadline(side.Link) <= Now) Raise(side, LinkEvent.Tick.Instance);
            if (side.Network is { } network && NetworkLayer.NextDeadline(network) <= Now)
                Take(side, NetworkLayer.On(network, NetworkEvent.Tick.Instance, Now));
        }
        return true;
    }

    public void Run(TimeSpan time, Func<bool>? until = null)
    {
        var end = Now + time;
        for (var steps = 0; until?.Invoke() != true && Step(end); steps++)
            Assert.True(steps < 100_000, "the two sides do not come to rest");
        if (until?.Invoke() != true) Now = end;
    }

    private static Instant? Due(Side side) =>
        Instant.Earliest(PppLink.NextDeadline(side.Link), side.Network is { } n ? NetworkLayer.NextDeadline(n) : null);

    private byte[] Entropy()
    {
        var octets = new byte[32];
        for (var i = 0; i < octets.Length; i++) octets[i] = (byte)_random.Next();
        return octets;
    }

    private void Post(Side from, byte[] frame)
    {
        from.Sent.Add((Now, Convert.ToHexString(frame)));
        if (!from.IsConnected) return;
        var to = from == Server ? Client : Server;
        if (Loses(from, frame) || Chance(LossPercent)) return;
        for (var copies = Chance(RepeatPercent) ? 2 : 1; copies > 0; copies--)
            _wire.Enqueue((What.Frame, to, frame), ((Now + Latency).Ticks, _sequence++));
    }

    private bool Chance(int percent) => percent > 0 && _random.NextShare() * 100 < percent;

    private void Deliver(Side to, byte[] frame)
    {
        if (!to.IsConnected || to.Link is LinkState.Ended) return;
        Assert.True(PppFrameView.TryRead(frame, out var view, out _));
        var (protocol, payload) = (view.Protocol, view.Payload.ToArray());
        if (protocol == PppProtocol.Ipcp && to.Link.Phase == LinkPhase.Network)
        {
            if (to.Network is { } network) Take(to, NetworkLayer.On(network, new NetworkEvent.FrameReceived(protocol, payload), Now));
            else Raise(to, new LinkEvent.NetworkProtocolUnknown(protocol, payload));
            return;
        }
        Raise(to, new LinkEvent.FrameReceived(protocol, payload));
    }

    private void Take(Side side, Transition<LinkState, LinkEffect> transition)
    {
        Assert.False(side.Ended is not null && transition.Effects.Length > 0, "an effect after the end");
        side.Link = transition.State;
        foreach (var effect in transition.Effects)
        {
            side.Effects.Add(effect);
            switch (effect)
            {
                case LinkEffect.SendFrame f: Post(side, f.Frame); break;
                case LinkEffect.AuthenticateRequested a:
                    var verdict = LocalAuthentication.Verify(a.Request, Password);
                    _wire.Enqueue((What.Verdict, side, verdict.IsAccepted
                        ? new LinkEvent.AuthenticationAccepted(a.Attempt, "welcome", verdict.MsChapSuccess)
                        : new LinkEvent.AuthenticationRejected(a.Attempt, "go away")), ((Now + VerdictAfter).Ticks, _sequence++));
                    break;
                case LinkEffect.NetworkPhase n:
                    Assert.Null(side.Closing);
                    side.Options = n.Options;
                    if (!WithIpcp) break;
                    Take(side, side.Network is { } down
                        ? NetworkLayer.On(down, NetworkEvent.LowerUp.Instance, Now)
                        : NetworkLayer.Start([NewIpcp(side, n.Options.Pace)], Now));
                    break;
                case LinkEffect.RestartNetwork or LinkEffect.Closing:
                    if (effect is LinkEffect.Closing closing)
                    {
                        Assert.Null(side.Closing);
                        side.Closing = closing.Why;
                    }
                    if (side.Network is { } network) Take(side, NetworkLayer.On(network, NetworkEvent.LowerDown.Instance, Now));
                    break;
                case LinkEffect.ProtocolRejected r:
                    if (side.Network is { } rejected)
                        Take(side, NetworkLayer.On(rejected, new NetworkEvent.ProtocolRejected(r.Protocol), Now));
                    break;
                case LinkEffect.Ended e:
                    Assert.Equal(side.Closing, e.Why);
                    Assert.Null(side.Ended);
                    side.Ended = e.Why;
                    break;
                default: break;
            }
        }
    }

    private NcpState NewIpcp(Side side, TimeSpan pace) =>
        Ipcp.Create(side.IpcpPolicy, side == Server ? ClientAddress : default, _random.Next(), pace);

    private void Take(Side side, Transition<NetworkState, NetworkEffect> transition)
    {
        side.Network = transition.State;
        foreach (var effect in transition.Effects)
        {
            switch (effect)
            {
                case NetworkEffect.SendFrame f: Post(side, f.Frame); break;
                case NetworkEffect.Opened o:
                    Assert.Null(side.Ip);
                    side.Ip = (NegotiatedIp)o.Options;
                    side.IpcpOpened++;
                    Raise(side, LinkEvent.NetworkOpened.Instance);
                    break;
                case NetworkEffect.Closed:
                    Assert.NotNull(side.Ip);
                    side.Ip = null;
                    side.IpcpClosed++;
                    break;
                case NetworkEffect.Unheard:
                    Assert.Same(Server, side);
                    Raise(side, LinkEvent.PeerUnheard.Instance);
                    break;
                case NetworkEffect.NoneLeft n when side.Link is not LinkState.Ended:
                    Raise(side, new LinkEvent.CloseRequested(n.Why));
                    break;
                default: break;
            }
        }
    }
}
