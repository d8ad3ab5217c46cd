using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Peers;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>
/// A LAC with its subscribers, made of the same pure machines as the LNS but in their other roles, on a real UDP socket of loopback. One
/// thread runs it.
/// </summary>
internal sealed class TestLac : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentQueue<Action> _orders = new();
    private readonly Dictionary<ushort, TestCall> _calls = [];
    private readonly TaskCompletionSource<PeerInfo> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<EndReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IPEndPoint _lns;
    private readonly MessageType? _withheld; // control messages of this type are kept back, again and again
    private readonly Thread _thread;
    private ControlConnectionState _state;
    private ushort _nextSession = 100;
    private volatile bool _silent;
    private volatile bool _stop;

    public TestLac(IPEndPoint lns, ControlConnectionSettings? settings = null, ushort tunnelId = 77, IPEndPoint? from = null,
        MessageType? withheld = null)
    {
        (_lns, _withheld) = (lns, withheld); // before its thread begins
        _socket.Bind(from ?? new IPEndPoint(IPAddress.Loopback, 0));
        (_state, var first) = Lac.Open(settings ?? new ControlConnectionSettings { HostName = "lac.test" },
            new TunnelId(tunnelId), RandomNumberGenerator.GetBytes(32), Now);
        _orders.Enqueue(() => Run(first));
        _thread = new Thread(Loop) { IsBackground = true, Name = "test lac" };
        _thread.Start();
    }

    public static Instant Now => new(Stopwatch.GetElapsedTime(0).Ticks);

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public Task<PeerInfo> Opened => _opened.Task.WaitAsync(Patience);
    public Task<EndReason> Closed => _closed.Task.WaitAsync(Patience);

    /// <summary>Simulates a crash: the LAC sends and receives nothing any more.</summary>
    public void FallSilent() => _silent = true;

    /// <param name="hurry">PPP begins before the ICCN is sent.</param>
    /// <param name="impatient">The LAC hangs up before the ICRP can have come.</param>
    /// <param name="mute">The subscriber sends nothing of this PPP protocol.</param>
    /// <param name="noIccn">The LAC keeps the ICCN back.</param>
    public TestCall Dial(string user, string password = TestNode.Password, AuthMethod method = AuthMethod.ChapMd5, bool hurry = false,
        bool impatient = false,
        ushort? mute = null, bool noIccn = false, string? calling = null)
    {
        var call = new TestCall(this, new SessionId(_nextSession++), TestCall.Client(user, password, method), hurry)
        {
            Mute = mute,
            NoIccn = noIccn,
            Calling = calling
        };
        _orders.Enqueue(() =>
        {
            _calls.Add(call.Local.Value, call);
            call.Dial();
            if (impatient) call.Step(TestCall.HangUpByLac);
        });
        return call;
    }

    public void Close() => Post(() => Step(new ConnectionEvent.CloseRequested(
        new EndReason(EndParty.Administrator, EndLayer.Tunnel, EndCause.AdministrativeReset, "test"),
        new ResultCode(ResultCode.StopCcn.Clear))));

    /// <summary>Our tunnel id at the LNS.</summary>
    public TunnelId Peer => _state.PeerTunnelId;

    /// <summary>Any octets, from this LAC's address.</summary>
    public void SendRaw(byte[] octets) => Post(() => _socket.SendTo(octets, _lns));

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _socket.Dispose();
    }

    internal void Post(Action order) => _orders.Enqueue(order);

    internal void SendCall(SessionId local, SessionId peer, ControlMessage message) =>
        Step(new ConnectionEvent.SendCallMessage(local, peer, message));

    internal void SendPpp(SessionId peer, byte[] frame)
    {
        var datagram = new byte[L2tpDataHeader.Length + frame.Length];
        L2tpDataHeader.Write(datagram, _state.PeerTunnelId, peer);
        frame.CopyTo(datagram, L2tpDataHeader.Length);
        Send(datagram);
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        if (!_silent) _socket.SendTo(datagram, _lns);
    }

    private void Loop()
    {
        var buffer = new byte[65536];
        while (!_stop)
        {
            while (_orders.TryDequeue(out var order)) order();
            if (_socket.Poll(TimeSpan.FromMilliseconds(2), SelectMode.SelectRead)) OnDatagram(buffer.AsSpan(0, _socket.Receive(buffer)));
            if (Lac.NextDeadline(_state) <= Now) Step(ConnectionEvent.Tick.Instance);
            foreach (var call in _calls.Values) call.Tick();
        }
    }

    private void OnDatagram(ReadOnlySpan<byte> datagram)
    {
        if (_silent) return;
        if (L2tpHeaderView.LooksLikeControl(datagram))
        {
            Step(new ConnectionEvent.DatagramReceived(datagram.ToArray()));
            return;
        }
        if (L2tpHeaderView.TryRead(datagram, out var header, out _) && _calls.TryGetValue(header.SessionId.Value, out var call)
            && PppFrameView.TryRead(header.Payload, out var frame, out _))
            call.OnPpp(frame.Protocol, frame.Payload.ToArray());
    }

    private void Step(ConnectionEvent ev)
    {
        (_state, var effects) = Lac.On(_state, ev, Now);
        Run(effects);
    }

    private void Run(IEnumerable<ConnectionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case ConnectionEffect.Transmit t when _withheld is { } kept
                    && BinaryPrimitives.ReadUInt16BigEndian(t.Message.AsSpan(L2tpControlHeader.Length + 6)) == (ushort)kept:
                    var bare = new byte[L2tpControlHeader.Length]; // a message that it would have acknowledged is
                    L2tpControlHeader.WriteAcknowledgement(bare, _state.PeerTunnelId,
                        BinaryPrimitives.ReadUInt16BigEndian(t.Message.AsSpan(8)), t.Nr);
                    Send(bare);
                    break;
                case ConnectionEffect.Transmit t:
                    var copy = t.Message.ToArray();
                    BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(L2tpControlHeader.NrOffset), t.Nr);
                    Send(copy);
                    break;
                case ConnectionEffect.Acknowledge a:
                    var zlb = new byte[L2tpControlHeader.Length];
                    L2tpControlHeader.WriteAcknowledgement(zlb, a.Peer, a.Ns, a.Nr);
                    Send(zlb);
                    break;
                case ConnectionEffect.Opened o:
                    _opened.TrySetResult(o.Peer);
                    foreach (var call in _calls.Values) call.Step(LacCall.TunnelOpened.Instance);
                    break;
                case ConnectionEffect.CallMessageReceived m when _calls.TryGetValue(m.Local.Value,
                    out var call):
                    call.Step(new CallEvent.MessageReceived(m.Message)); break;
                case ConnectionEffect.Closed c:
                    _closed.TrySetResult(c.Why);
                    _opened.TrySetException(new InvalidOperationException(c.Why.ToString()));
                    foreach (var call in _calls.Values) call.Step(new CallEvent.TunnelClosed(c.Why));
                    break;
            }
        }
    }

    internal bool IsOpen => _opened.Task.IsCompletedSuccessfully;
}

/// <summary>One subscriber of a <see cref="TestLac"/>.</summary>
internal sealed class TestCall(TestLac lac, SessionId local, LinkPolicy policy, bool hurry)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    internal static readonly CallEvent HangUpByLac = new CallEvent.CloseRequested(
        new EndReason(EndParty.Peer, EndLayer.Session, EndCause.CallDisconnected, "test"), new ResultCode(ResultCode.Cdn.LostCarrier));
    private readonly TaskCompletionSource<NegotiatedIp> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<EndReason> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<EndReason> _linkEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<EndReason> _linkClosing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<byte[]> _ipcpReceived = new();
    private int _ups, _echoReplies;
    private CallState _call = CallState.Idle.Instance;
    private SessionId _peer;
    private PppClientState? _ppp;

    public SessionId Local => local;
    /// <summary>Calling Number; null: another one for each call.</summary>
    public string? Calling { get; init; }
    public ushort? Mute { get; init; }
    public bool NoIccn { get; init; }

    /// <summary>Number of LCP Echo-Replies received.</summary>
    public int EchoReplies => Volatile.Read(ref _echoReplies);

    /// <summary>The LAC has the ICRP.</summary>
    public bool IsAnswered => _call is not (CallState.Idle or LacCall.WaitTunnel or LacCall.WaitReply);

    /// <summary>IPCP opened.</summary>
    public Task<NegotiatedIp> Up => _up.Task.WaitAsync(Patience);

    /// <summary>The call is over in L2TP.</summary>
    public Task<EndReason> Over => _over.Task.WaitAsync(Patience);

    /// <summary>Completes when PPP starts to close, with the text of the server if it refused the login.</summary>
    public Task<EndReason> LinkClosing => _linkClosing.Task.WaitAsync(Patience);

    /// <summary>How often IPCP opened.</summary>
    public int Ups => Volatile.Read(ref _ups);

    public IReadOnlyCollection<byte[]> IpcpReceived => _ipcpReceived;

    public bool IsOver => _over.Task.IsCompleted;

    /// <summary>PPP has ended.</summary>
    public Task<EndReason> LinkEnded => _linkEnded.Task.WaitAsync(Patience);

    /// <summary>Our id at the LNS.</summary>
    public SessionId Peer => _peer;

    /// <summary>The subscriber hangs up: LCP Terminate-Request.</summary>
    public void HangUp() => lac.Post(() => StepPpp(
        new PppClientEvent.CloseRequested(new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.UserRequest, "hang up"))));

    /// <summary>The LAC hangs up: CDN.</summary>
    public void Disconnect() => lac.Post(() => Step(HangUpByLac));

    /// <summary>Restarts the subscriber's PPP with LCP on the same call, possibly as another user.</summary>
    public void Renegotiate(string user, string password = TestNode.Password) => lac.Post(() =>
    {
        policy = Client(user, password, policy.AuthMethods[0]);
        StartPpp();
    });

    /// <summary>Where it stands, layer by layer.</summary>
    public override string ToString() =>
        $"{local}: {_call}; {_ppp?.ToString() ?? "no PPP"}{(IsOver ? $"; over: {_over.Task.Result}" : "")}";

    internal static LinkPolicy Client(string user, string password, AuthMethod method) => new()
    {
        Role = LinkRole.Client, AuthMethods = [method], Credentials = new PppCredentials(user, password), EchoInterval = TimeSpan.Zero,
        FirstRestartInterval = TimeSpan.FromMilliseconds(200), RestartInterval = TimeSpan.FromMilliseconds(400),
    };

    private void StartPpp()
    {
        var entropy = RandomNumberGenerator.GetBytes(32);
        var ip = new IpcpPolicy { Role = LinkRole.Client, AskDns = true };
        ApplyPpp(PppClient.Start(policy, ip, entropy, BitConverter.ToUInt64(entropy), TestLac.Now));
    }

    /// <summary>The subscriber's line is dead, the LAC does not notice: PPP is not answered any more.</summary>
    public void GoDeaf() => lac.Post(() => (_ppp, IsDeaf) = (null, true));

    /// <summary>It has gone deaf.</summary>
    public bool IsDeaf { get; private set; }

    /// <summary>Any PPP frame: FF 03, protocol, packet.</summary>
    public void SendPpp(byte[] frame) => lac.Post(() => lac.SendPpp(_peer, frame));

    internal void Dial()
    {
        Step(new LacCall.Dial(local, new ControlMessage.Icrq(local, local.Value)
        {
            CallingNumber = Calling ?? $"calling-{local}",
            CalledNumber = "called"
        },
            new ControlMessage.Iccn(100_000_000, 1)));
        if (lac.IsOpen) Step(LacCall.TunnelOpened.Instance);
    }

    internal void Step(CallEvent ev)
    {
        (_call, var effects) = LacCall.On(_call, ev, TestLac.Now, CallSettings.Default);
        foreach (var effect in hurry ? effects.Reverse() : effects.AsEnumerable())
        {
            switch (effect)
            {
                case CallEffect.Send { Message: ControlMessage.Iccn } when NoIccn: break;
                case CallEffect.Send s: lac.SendCall(s.Local, s.Peer, s.Message); break;
                case CallEffect.OpenPath o:
                    _peer = o.Peer;
                    StartPpp();
                    break;
                case CallEffect.Ended e:
                    _ppp = null;
                    _over.TrySetResult(e.Why);
                    _linkEnded.TrySetResult(e.Why);
                    _linkClosing.TrySetResult(e.Why);
                    _up.TrySetException(new InvalidOperationException(e.Why.ToString()));
                    break;
            }
        }
    }

    internal void OnPpp(ushort protocol, byte[] payload)
    {
        const byte echoReply = 10;
        if (protocol == PppProtocol.Lcp && payload is [echoReply, ..]) Interlocked.Increment(ref _echoReplies);
        if (protocol == PppProtocol.Ipcp) _ipcpReceived.Enqueue(payload);
        StepPpp(new PppClientEvent.FrameReceived(protocol, payload));
    }

    internal void Tick()
    {
        var now = TestLac.Now;
        if (LacCall.NextDeadline(_call) <= now) Step(CallEvent.Tick.Instance);
        if (_ppp is not null && PppClient.NextDeadline(_ppp) <= now) StepPpp(PppClientEvent.Tick.Instance);
    }

    private void StepPpp(PppClientEvent ev)
    {
        if (_ppp is not null) ApplyPpp(PppClient.On(_ppp, ev, TestLac.Now));
    }

    private void ApplyPpp(Transition<PppClientState, PppClientEffect> transition)
    {
        _ppp = transition.State;
        foreach (var effect in transition.Effects)
        {
            switch (effect)
            {
                case PppClientEffect.SendFrame f: SendFrame(f.Frame); break;
                case PppClientEffect.Up u:
                    Interlocked.Increment(ref _ups);
                    _up.TrySetResult(u.Ip);
                    break;
                case PppClientEffect.Closing c: _linkClosing.TrySetResult(c.Why); break;
                case PppClientEffect.Ended e:
                    _linkEnded.TrySetResult(e.Why);
                    if (e.Why.By == EndParty.Subscriber)
                        Step(new CallEvent.CloseRequested(e.Why, new ResultCode(ResultCode.Cdn.LostCarrier)));
                    break;
            }
        }
    }

    private void SendFrame(byte[] frame)
    {
        if (Mute is not { } mute || mute != BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2))) lac.SendPpp(_peer, frame);
    }
}
