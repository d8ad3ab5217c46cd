using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Tests.Ppp;

/// <summary>The server and a client like pppd, with a round trip between them, in virtual time.</summary>
/// <remarks>
/// The client is the automaton of the RFC without any tolerance: each Configure-Request while Opened restarts it, and a copy keeps its
/// Identifier and comes each 3 s.
/// </remarks>
internal sealed class SlowPath
{
    private const string Assigned = "64400007"; // 100.64.0.7
    private static readonly RestartTimers ClientTimers = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), 10, 2);
    private readonly TimeSpan _oneWay;
    private readonly PriorityQueue<(bool ToServer, byte[] Frame), (long, int)> _wire = new();
    private readonly Instant _clientStart;
    private readonly bool _hasMagic;
    private OptionNegotiation _lcp = new(1), _ipcp = new(1);
    private string _lcpOptions = "", _ipAsked = "00000000";
    private uint _magic = 0xA1B2C300;
    private int _sequence;
    private bool _isClientUp, _hasStarted;

    public SlowPath(LinkPolicy policy, TimeSpan roundTrip, TimeSpan clientStart, bool hasMagic = true)
    {
        (_oneWay, _clientStart, _hasMagic) = (roundTrip / 2, Now + clientStart, hasMagic);
        Take(PppLink.Start(policy, Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 7, Now));
    }

    public Instant Now { get; private set; } = new(0);
    public LinkState Server { get; private set; } = null!;
    public NetworkState? Network { get; private set; }
    public EndReason? Ended { get; private set; }
    public bool IsServerUp { get; private set; }
    public bool IsUp => IsServerUp && _isClientUp;
    /// <summary>Times that the client was Opened and negotiated again.</summary>
    public int ClientRestarts { get; private set; }
    public List<(Instant At, ushort Protocol, byte Code)> SentByServer { get; } = [];

    public void Run(TimeSpan time, Func<bool> until)
    {
        for (var (end, steps) = (Now + time, 0); !until() && Step(end); steps++) Assert.True(steps < 20_000);
    }

    private bool Step(Instant end)
    {
        var at = Instant.Earliest(PppLink.NextDeadline(Server), Network is { } n ? NetworkLayer.NextDeadline(n) : null);
        at = Instant.Earliest(at, _hasStarted ? Earlier(_lcp.RestartAt, _ipcp.RestartAt) : _clientStart);
        if (_wire.TryPeek(out _, out var due)) at = Instant.Earliest(at, new Instant(due.Item1));
        if (at is not { } now || now > end) return false;
        if (now > Now) Now = now;
        if (!_hasStarted && Now >= _clientStart)
        {
            _hasStarted = true;
            Lcp(AutomatonEvent.Open);
            Lcp(AutomatonEvent.Up);
        }
        else if (_wire.TryPeek(out _, out due) && due.Item1 <= Now.Ticks)
        {
            var (toServer, frame) = _wire.Dequeue();
            Assert.True(PppFrameView.TryRead(frame, out var view, out _));
            if (toServer) ToServer(view.Protocol, view.Payload.ToArray());
            else if (_hasStarted) ToClient(view.Protocol, view.Payload.ToArray());
        }
        else
        {
            if (PppLink.NextDeadline(Server) <= Now) Take(PppLink.On(Server, LinkEvent.Tick.Instance, Now));
            if (Network is { } network && NetworkLayer.NextDeadline(network) <= Now)
                Take(NetworkLayer.On(network, NetworkEvent.Tick.Instance, Now));
            if (_hasStarted && _lcp.RestartAt <= Now) Lcp(_lcp.Timeout);
            if (_hasStarted && _ipcp.RestartAt <= Now) Ipcp(_ipcp.Timeout);
        }
        return Ended is null;
    }

    private static Instant? Earlier(Instant a, Instant b) => (a < b ? a : b) is var at && at == Instant.Never ? null : at;

    private void Post(bool toServer, byte[] frame) => _wire.Enqueue((toServer, frame), ((Now + _oneWay).Ticks, _sequence++));

    private void Post(ushort protocol, string packet) => Post(true, Convert.FromHexString($"FF03{protocol:X4}{packet}"));

    // ---- server -----------------------------------------------------------------------------------------------------

    private void ToServer(ushort protocol, byte[] payload)
    {
        if (protocol == PppProtocol.Ipcp && Server.Phase == LinkPhase.Network && Network is { } network)
            Take(NetworkLayer.On(network, new NetworkEvent.FrameReceived(protocol, payload), Now));
        else
            Take(PppLink.On(Server, new LinkEvent.FrameReceived(protocol, payload), Now));
    }

    private void SendByServer(byte[] frame)
    {
        SentByServer.Add((Now, (ushort)(frame[2] << 8 | frame[3]), frame[4]));
        Post(false, frame);
    }

    private void Take(Transition<LinkState, LinkEffect> transition)
    {
        Server = transition.State;
        foreach (var effect in transition.Effects)
        {
            switch (effect)
            {
                case LinkEffect.SendFrame f: SendByServer(f.Frame); break;
                case LinkEffect.AuthenticateRequested a:
                    Take(PppLink.On(Server, new LinkEvent.AuthenticationAccepted(a.Attempt, null), Now));
                    break;
                case LinkEffect.NetworkPhase when Network is { } down:
                    Take(NetworkLayer.On(down, NetworkEvent.LowerUp.Instance, Now));
                    break;
                case LinkEffect.NetworkPhase n:
                    var policy = new IpcpPolicy { LocalAddress = Ipv4Address.Parse("100.64.0.1") };
                    var ipcp = Akka.LNS.Protocol.Ppp.Ncp.Ipcp.Create(policy, Ipv4Address.Parse("100.64.0.7"), 5, n.Options.Pace);
                    Take(NetworkLayer.Start([ipcp], Now));
                    break;
                case LinkEffect.RestartNetwork: Take(NetworkLayer.On(Network!.Value, NetworkEvent.LowerDown.Instance, Now)); break;
                case LinkEffect.Ended e: Ended = e.Why; break;
                default: break;
            }
        }
    }

    private void Take(Transition<NetworkState, NetworkEffect> transition)
    {
        Network = transition.State;
        foreach (var effect in transition.Effects)
        {
            switch (effect)
            {
                case NetworkEffect.SendFrame f: SendByServer(f.Frame); break;
                case NetworkEffect.Opened:
                    IsServerUp = true;
                    Take(PppLink.On(Server, LinkEvent.NetworkOpened.Instance, Now));
                    break;
                case NetworkEffect.Closed: IsServerUp = false; break;
                case NetworkEffect.Unheard: Take(PppLink.On(Server, LinkEvent.PeerUnheard.Instance, Now)); break;
                case NetworkEffect.NoneLeft n: Take(PppLink.On(Server, new LinkEvent.CloseRequested(n.Why), Now)); break;
                default: break;
            }
        }
    }

    // ---- client -----------------------------------------------------------------------------------------------------

    private void ToClient(ushort protocol, byte[] payload)
    {
        Assert.True(ControlPacketView.TryRead(payload, out var packet, out _));
        switch (protocol)
        {
            case PppProtocol.Lcp when packet.Code == ControlCode.ConfigureRequest:
                Lcp(AutomatonEvent.ReceiveConfigureRequestGood, payload);
                break;
            case PppProtocol.Lcp when packet.Code == ControlCode.ConfigureAck && IsAnswer(ref _lcp, packet.Identifier):
                Lcp(AutomatonEvent.ReceiveConfigureAck);
                break;
            case PppProtocol.Lcp when packet.Code == ControlCode.TerminateRequest:
                Post(PppProtocol.Lcp, LinkProbe.Packet(ControlCode.TerminateAck, packet.Identifier, ""));
                break;
            case PppProtocol.Chap when packet.Code == ChapCode.Challenge && _lcp.State == AutomatonState.Opened:
                Post(PppProtocol.Chap, LinkProbe.Packet(ChapCode.Response, packet.Identifier, "10" + new string('5', 32) + "64656D6F"));
                break;
            case PppProtocol.Chap when packet.Code == ChapCode.Success && _lcp.State == AutomatonState.Opened && _ipcp.IsDown:
                _ipAsked = "00000000";
                if (_ipcp.State == AutomatonState.Initial) Ipcp(AutomatonEvent.Open);
                Ipcp(AutomatonEvent.Up);
                break;
            case PppProtocol.Ipcp when _ipcp.IsDown: break;
            case PppProtocol.Ipcp when packet.Code == ControlCode.ConfigureRequest:
                Ipcp(AutomatonEvent.ReceiveConfigureRequestGood, payload);
                break;
            case PppProtocol.Ipcp when packet.Code == ControlCode.ConfigureAck && IsAnswer(ref _ipcp, packet.Identifier):
                Ipcp(AutomatonEvent.ReceiveConfigureAck);
                break;
            case PppProtocol.Ipcp when packet.Code == ControlCode.ConfigureNak && IsAnswer(ref _ipcp, packet.Identifier):
                _ipAsked = Convert.ToHexString(packet.Data[2..6]);
                Assert.Equal(Assigned, _ipAsked);
                Ipcp(AutomatonEvent.ReceiveConfigureNak);
                break;
            default: break;
        }
    }

    private static bool IsAnswer(ref OptionNegotiation negotiation, byte identifier)
    {
        if (negotiation.IsAnswered || identifier != negotiation.RequestId) return false;
        return negotiation.IsAnswered = true;
    }

    private void Lcp(AutomatonEvent ev, byte[]? packet = null)
    {
        var isNew = _lcp.IsAnswered;
        var step = _lcp.Step(ev, ClientTimers, Now);
        if (step.Does(AutomatonActions.Tld))
        {
            ClientRestarts++;
            _isClientUp = false;
            if (!_ipcp.IsDown) Ipcp(AutomatonEvent.Down);
        }
        if (step.Does(AutomatonActions.Scr))
        {
            if (isNew) _lcpOptions = _hasMagic ? $"0506{++_magic:X8}07020802" : "07020802";
            Post(PppProtocol.Lcp, LinkProbe.Packet(ControlCode.ConfigureRequest, _lcp.RequestId, _lcpOptions));
        }
        if (step.Does(AutomatonActions.Sca)) Post(PppProtocol.Lcp, "02" + Convert.ToHexString(packet!)[2..]);
    }

    private void Ipcp(AutomatonEvent ev, byte[]? packet = null)
    {
        var step = _ipcp.Step(ev, ClientTimers, Now);
        if (step.Does(AutomatonActions.Tld))
        {
            _isClientUp = false;
            if (ev != AutomatonEvent.Down) ClientRestarts++;
        }
        if (step.Does(AutomatonActions.Scr))
            Post(PppProtocol.Ipcp, LinkProbe.Packet(ControlCode.ConfigureRequest, _ipcp.RequestId, "0306" + _ipAsked));
        if (step.Does(AutomatonActions.Sca)) Post(PppProtocol.Ipcp, "02" + Convert.ToHexString(packet!)[2..]);
        if (step.Does(AutomatonActions.Tlu)) _isClientUp = true;
    }
}
