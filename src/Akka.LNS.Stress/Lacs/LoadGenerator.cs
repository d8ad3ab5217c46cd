using System.Diagnostics;
using System.Globalization;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Stress.Lacs;

/// <summary>
/// LACs with subscribers, connected to one LNS by real datagrams. A round is <see cref="OpenTunnels"/>,
/// <see cref="BringUp(TimeSpan, CancellationToken)"/>, <see cref="Hold"/>, <see cref="TakeDown"/>, <see cref="CloseTunnels"/>.
/// Meanwhile <see cref="Call(int)"/> and <see cref="Drop"/> start and end single subscribers. With <see cref="Retry"/> a subscriber calls
/// until it is up.
/// </summary>
/// <remarks>
/// Works on the thread that calls it, and only during the call. <see cref="Counters"/> may be read from any thread. All LACs share one
/// socket; each datagram carries the source address of its LAC.
/// <para>
/// The generator runs beside the LNS that it measures, so it has its own short state machines instead of those of
/// Akka.LNS.Protocol.Peers: a subscriber is one struct of 56 octets in an array, and a set-up allocates nothing for PPP. Measured in one
/// process, with 5,000 calls in one tunnel: the peers' machines take 12 to 24 µs of CPU and 8.5 KB of garbage for a set-up (PPP 6 to 12
/// µs and 4.9 KB) and keep 486 octets for a subscriber; this generator takes 51 to 57 µs with all system calls. Two things have no place
/// in the peers' machines: PPP begins when ICCN leaves the send window, and <see cref="MessageFuzzer"/> takes sequence numbers of the
/// channel.
/// </para>
/// </remarks>
public sealed partial class LoadGenerator : IDisposable
{
    private const int MaxReasons = 500; // a reason may contain numbers
    private const int MaxBatches = 4; // before the clock and new calls are handled
    private readonly LoadSettings _settings;
    private readonly DatagramSocket _socket;
    private readonly LacTunnel[] _tunnels;
    private readonly Subscriber[] _subscribers;
    private readonly DeadlineWheel _wheel;
    private readonly Dictionary<string, int> _failures = [];
    private readonly List<LacTunnel> _dirty = [];
    private readonly byte[] _password;
    private readonly byte[] _prefix, _suffix; // of the user names
    private readonly long _pppRestart;
    private readonly long _setupTimeout;
    private readonly long _tunnelScan = Stopwatch.Frequency / 20;
    private long _now;
    private long _nextScan;
    private long _firstStart;
    private long _lastUp;
    private readonly Queue<int> _calls = new();     // subscribers that call next
    private readonly LacTunnel?[] _byId = new LacTunnel?[ushort.MaxValue + 1];
    private readonly List<int> _setUpMicroseconds = [];
    private readonly int _perTunnel;
    private readonly Random _random;
    private int _ending;    // during TakeDown: subscribers below this index have ended or are closing
    private int _wanted;    // subscribers that should be up
    private int _inSetup;
    private int _closing;
    private int _up;
    private long _rateSince; // start of the period for Rate
    private long _rateUsed;
    private double _rate;
    private readonly Queue<DelayedFrame> _onTheWay = new(); // the first one arrives first
    private bool _takingDown;
    private HangUp _hangUp;
    private TimeSpan _cpu;

    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">No socket.</exception>
    public LoadGenerator(LoadSettings settings)
    {
        if (settings.Tunnels < 1 || settings.FirstTunnelId < 1 || settings.FirstTunnelId + settings.Tunnels - 1 > ushort.MaxValue)
            throw new ArgumentException("tunnel ids are 1 to 65535", nameof(settings));
        if (settings.Sessions < 0 || (settings.Sessions + settings.Tunnels - 1) / settings.Tunnels > ushort.MaxValue)
            throw new ArgumentException("at most 65535 sessions in one tunnel", nameof(settings));
        if (settings.InFlight < 1) throw new ArgumentException("at least one session in set-up", nameof(settings));
        _settings = settings;
        _socket = new DatagramSocket(new UdpEndpoint(default, settings.Port), settings.SocketBuffer);
        _now = Stopwatch.GetTimestamp();
        (_random, _rate, InFlight, Retry) = (new Random(settings.Seed), settings.Rate, settings.InFlight, settings.Retry);
        _perTunnel = Math.Max(1, (settings.Sessions + settings.Tunnels - 1) / settings.Tunnels);
        _wheel = new DeadlineWheel(Stopwatch.Frequency / 20, _now);
        _subscribers = new Subscriber[settings.Sessions];
        (_prefix, _suffix) = (PeerText.Encode(settings.UserPrefix), PeerText.Encode(settings.UserSuffix));
        _password = System.Text.Encoding.UTF8.GetBytes(settings.Password);
        (_pppRestart, _setupTimeout) = (Ticks(settings.PppRestart), Ticks(settings.SetupTimeout));
        _tunnels = new LacTunnel[settings.Tunnels];
        var addresses = settings.LacAddresses > 0 ? settings.LacAddresses : settings.Tunnels;
        for (var i = 0; i < _tunnels.Length; i++)
        {
            var source = new Ipv4Address(settings.FirstLac.Value + (uint)(i % addresses));
            _tunnels[i] = new LacTunnel(i, new TunnelId((ushort)(settings.FirstTunnelId + i)), source, NewChannel());
            _byId[_tunnels[i].Local.Value] = _tunnels[i];
        }
    }

    private ReliableChannel NewChannel() => new(Ticks(_settings.RetransmitInitial), Stopwatch.Frequency * 8, _settings.MaxRetransmits);

    public LoadCounters Counters { get; } = new();
    public LoadSettings Settings => _settings;
    /// <summary>CPU time of the generator so far.</summary>
    public TimeSpan CpuTime => _cpu;

    /// <summary>New sessions per second; 0: only <see cref="InFlight"/> limits.</summary>
    public double Rate
    {
        get => _rate;
        set => (_rate, _rateSince, _rateUsed) = (value, Stopwatch.GetTimestamp(), 0);
    }
    /// <summary>Maximum of sessions in set-up, over all tunnels.</summary>
    public int InFlight { get; set; }
    /// <summary>When a refused or lost subscriber calls again. Null: never.</summary>
    public RetryPolicy? Retry { get; set; }
    /// <summary>Subscribers that should be up: they are up or try.</summary>
    public int Wanted => _wanted;
    public int Sessions => _subscribers.Length;
    /// <summary>Time that PPP needs from the LNS to the subscribers and back; L2TP itself has none. Zero: none. It may change only while
    /// no frame is on the way.</summary>
    public TimeSpan RoundTrip { get; set; }
    public int Tunnels => _tunnels.Length;
    /// <summary>Sends altered messages too. Null: none.</summary>
    internal MessageFuzzer? Fuzzer { get; set; }

    /// <summary>Sends altered messages in the tunnels of the last <paramref name="tunnels"/> LACs.</summary>
    internal void FuzzLast(int tunnels, MessageFuzzer fuzzer)
    {
        Fuzzer = fuzzer;
        foreach (var tunnel in _tunnels.AsSpan()[^tunnels..]) tunnel.IsFuzzed = true;
    }

    /// <summary>The tunnel of the subscriber carries altered messages.</summary>
    internal bool IsFuzzed(int index) => TunnelOf(index).IsFuzzed;

    /// <summary>Time of the subscriber's first password or response in this call, in Stopwatch ticks; 0: none yet. For any
    /// thread.</summary>
    internal long ProvedAt(int index) => index >= 0 && index < _subscribers.Length ? Volatile.Read(ref _subscribers[index].ProvedAt) : 0;

    public bool IsUp(int index) => _subscribers[index].Phase == SubscriberPhase.Up;
    /// <summary>The subscriber has no call.</summary>
    public bool IsIdle(int index) => _subscribers[index].Phase is SubscriberPhase.Idle or SubscriberPhase.Down or SubscriberPhase.Failed;
    /// <summary>Number of sessions that are up, and of their distinct addresses. Equal, unless the LNS gives an address twice.</summary>
    public (int Sessions, int Addresses) AddressesInUse()
    {
        var addresses = new HashSet<uint>(_up);
        var sessions = 0;
        foreach (ref readonly var s in _subscribers.AsSpan())
        {
            if (s.Phase != SubscriberPhase.Up) continue;
            sessions++;
            addresses.Add(s.Address);
        }
        return (sessions, addresses.Count);
    }

    /// <summary>Opens the control connections that are not open. False: not all opened in time.</summary>
    public bool OpenTunnels(TimeSpan within, CancellationToken cancel = default)
    {
        foreach (var tunnel in _tunnels)
            if (tunnel.Phase is not (LacTunnelPhase.Open or LacTunnelPhase.Opening)) Open(tunnel);
        return Run(static g => Array.TrueForAll(g._tunnels,
                    static t => t.Phase is not (LacTunnelPhase.Opening or LacTunnelPhase.Idle) && t.Channel.IsIdle)
                && (g.Retry is null || Array.TrueForAll(g._tunnels, static t => t.Phase == LacTunnelPhase.Open)), within, cancel)
            && Array.TrueForAll(_tunnels, static t => t.Phase == LacTunnelPhase.Open);
    }

    /// <summary>Brings all subscribers up and waits until each is up or has failed. True: all are up.</summary>
    public bool BringUp(TimeSpan within, CancellationToken cancel = default) => BringUp(_subscribers.Length, within, cancel);

    /// <summary>Brings the first <paramref name="count"/> subscribers up and waits until each is up or has failed. True: all are
    /// up.</summary>
    public bool BringUp(int count, TimeSpan within, CancellationToken cancel = default)
    {
        for (var i = 0; i < count; i++) Call(i);
        return WaitUntilUp(within, cancel) && _up >= count;
    }

    /// <summary>Waits until each subscriber that should be up is up or has failed. False: not in time.</summary>
    public bool WaitUntilUp(TimeSpan within, CancellationToken cancel = default) =>
        Run(static g => g._inSetup == 0 && g._up == g._wanted, within, cancel);

    /// <summary>Brings a subscriber up: it calls, unless it has a call.</summary>
    public void Call(int index) => Call(index, TimeSpan.Zero);

    /// <summary>Brings a subscriber up: it calls after a delay, unless it has a call.</summary>
    public void Call(int index, TimeSpan after)
    {
        (_takingDown, _ending) = (false, 0);
        ref var s = ref _subscribers[index];
        if (!s.Has(SubscriberFlags.Wanted))
        {
            s.Flags |= SubscriberFlags.Wanted;
            _wanted++;
        }
        if (IsIdle(index)) CallLater(index, ref s, Stopwatch.GetTimestamp() + Ticks(after));
    }

    /// <summary>Ends the call of a subscriber.</summary>
    public void Drop(int index, HangUp how)
    {
        ref var s = ref _subscribers[index];
        GiveUp(ref s);
        if (IsIdle(index) || s.Phase == SubscriberPhase.Closing) return;
        if (how != HangUp.CallDisconnect && s.Phase == SubscriberPhase.Up)
        {
            if (how == HangUp.TerminateAndDisconnect) s.Flags |= SubscriberFlags.HangsUp;
            _up--;
            _closing++;
            s.Phase = SubscriberPhase.Closing;
            SendTerminateRequest(index, ref s);
            return;
        }
        LeaveAndHangUp(index, ref s);
    }

    /// <summary>Keeps the sessions for a time: answers echoes and Hellos.</summary>
    public void Hold(TimeSpan time, CancellationToken cancel = default) => Run(static _ => false, time, cancel);

    /// <summary>Keeps the sessions until a condition holds. False: not in time.</summary>
    public bool HoldUntil(Func<bool> isSo, TimeSpan within, CancellationToken cancel = default) => Run(_ => isSo(), within, cancel);

    /// <summary>Ends all sessions. True: the LNS acknowledged each end.</summary>
    public bool TakeDown(HangUp how, TimeSpan within, CancellationToken cancel = default)
    {
        (_takingDown, _hangUp) = (true, how);
        (_ending, _wanted) = (0, 0);
        _calls.Clear();
        foreach (ref var s in _subscribers.AsSpan()) s.Flags &= ~(SubscriberFlags.Wanted | SubscriberFlags.Queued);
        return Run(static g => g._ending == g._subscribers.Length && g._closing == 0
            && Array.TrueForAll(g._tunnels, static t => t.Channel.IsIdle), within, cancel);
    }

    /// <summary>Ends all control connections. True: the LNS acknowledged each StopCCN.</summary>
    public bool CloseTunnels(TimeSpan within, CancellationToken cancel = default)
    {
        foreach (var tunnel in _tunnels)
        {
            if (tunnel.Phase is not (LacTunnelPhase.Open or LacTunnelPhase.Opening)) continue;
            tunnel.Phase = LacTunnelPhase.Closing;
            tunnel.Channel.Enqueue(new Order(MessageType.StopCcn));
            Touch(tunnel);
        }
        return Run(static g => Array.TrueForAll(g._tunnels, static t => t.Phase != LacTunnelPhase.Closing), within, cancel)
            && Array.TrueForAll(_tunnels, static t => t.Phase == LacTunnelPhase.Closed);
    }

    /// <summary>Ends all control connections without a CDN for their sessions. True: the LNS acknowledged each StopCCN.</summary>
    public bool BreakTunnels(TimeSpan within, CancellationToken cancel = default)
    {
        for (var i = 0; i < _subscribers.Length; i++)
        {
            ref var s = ref _subscribers[i];
            GiveUp(ref s);
            if (IsIdle(i)) continue;
            Leave(i, ref s, SubscriberPhase.Down);
            Counters.CountDown();
        }
        _calls.Clear();
        foreach (ref var s in _subscribers.AsSpan()) s.Flags &= ~SubscriberFlags.Queued;
        return CloseTunnels(within, cancel);
    }

    public LoadReport Report()
    {
        var latencies = new List<TimeSpan>(_setUpMicroseconds.Count);
        foreach (var time in _setUpMicroseconds) latencies.Add(TimeSpan.FromMicroseconds(time));
        latencies.Sort();
        var elapsed = _lastUp > _firstStart ? Stopwatch.GetElapsedTime(_firstStart, _lastUp) : TimeSpan.Zero;
        return new LoadReport(_subscribers.Length, latencies.Count, (int)Counters.Failed, (int)Counters.Lost, elapsed, latencies,
            new Dictionary<string, int>(_failures), Counters, _cpu);
    }

    public void Dispose() => _socket.Dispose();

    private bool Run(Func<LoadGenerator, bool> isDone, TimeSpan within, CancellationToken cancel)
    {
        var cpu = ThreadClock.CpuTime;
        _now = Stopwatch.GetTimestamp();
        var end = _now + Ticks(within);
        var done = false;
        while (_now < end && !cancel.IsCancellationRequested)
        {
            for (var i = 0; i < MaxBatches; i++)
            {
                var count = _socket.Receive();
                if (count == 0) break;
                _now = Stopwatch.GetTimestamp();
                for (var m = 0; m < count; m++) OnDatagram(_socket.Received(m), m);
                if (count < DatagramSocket.BatchSize) break;
            }
            _now = Stopwatch.GetTimestamp();
            TakeArrived();
            OnClock();
            StartCalls();
            EndCalls();
            FlushTunnels();
            Fuzzer?.Inject(_socket, _settings.Lns, _now);
            Traffic?.Send();
            _socket.Flush();
            Counters.SetSessions(_inSetup, _up, _wanted);
            done = isDone(this);
            if (done) break;
            _socket.Wait(NextWait(end));
            _now = Stopwatch.GetTimestamp();
        }
        _cpu += ThreadClock.CpuTime - cpu;
        return done;
    }

    private TimeSpan NextWait(long end)
    {
        var until = Math.Min(end, _nextScan);
        if (Traffic is not null) until = Math.Min(until, Traffic.NextSend);
        if (_onTheWay.TryPeek(out var next)) until = Math.Min(until, next.ArrivesAt);
        if ((_rate > 0 && _calls.Count > 0) || Fuzzer is not null) until = Math.Min(until, _now + Stopwatch.Frequency / 1000);
        return Stopwatch.GetElapsedTime(_now, Math.Max(until, _now));
    }

    private void OnClock()
    {
        while (_wheel.TryTake(_now, out var index)) OnDeadline(index);
        if (_now < _nextScan) return;
        _nextScan = _now + _tunnelScan;
        long retransmits = 0, duplicates = 0;
        foreach (var tunnel in _tunnels)
        {
            if (tunnel.Phase == LacTunnelPhase.Failed && Retry is not null && _now >= tunnel.RetryAt) Open(tunnel);
            if (tunnel.Channel.Tick(_now)) Touch(tunnel);
            else if (tunnel.Channel.IsDead && tunnel.Phase is not (LacTunnelPhase.Failed or LacTunnelPhase.Closed))
                OnTunnelGone(tunnel, "the LNS does not acknowledge");
            retransmits += tunnel.Channel.Retransmits;
            duplicates += tunnel.Channel.Duplicates + tunnel.Channel.Early;
        }
        Counters.SetControl(retransmits, duplicates);
    }

    private void Open(LacTunnel tunnel)
    {
        if (tunnel.Phase != LacTunnelPhase.Idle) // again, with a new id: a late message of the old tunnel must not reach the new one
        {
            var ids = (ushort.MaxValue - _settings.FirstTunnelId + 1) / _tunnels.Length;
            var number = tunnel.Number;
            var generation = (tunnel.Local.Value - _settings.FirstTunnelId) / _tunnels.Length;
            _byId[tunnel.Local.Value] = null;
            tunnel.Renew(new TunnelId((ushort)(_settings.FirstTunnelId + number + (generation + 1) % ids * _tunnels.Length)), NewChannel());
            _byId[tunnel.Local.Value] = tunnel;
        }
        tunnel.Phase = LacTunnelPhase.Opening;
        tunnel.Channel.Enqueue(new Order(MessageType.Sccrq));
        Touch(tunnel);
    }

    private void StartCalls()
    {
        if (_takingDown) return;
        var allowed = long.MaxValue;
        if (_rate > 0)
        {
            if (_rateSince == 0) _rateSince = _now;
            allowed = (long)(Stopwatch.GetElapsedTime(_rateSince, _now).TotalSeconds * _rate) + 1 - _rateUsed;
            if (allowed > _rate + 1) // a time without calls gives no credit for a burst
            {
                (_rateSince, _rateUsed) = (_now, 0);
                allowed = 1;
            }
        }
        for (; allowed > 0 && _inSetup < InFlight && _calls.TryDequeue(out var index); allowed--)
        {
            ref var s = ref _subscribers[index];
            s.Flags &= ~SubscriberFlags.Queued;
            if (!s.Has(SubscriberFlags.Wanted) || !IsIdle(index)) continue;
            var tunnel = TunnelOf(index);
            if (_firstStart == 0) _firstStart = _now;
            _rateUsed++;
            s.StartedAt = _now;
            s.Mru = _settings.Mru;
            s.Magic = ((uint)index + 1) * 2654435761; // distinct and not zero
            s.Local = NextLocal(index, s.Local);
            (s.Peer, s.Identifier, s.Address, s.ProvedAt) = (0, 0, 0, 0);
            s.Flags &= SubscriberFlags.Timed | SubscriberFlags.Wanted;
            Counters.CountStarted();
            if (tunnel.Phase != LacTunnelPhase.Open)
            {
                Fail(index, ref s, "the tunnel is not open");
                continue;
            }
            s.Phase = SubscriberPhase.Calling;
            _inSetup++;
            Arm(index, ref s, _now + _setupTimeout);
            tunnel.Channel.Enqueue(new Order(MessageType.Icrq, index, s.Local));
            Touch(tunnel);
        }
    }

    /// <summary>Session id of the next call: another one each time, so that a late message of an old call does not reach the new
    /// one.</summary>
    private ushort NextLocal(int index, ushort local)
    {
        var slot = index / _tunnels.Length + 1;
        var next = local + _perTunnel;
        return (ushort)(local == 0 || next > ushort.MaxValue / _perTunnel * _perTunnel ? slot : next);
    }

    private void EndCalls()
    {
        if (!_takingDown) return;
        for (; _ending < _subscribers.Length && _closing < InFlight; _ending++) Drop(_ending, _hangUp);
    }

    /// <summary>Moves the session to one of the two end phases. A subscriber that should be up calls again.</summary>
    private void Leave(int index, ref Subscriber s, SubscriberPhase to)
    {
        if (s.IsInSetup) _inSetup--;
        else if (s.Phase == SubscriberPhase.Up) _up--;
        else if (s.Phase == SubscriberPhase.Closing) _closing--;
        s.Phase = to;
        if (!s.Has(SubscriberFlags.Wanted)) return;
        if (to == SubscriberPhase.Down) CallLater(index, ref s, _now);
        else if (Retry is { } retry)
        {
            CallLater(index, ref s, _now + Ticks(retry.Delay(s.Refusals, _random.NextDouble())));
            if (s.Refusals < byte.MaxValue) s.Refusals++;
        }
        else GiveUp(ref s);
    }

    private void LeaveAndHangUp(int index, ref Subscriber s)
    {
        var (local, peer) = (s.Local, s.Peer);
        Leave(index, ref s, SubscriberPhase.Down);
        Counters.CountDown();
        if (peer != 0) HangUpCall(index, local, peer);
    }

    private void GiveUp(ref Subscriber s)
    {
        if (!s.Has(SubscriberFlags.Wanted)) return;
        s.Flags &= ~SubscriberFlags.Wanted;
        _wanted--;
    }

    private void CallLater(int index, ref Subscriber s, long at)
    {
        if (at > Stopwatch.GetTimestamp())
        {
            Arm(index, ref s, at);
            return;
        }
        if (s.Has(SubscriberFlags.Queued)) return;
        s.Flags |= SubscriberFlags.Queued;
        _calls.Enqueue(index);
    }

    private void HangUpCall(int index, ushort local, ushort peer)
    {
        var tunnel = TunnelOf(index);
        if (tunnel.Phase != LacTunnelPhase.Open) return;
        tunnel.Channel.Enqueue(new Order(MessageType.Cdn, index, local, peer));
        Touch(tunnel);
    }

    private void Fail(int index, ref Subscriber s, string why)
    {
        var wasUp = s.Has(SubscriberFlags.WasUp);
        if (wasUp && TunnelOf(index).IsFuzzed) Counters.CountLostFuzzed();
        else if (wasUp) Counters.CountLost();
        else Counters.CountFailed();
        CountReason(wasUp ? $"lost: {why}" : why);
        Leave(index, ref s, SubscriberPhase.Failed);
    }

    private void CountReason(string why)
    {
        if (_failures.Count >= MaxReasons && !_failures.ContainsKey(why)) why = "other";
        _failures[why] = _failures.GetValueOrDefault(why) + 1;
    }

    private void Arm(int index, ref Subscriber s, long at)
    {
        s.ResendAt = at;
        if (s.Has(SubscriberFlags.Timed)) return;
        s.Flags |= SubscriberFlags.Timed;
        _wheel.Add(index, Math.Min(at, _now + _pppRestart));
    }

    private void OnDeadline(int index)
    {
        ref var s = ref _subscribers[index];
        s.Flags &= ~SubscriberFlags.Timed;
        if (s.Phase is SubscriberPhase.Idle or SubscriberPhase.Down or SubscriberPhase.Failed)
        {
            if (!s.Has(SubscriberFlags.Wanted) || s.Has(SubscriberFlags.Queued)) return;
            if (_now >= s.ResendAt) CallLater(index, ref s, 0);
            else Arm(index, ref s, s.ResendAt);
            return;
        }
        if (!s.IsInSetup && s.Phase != SubscriberPhase.Closing) return;
        if (s.IsInSetup && _now - s.StartedAt >= _setupTimeout)
        {
            var (local, peer) = (s.Local, s.Peer);
            Fail(index, ref s, $"not up in time: stuck in {s.Phase switch
            {
                SubscriberPhase.Calling => "ICRQ",
                SubscriberPhase.Connecting => "ICCN",
                SubscriberPhase.Lcp => "LCP",
                SubscriberPhase.Authenticate => "authentication",
                _ => "IPCP",
            }}");
            if (peer != 0) HangUpCall(index, local, peer);
            return;
        }
        if (_now >= s.ResendAt)
        {
            s.ResendAt = _now + _pppRestart;
            Resend(index, ref s);
        }
        s.Flags |= SubscriberFlags.Timed;
        _wheel.Add(index, Math.Min(s.ResendAt, _now + _pppRestart));
    }

    private LacTunnel TunnelOf(int index) => _tunnels[index % _tunnels.Length];

    private void Touch(LacTunnel tunnel)
    {
        if (tunnel.IsDirty) return;
        tunnel.IsDirty = true;
        _dirty.Add(tunnel);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private string HostNameOf(LacTunnel tunnel) =>
        string.Create(CultureInfo.InvariantCulture, $"{_settings.HostName}{tunnel.Number + 1}");
}
