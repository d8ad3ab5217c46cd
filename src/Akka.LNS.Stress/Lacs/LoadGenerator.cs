using System.Diagnostics;
using System.Globalization;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>
/// LACs with subscribers behind them, towards one LNS: real datagrams, real negotiation, little memory and CPU time for each. Made once for one round:
/// <see cref="OpenTunnels"/>, <see cref="BringUp"/>, <see cref="Hold"/>, <see cref="TakeDown"/>, <see cref="CloseTunnels"/>.
/// </summary>
/// <remarks>Works on the thread that calls it, and only while it is called; <see cref="Counters"/> may be read from anywhere. All LACs share one socket:
/// each datagram says which LAC's address it comes from.</remarks>
public sealed partial class LoadGenerator : IDisposable
{
    private const int MaxBatches = 4; // before clock and new calls get their turn
    private readonly LoadSettings _settings;
    private readonly DatagramSocket _socket;
    private readonly LacTunnel[] _tunnels;
    private readonly Subscriber[] _subscribers;
    private readonly DeadlineWheel _wheel;
    private readonly Dictionary<string, int> _failures = [];
    private readonly List<LacTunnel> _dirty = [];
    private readonly byte[] _password;
    private readonly long _pppRestart;
    private readonly long _setupTimeout;
    private readonly long _tunnelScan = Stopwatch.Frequency / 20;
    private long _now;
    private long _nextScan;
    private long _firstStart;
    private long _lastUp;
    private int _started;   // subscribers below it have begun
    private int _ending;    // subscribers below it were told to end
    private int _inSetup;
    private int _closing;
    private int _up;
    private bool _takingDown;
    private HangUp _hangUp;
    private TimeSpan _cpu;

    /// <exception cref="ArgumentException">The settings do not go together.</exception>
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
        _wheel = new DeadlineWheel(Stopwatch.Frequency / 20, _now);
        _subscribers = new Subscriber[settings.Sessions];
        _password = System.Text.Encoding.UTF8.GetBytes(settings.Password);
        (_pppRestart, _setupTimeout) = (Ticks(settings.PppRestart), Ticks(settings.SetupTimeout));
        _tunnels = new LacTunnel[settings.Tunnels];
        var addresses = settings.LacAddresses > 0 ? settings.LacAddresses : settings.Tunnels;
        for (var i = 0; i < _tunnels.Length; i++)
        {
            _tunnels[i] = new LacTunnel(new TunnelId((ushort)(settings.FirstTunnelId + i)), new Ipv4Address(settings.FirstLac.Value + (uint)(i % addresses)),
                new ReliableChannel(Ticks(settings.RetransmitInitial), Stopwatch.Frequency * 8, settings.MaxRetransmits));
        }
    }

    public LoadCounters Counters { get; } = new();
    /// <summary>CPU time of the generator so far.</summary>
    public TimeSpan CpuTime => _cpu;

    /// <summary>Opens all control connections. False: one did not open in time.</summary>
    public bool OpenTunnels(TimeSpan within, CancellationToken cancel = default)
    {
        foreach (var tunnel in _tunnels)
        {
            tunnel.Phase = LacTunnelPhase.Opening;
            tunnel.Channel.Enqueue(new Order(MessageType.Sccrq));
            Touch(tunnel);
        }
        return Run(static g => Array.TrueForAll(g._tunnels, static t => t.Phase != LacTunnelPhase.Opening && t.Channel.IsIdle), within, cancel)
            && Array.TrueForAll(_tunnels, static t => t.Phase == LacTunnelPhase.Open);
    }

    /// <summary>Begins all calls and waits until each is up or has failed. True: all are up.</summary>
    public bool BringUp(TimeSpan within, CancellationToken cancel = default)
    {
        _firstStart = Stopwatch.GetTimestamp();
        return Run(static g => g._started == g._subscribers.Length && g._inSetup == 0, within, cancel) && _up == _subscribers.Length;
    }

    /// <summary>Lets the sessions live: echoes and Hellos are answered.</summary>
    public void Hold(TimeSpan time, CancellationToken cancel = default) => Run(static _ => false, time, cancel);

    /// <summary>Lets the sessions live until something is so.</summary>
    public bool HoldUntil(Func<bool> isSo, TimeSpan within, CancellationToken cancel = default) => Run(_ => isSo(), within, cancel);

    /// <summary>Ends all sessions. True: the LNS knows of each end.</summary>
    public bool TakeDown(HangUp how, TimeSpan within, CancellationToken cancel = default)
    {
        (_takingDown, _hangUp) = (true, how);
        return Run(static g => g._ending == g._started && g._closing == 0 && Array.TrueForAll(g._tunnels, static t => t.Channel.IsIdle), within, cancel);
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

    public LoadReport Report()
    {
        var latencies = new List<TimeSpan>(_subscribers.Length);
        foreach (ref readonly var s in _subscribers.AsSpan())
            if (s.Has(SubscriberFlags.WasUp)) latencies.Add(Stopwatch.GetElapsedTime(s.StartedAt, s.UpAt));
        latencies.Sort();
        return new LoadReport(_subscribers.Length, latencies.Count, (int)Counters.Failed, (int)Counters.Lost,
            _lastUp > _firstStart ? Stopwatch.GetElapsedTime(_firstStart, _lastUp) : TimeSpan.Zero, latencies, new Dictionary<string, int>(_failures), Counters, _cpu);
    }

    public void Dispose() => _socket.Dispose();

    private bool Run(Func<LoadGenerator, bool> isDone, TimeSpan within, CancellationToken cancel)
    {
        var cpu = Libc.ThreadCpuTime;
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
            OnClock();
            StartCalls();
            EndCalls();
            FlushTunnels();
            _socket.Flush();
            Counters.SetSessions(_inSetup, _up);
            done = isDone(this);
            if (done) break;
            _socket.Wait(NextWait(end));
            _now = Stopwatch.GetTimestamp();
        }
        _cpu += Libc.ThreadCpuTime - cpu;
        return done;
    }

    private TimeSpan NextWait(long end)
    {
        var until = Math.Min(end, _nextScan);
        if (_settings.Rate > 0 && !_takingDown && _started < _subscribers.Length) until = Math.Min(until, _now + Stopwatch.Frequency / 1000);
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
            if (tunnel.Channel.Tick(_now)) Touch(tunnel);
            else if (tunnel.Channel.IsDead && tunnel.Phase is not (LacTunnelPhase.Failed or LacTunnelPhase.Closed)) OnTunnelGone(tunnel, "the LNS does not acknowledge");
            retransmits += tunnel.Channel.Retransmits;
            duplicates += tunnel.Channel.Duplicates + tunnel.Channel.Early;
        }
        Counters.SetControl(retransmits, duplicates);
    }

    private void StartCalls()
    {
        if (_takingDown || _firstStart == 0) return;
        var allowed = _settings.Rate > 0
            ? Math.Min(_subscribers.Length, (int)(Stopwatch.GetElapsedTime(_firstStart, _now).TotalSeconds * _settings.Rate) + 1)
            : _subscribers.Length;
        for (; _started < allowed && _inSetup < _settings.InFlight; _started++)
        {
            ref var s = ref _subscribers[_started];
            var tunnel = TunnelOf(_started);
            s.StartedAt = _now;
            s.Mru = _settings.Mru;
            s.Magic = ((uint)_started + 1) * 2654435761; // distinct, and not zero
            Counters.CountStarted();
            if (tunnel.Phase != LacTunnelPhase.Open)
            {
                s.Phase = SubscriberPhase.Failed;
                Counters.CountFailed();
                CountReason("the tunnel is not open");
                continue;
            }
            s.Phase = SubscriberPhase.Calling;
            _inSetup++;
            Arm(_started, ref s, _now + _setupTimeout);
            tunnel.Channel.Enqueue(new Order(MessageType.Icrq, _started));
            Touch(tunnel);
        }
    }

    private void EndCalls()
    {
        if (!_takingDown) return;
        for (; _ending < _started && _closing < _settings.InFlight; _ending++)
        {
            ref var s = ref _subscribers[_ending];
            if (s.Phase is SubscriberPhase.Failed or SubscriberPhase.Down) continue;
            if (_hangUp == HangUp.TerminateRequest && s.Phase == SubscriberPhase.Up)
            {
                _up--;
                _closing++;
                s.Phase = SubscriberPhase.Closing;
                SendTerminateRequest(_ending, ref s);
                continue;
            }
            var known = s.Peer != 0;
            Leave(ref s, SubscriberPhase.Down);
            Counters.CountDown();
            if (known) HangUpCall(_ending);
        }
    }

    /// <summary>The session has left its phase for one of the two ends.</summary>
    private void Leave(ref Subscriber s, SubscriberPhase to)
    {
        if (s.IsInSetup) _inSetup--;
        else if (s.Phase == SubscriberPhase.Up) _up--;
        else if (s.Phase == SubscriberPhase.Closing) _closing--;
        s.Phase = to;
    }

    private void HangUpCall(int index)
    {
        var tunnel = TunnelOf(index);
        if (tunnel.Phase != LacTunnelPhase.Open) return;
        tunnel.Channel.Enqueue(new Order(MessageType.Cdn, index));
        Touch(tunnel);
    }

    private void Fail(ref Subscriber s, string why)
    {
        if (s.Has(SubscriberFlags.WasUp)) Counters.CountLost();
        else Counters.CountFailed();
        Leave(ref s, SubscriberPhase.Failed);
        CountReason(s.Has(SubscriberFlags.WasUp) ? $"lost: {why}" : why);
    }

    private void CountReason(string why) => _failures[why] = _failures.GetValueOrDefault(why) + 1;

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
        if (!s.IsInSetup && s.Phase != SubscriberPhase.Closing) return;
        if (s.IsInSetup && _now - s.StartedAt >= _setupTimeout)
        {
            var known = s.Peer != 0;
            Fail(ref s, $"not up in time: stuck in {s.Phase switch
            {
                SubscriberPhase.Calling => "ICRQ",
                SubscriberPhase.Connecting => "ICCN",
                SubscriberPhase.Lcp => "LCP",
                SubscriberPhase.Authenticate => "authentication",
                _ => "IPCP",
            }}");
            if (known) HangUpCall(index);
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
    private SessionId LocalIdOf(int index) => new((ushort)(index / _tunnels.Length + 1));

    private void Touch(LacTunnel tunnel)
    {
        if (tunnel.IsDirty) return;
        tunnel.IsDirty = true;
        _dirty.Add(tunnel);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private string HostNameOf(LacTunnel tunnel) =>
        string.Create(CultureInfo.InvariantCulture, $"{_settings.HostName}{tunnel.Local.Value - _settings.FirstTunnelId + 1}");
}
