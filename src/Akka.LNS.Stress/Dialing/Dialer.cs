using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Peers;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Stress.Dialing;

/// <summary>One subscriber behind one LAC: dials, pings the LNS through the tunnel, and hangs up in order.</summary>
/// <remarks>The shell of <see cref="Lac"/>, <see cref="LacCall"/> and <see cref="PppClient"/> on one UDP socket and one thread.</remarks>
internal sealed class Dialer : IDisposable
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100); // until a cancellation is seen
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(3);
    private static readonly EndReason HangUp = new(EndParty.Subscriber, EndLayer.Link, EndCause.UserRequest, "the user hung up");

    private readonly DialOptions _options;
    private readonly TextWriter _output;
    private readonly Socket _socket;
    private readonly SessionId _local = new((ushort)Random.Shared.Next(1, ushort.MaxValue));
    private readonly ushort _pingId = (ushort)Random.Shared.Next(1, ushort.MaxValue);
    private readonly Dictionary<ushort, Instant> _pings = []; // sent and not answered, by sequence number
    private ControlConnectionState _tunnel = null!; // Run sets it first
    private CallState _call = CallState.Idle.Instance;
    private PppClientState? _ppp;
    private SessionId _peer;
    private NegotiatedIp? _ip;
    private Instant _upSince, _nextPing;
    private int _sent;
    private Instant? _endBy;
    private bool _wasUp, _failed, _finished;

    public Dialer(DialOptions options, TextWriter output)
    {
        (_options, _output) = (options, output);
        _socket = new Socket(options.Lns.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(options.Lns);
    }

    private static Instant Now => new(Stopwatch.GetElapsedTime(0).Ticks);

    /// <summary>Dials and stays connected until the hold time is over, the token is cancelled, or the LNS ends the call.</summary>
    /// <returns>True: the call came up, every ping was answered, and this side hung up.</returns>
    public bool Run(CancellationToken cancel)
    {
        _output.WriteLine($"calling {_options.Lns} as {_options.User}");
        var settings = new ControlConnectionSettings { HostName = "lns-stress", Secret = _options.Secret };
        Apply(Lac.Open(settings, new TunnelId((ushort)Random.Shared.Next(1, ushort.MaxValue)),
            RandomNumberGenerator.GetBytes(ControlConnection.EntropyLength), Now));
        Step(new LacCall.Dial(_local, new ControlMessage.Icrq(_local, 1) { CallingNumber = "lns-stress", CalledNumber = "dial" },
            new ControlMessage.Iccn(100_000_000, 1)));
        var buffer = new byte[65536];
        while (!_finished)
        {
            if (_endBy is null && (cancel.IsCancellationRequested || _options.Hold is { } hold && _wasUp && Now - _upSince >= hold)) End();
            if (_endBy <= Now) break;
            Receive(buffer);
            Tick();
        }
        if (_pings.Count > 0) _output.WriteLine($"{_pings.Count} of {_sent} pings were not answered");
        return _wasUp && !_failed && _pings.Count == 0;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Hangs up in the order of a subscriber and a LAC: LCP Terminate, CDN, StopCCN.</summary>
    private void End()
    {
        _endBy = Now + EndWithin;
        if (_ppp is not null) Step(new PppClientEvent.CloseRequested(HangUp));
        else CloseTunnel(HangUp);
    }

    private void CloseTunnel(EndReason why)
    {
        _endBy ??= Now + EndWithin;
        Step(new ConnectionEvent.CloseRequested(why, new ResultCode(ResultCode.StopCcn.Clear)));
    }

    private void Receive(byte[] buffer)
    {
        var wait = Earliest() is { } due ? due - Now : LongestWait;
        if (wait > LongestWait) wait = LongestWait;
        try
        {
            if (!_socket.Poll(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, SelectMode.SelectRead)) return;
            OnDatagram(buffer.AsSpan(0, _socket.Receive(buffer)));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // the LNS may still start: the control channel sends again until it gives up
        }
    }

    private Instant? Earliest() => Instant.Earliest(
        Instant.Earliest(Lac.NextDeadline(_tunnel), LacCall.NextDeadline(_call)),
        Instant.Earliest(_ppp is null ? null : PppClient.NextDeadline(_ppp), _ip is not null && _sent < _options.Pings ? _nextPing : null));

    private void Tick()
    {
        var now = Now;
        if (Lac.NextDeadline(_tunnel) <= now) Step(ConnectionEvent.Tick.Instance);
        if (LacCall.NextDeadline(_call) <= now) Step(CallEvent.Tick.Instance);
        if (_ppp is not null && PppClient.NextDeadline(_ppp) <= now) Step(PppClientEvent.Tick.Instance);
        if (_ip is not { } ip || _sent >= _options.Pings || _nextPing > now) return;
        _nextPing = now + PingInterval;
        var sequence = (ushort)++_sent;
        _pings[sequence] = now;
        var packet = Ping.Request(ip.Local, ip.Peer, _pingId, sequence);
        var frame = new byte[PppFrame.HeaderLength + packet.Length];
        PppFrame.WriteHeader(frame, PppProtocol.Ip);
        packet.CopyTo(frame, PppFrame.HeaderLength);
        SendFrame(frame);
    }

    private void OnDatagram(ReadOnlySpan<byte> datagram)
    {
        if (L2tpHeaderView.LooksLikeControl(datagram))
        {
            Step(new ConnectionEvent.DatagramReceived(datagram.ToArray()));
            return;
        }
        if (!L2tpHeaderView.TryRead(datagram, out var header, out _) || header.SessionId != _local
            || !PppFrameView.TryRead(header.Payload, out var frame, out _)) return;
        if (frame.Protocol == PppProtocol.Ip) OnIp(frame.Payload);
        else Step(new PppClientEvent.FrameReceived(frame.Protocol, frame.Payload.ToArray()));
    }

    private void OnIp(ReadOnlySpan<byte> packet)
    {
        if (!Ping.TryReadReply(packet, _pingId, out var sequence) || !_pings.Remove(sequence, out var sentAt)) return;
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ping {_ip!.Peer}: {(Now - sentAt).TotalMilliseconds:F2} ms"));
        if (_sent >= _options.Pings && _options.Hold is null) _output.WriteLine("connected; press Ctrl-C to hang up");
    }

    private void Step(ConnectionEvent ev) => Apply(Lac.On(_tunnel, ev, Now));

    private void Apply(Transition<ControlConnectionState, ConnectionEffect> transition)
    {
        _tunnel = transition.State;
        foreach (var effect in transition.Effects)
        {
            switch (effect)
            {
                case ConnectionEffect.Transmit t:
                    L2tpControlHeader.WriteNr(t.Message, t.Nr);
                    Send(t.Message);
                    break;
                case ConnectionEffect.Acknowledge a:
                    var acknowledgement = new byte[L2tpControlHeader.Length];
                    L2tpControlHeader.WriteAcknowledgement(acknowledgement, a.Peer, a.Ns, a.Nr);
                    Send(acknowledgement);
                    break;
                case ConnectionEffect.Opened o:
                    _output.WriteLine($"tunnel up: LNS {o.Peer.HostName} ({o.Peer.VendorName}), tunnel {o.Peer.TunnelId}");
                    Step(LacCall.TunnelOpened.Instance);
                    break;
                case ConnectionEffect.CallMessageReceived m when m.Local == _local: Step(new CallEvent.MessageReceived(m.Message)); break;
                case ConnectionEffect.CallMessageBroken b when b.Local == _local: Step(new CallEvent.MessageBroken(b.Error, b.Code)); break;
                case ConnectionEffect.Closed c:
                    if (_endBy is null) Fail($"tunnel ended: {c.Why}");
                    Step(new CallEvent.TunnelClosed(c.Why));
                    break;
                case ConnectionEffect.Finished: _finished = true; break;
                default: break; // a dropped message changes nothing here
            }
        }
    }

    private void Step(CallEvent ev)
    {
        (_call, var effects) = LacCall.On(_call, ev, Now, CallSettings.Default);
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case CallEffect.Send s: Step(new ConnectionEvent.SendCallMessage(s.Local, s.Peer, s.Message)); break;
                case CallEffect.OpenPath o:
                    _peer = o.Peer;
                    _output.WriteLine($"session up: {_peer}");
                    StartPpp();
                    break;
                case CallEffect.Ended e:
                    if (_endBy is null) Fail($"session ended: {e.Why}");
                    _ppp = null;
                    CloseTunnel(e.Why);
                    break;
                default: break; // the tunnel opens anyway; the path closes with the socket
            }
        }
    }

    private void StartPpp()
    {
        var entropy = RandomNumberGenerator.GetBytes(32);
        var link = new LinkPolicy
        {
            Role = LinkRole.Client, AuthMethods = [_options.Method], Credentials = new PppCredentials(_options.User, _options.Password),
        };
        var ip = new IpcpPolicy { Role = LinkRole.Client, AskDns = true };
        Apply(PppClient.Start(link, ip, entropy, BitConverter.ToUInt64(entropy), Now));
    }

    private void Step(PppClientEvent ev)
    {
        if (_ppp is not null) Apply(PppClient.On(_ppp, ev, Now));
    }

    private void Apply(Transition<PppClientState, PppClientEffect> transition)
    {
        _ppp = transition.State;
        foreach (var effect in transition.Effects)
        {
            switch (effect)
            {
                case PppClientEffect.SendFrame f: SendFrame(f.Frame); break;
                case PppClientEffect.Up u: OnUp(u.Ip); break;
                case PppClientEffect.Down: _ip = null; break;
                case PppClientEffect.Closing c when _endBy is null: Fail($"PPP ends: {c.Why}"); break;
                case PppClientEffect.Ended e:
                    _ppp = null;
                    Step(new CallEvent.CloseRequested(e.Why, new ResultCode(ResultCode.Cdn.LostCarrier)));
                    break;
                default: break; // Closing of our own hang-up
            }
        }
    }

    private void OnUp(NegotiatedIp ip)
    {
        (_ip, _wasUp, _upSince, _nextPing) = (ip, true, Now, Now);
        _output.WriteLine($"network up: address {ip.Local}, LNS {ip.Peer}");
        if (_options is { Pings: 0, Hold: null }) _output.WriteLine("connected; press Ctrl-C to hang up");
    }

    private void Fail(string what)
    {
        if (!_failed) _output.WriteLine(what); // the first reason is the cause of the others
        _failed = true;
    }

    private void SendFrame(byte[] frame)
    {
        var datagram = new byte[L2tpDataHeader.Length + frame.Length];
        L2tpDataHeader.Write(datagram, _tunnel.PeerTunnelId, _peer);
        frame.CopyTo(datagram, L2tpDataHeader.Length);
        Send(datagram);
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        try
        {
            _socket.Send(datagram);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.NoBufferSpaceAvailable)
        {
            // lost as on any network: what matters is sent again
        }
    }
}
