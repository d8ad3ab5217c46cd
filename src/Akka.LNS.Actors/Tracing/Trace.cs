using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Threading.Channels;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Pacing;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Actors.Tracing;

/// <summary>
/// One trace: selects the records of its subject and queues them for its one reader. The name or address of a subscriber becomes known
/// during set-up. The last records of each call in set-up are kept until then, so that the trace shows the call from its beginning.
/// </summary>
/// <remarks>
/// Actors call it under a lock, and no holder of the lock ever waits. Records that the reader does not fetch in time are counted and
/// dropped.
/// </remarks>
public sealed class Trace : IDisposable
{
    /// <summary>Records that may wait for the reader.</summary>
    public const int Capacity = 1_024;
    // limits of the records kept for one call or tunnel that may turn out to match
    private const int MostKept = 32, MostKeptOctets = 16 << 10, MostKeptOfTunnel = 8;
    private const int MostUndecided = 4_096; // calls with kept records
    private const int MostOver = 64;         // ended calls, for later acknowledgements and accounting

    private readonly Lock _gate = new();
    private readonly Channel<TraceRecord> _records =
        Channel.CreateBounded<TraceRecord>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Dictionary<ushort, TunnelTrail> _tunnels = [];
    // tunnel id in the upper half, our or the peer's session id in the lower
    private readonly Dictionary<uint, CallTrail> _byLocal = [], _byPeer = [];
    private readonly Dictionary<string, CallTrail> _byId = new(StringComparer.Ordinal);
    private readonly Queue<CallTrail> _over = new();
    private readonly NodeClock _clock;
    private readonly Action<Trace> _onEnd;
    private readonly DropCount _dropped; // of all traces
    private TokenBucket _pace;
    private long _number, _lost;
    private int _undecided;
    private bool _ended;

    internal Trace(TraceSubject subject, int perSecond, NodeClock clock, Action<Trace> onEnd, DropCount dropped)
    {
        (Subject, _clock, _onEnd, _dropped) = (subject, clock, onEnd, dropped);
        _pace = TokenBucket.Of(perSecond, Math.Max(perSecond, Capacity), clock.Now);
    }

    private enum Verdict
    {
        Undecided,
        Belongs,
        Other,
    }

    /// <summary>State of one call in the trace.</summary>
    private sealed class CallTrail(ushort tunnel)
    {
        public ushort Tunnel => tunnel;
        public ushort Local { get; set; }
        public ushort Peer { get; set; }
        public string? Id { get; set; }
        public bool Belongs { get; set; }
        public Queue<TraceRecord>? Kept { get; set; }
        public int KeptOctets { get; set; }
    }

    /// <summary>State of one control connection in the trace.</summary>
    private sealed class TunnelTrail
    {
        public bool Belongs { get; set; }
        public Queue<TraceRecord> Kept { get; } = new();
        public SeenNumbers Sent { get; } = new();
        public SeenNumbers Received { get; } = new();
    }

    /// <summary>The last 64 sequence numbers.</summary>
    private sealed class SeenNumbers
    {
        private ushort _next;
        private ulong _before; // bit n: _next - 1 - n was seen

        /// <summary>True: the number was seen before.</summary>
        public bool Mark(ushort ns)
        {
            var ahead = (short)(ns - _next);
            if (_before == 0 || ahead >= 0)
            {
                _before = _before == 0 || ahead >= 63 ? 1 : (_before << (ahead + 1)) | 1;
                _next = (ushort)(ns + 1);
                return false;
            }
            if (ahead < -64) return true;
            var bit = 1ul << (-ahead - 1);
            var wasThere = (_before & bit) != 0;
            _before |= bit;
            return wasThere;
        }
    }

    public TraceSubject Subject { get; }

    /// <summary>Number of lost records that no record has reported yet.</summary>
    public long Lost
    {
        get
        {
            lock (_gate) return _lost;
        }
    }

    /// <summary>Ends when the trace does.</summary>
    public IAsyncEnumerable<TraceRecord> ReadAllAsync(CancellationToken cancellation) => _records.Reader.ReadAllAsync(cancellation);

    /// <summary>A record is available.</summary>
    public bool HasNext => _records.Reader.TryPeek(out _);

    /// <summary>The next record, if one is available.</summary>
    public bool TryRead([NotNullWhen(true)] out TraceRecord? record) => _records.Reader.TryRead(out record);

    /// <summary>Ends the trace. Queued records can still be read.</summary>
    public void Dispose()
    {
        _onEnd(this);
        lock (_gate)
        {
            _ended = true;
            _records.Writer.TryComplete();
            _tunnels.Clear();
            _byLocal.Clear();
            _byPeer.Clear();
            _byId.Clear();
            _over.Clear();
        }
    }

    /// <summary>Records the existing sessions that match. Called before the trace begins.</summary>
    internal void Find(CallTable calls)
    {
        lock (_gate)
        {
            foreach (var call in calls.All)
            {
                if (Subject is TraceSubject.Lac || Judge(call) != Verdict.Belongs) continue;
                Belong(Bind(call));
                Say(call.Id, TraceLayer.Trace, $"existing session, began {call.Began:yyyy-MM-dd'T'HH:mm:ss'Z'}: {call.Phase}, "
                    + $"user '{call.User}', "
                    + $"address {Known(call.Address)}, lac {call.Lac}, "
                    + $"tunnel {call.Path.TunnelId}, session {call.Path.SessionId}, calling '{call.Calling}'");
            }
            if (_number == 0) Say(null, TraceLayer.Trace, Subject is TraceSubject.Lac ? "begins" : "no session matches yet");
        }

        static string Known(Wire.Ipv4Address address) => address.IsNone ? "none" : address.ToString();
    }

    internal void OnControl(in TracedMessage m)
    {
        lock (_gate)
        {
            if (_ended || (Subject is TraceSubject.Lac lac && m.Tunnel.Lac != lac.HostName)) return;
            var tunnel = TunnelOf(m.Tunnel.Id);
            var isNumbered = m.Type != default || m.IsOfCall; // a ZLB repeats the number of the next message
            var isAgain = isNumbered && (m.IsSent ? tunnel.Sent : tunnel.Received).Mark(m.Ns);
            if (Subject is TraceSubject.Lac)
            {
                Write(Record(null, m, isAgain));
            }
            else if (!m.IsOfCall)
            {
                // the trace of a call shows establishment and end of its tunnel
                if (m.Type is not (MessageType.Sccrq or MessageType.Sccrp or MessageType.Scccn or MessageType.StopCcn)) return;
                if (tunnel.Belongs) Write(Record(null, m, isAgain));
                else Keep(tunnel, Record(null, m, isAgain));
            }
            else if (CallOf(m, isAgain) is { } call)
            {
                Put(call, Record(call.Id, m, isAgain));
                if (m.Type == MessageType.Cdn && call.Id is null) Forget(call); // refused, or ended before it had an entry
            }
        }
    }

    internal void OnPpp(CallEntry entry, ushort ourPort, bool isSent, ushort protocol, byte[] payload)
    {
        lock (_gate)
        {
            if (CallOf(entry) is not { } call) return;
            var (tunnel, session) = isSent ? (entry.Tunnel.Peer, entry.PeerSessionId) : (entry.Path.TunnelId, entry.Path.SessionId);
            Put(call, new TraceRecord.Ppp(++_number, _clock.UtcNow, entry.Id, entry.Tunnel.Flow, ourPort, isSent, tunnel, session, protocol,
                payload));
        }
    }

    internal void OnRadius(string session, string server, IPEndPoint ours, IPEndPoint theirs, bool isSent, byte[] octets)
    {
        lock (_gate)
            if (!_ended && _byId.TryGetValue(session, out var call))
                Put(call, new TraceRecord.Radius(++_number, _clock.UtcNow, session, server, ours, theirs, isSent, octets));
    }

    internal void OnEvent(CallEntry entry, TraceLayer layer, string text)
    {
        lock (_gate)
            if (CallOf(entry) is { } call)
                Put(call, new TraceRecord.Event(++_number, _clock.UtcNow, entry.Id, layer, text));
    }

    internal void OnGate(in PathKey path, string text)
    {
        lock (_gate)
            if (!_ended && _byLocal.TryGetValue(PortName.Number(path.TunnelId, path.SessionId), out var call))
                Put(call, new TraceRecord.Event(++_number, _clock.UtcNow, call.Id, TraceLayer.Gate, text));
    }

    internal void OnCallBegan(CallEntry entry) => OnEvent(entry, TraceLayer.Session,
        $"offered: lac {entry.Lac}, calling '{entry.Calling}', called '{entry.Called}', tunnel {entry.Path.TunnelId}, "
        + $"session {entry.Path.SessionId}, peer session {entry.PeerSessionId}");

    internal void OnCallOver(CallEntry entry, string text)
    {
        lock (_gate)
        {
            if (CallOf(entry) is not { } call) return;
            Put(call, new TraceRecord.Event(++_number, _clock.UtcNow, entry.Id, TraceLayer.Session, text, IsEnd: true));
            if (!call.Belongs)
            {
                Forget(call);
                return;
            }
            _over.Enqueue(call);
            if (_over.Count > MostOver) Forget(_over.Dequeue());
        }
    }

    internal void OnTunnel(TracedTunnel tunnel, string text, bool isGone)
    {
        lock (_gate)
        {
            if (_ended) return;
            var belongs = Subject is TraceSubject.Lac lac ? lac.HostName == tunnel.Lac : TunnelOf(tunnel.Id).Belongs;
            var record = new TraceRecord.Event(++_number, _clock.UtcNow, null, TraceLayer.Tunnel, text);
            if (belongs) Write(record);
            else if (Subject is not TraceSubject.Lac) Keep(TunnelOf(tunnel.Id), record);
            if (!isGone && tunnel.Id != 0) return;
            _tunnels.Remove(tunnel.Id);
            foreach (var call in _byPeer.Values.Where(c => c.Tunnel == tunnel.Id && c.Id is null).ToArray()) Forget(call);
        }
    }

    private static TraceRecord.Control Record(long number, DateTimeOffset at, string? session, in TracedMessage m, bool isAgain) =>
        new(number, at, session, m.Tunnel.Flow, m.OurPort, m.IsSent, isAgain, m.Octets);

    private TraceRecord.Control Record(string? session, in TracedMessage m, bool isAgain) =>
        Record(++_number, _clock.UtcNow, session, m, isAgain);

    private Verdict Judge(CallEntry call) => Subject switch
    {
        TraceSubject.Calling calling => Glob.Matches(calling.Number, call.Calling) ? Verdict.Belongs : Verdict.Other,
        TraceSubject.User user => call.User.Length == 0 ? Verdict.Undecided
            : Glob.Matches(user.Name, call.User) || Glob.Matches(user.Name, call.Login)
            ? Verdict.Belongs : Verdict.Other,
        TraceSubject.Address address =>
            call.Address.IsNone ? Verdict.Undecided : call.Address == address.Value ? Verdict.Belongs : Verdict.Other,
        TraceSubject.Session session => call.Id == session.Id ? Verdict.Belongs : Verdict.Other,
        _ => Verdict.Other,
    };

    /// <summary>The call that a control message is about; null: no call that can match.</summary>
    private CallTrail? CallOf(in TracedMessage m, bool isAgain)
    {
        var tunnel = m.Tunnel.Id;
        if (m.IsSent) return _byPeer.GetValueOrDefault(PortName.Number(tunnel, m.Session != 0 ? m.Session : m.Assigned));
        if (m.Session != 0) return _byLocal.GetValueOrDefault(PortName.Number(tunnel, m.Session));
        var key = PortName.Number(tunnel, m.Assigned);
        if (m.Type != MessageType.Icrq || isAgain || m.Assigned == 0 || Subject is TraceSubject.Session)
            return _byPeer.GetValueOrDefault(key);
        var call = new CallTrail(tunnel) { Peer = m.Assigned };
        if (_byPeer.TryGetValue(key, out var before) && before is { Id: null }) Forget(before); // an earlier refused call
        _byPeer[key] = call;
        if (_undecided < MostUndecided) BeginToKeep(call);
        return call;
    }

    /// <summary>The trail of a call, created when there is none; null: the call does not match.</summary>
    private CallTrail? CallOf(CallEntry entry)
    {
        if (_ended || Subject is TraceSubject.Lac) return null;
        var known = _byLocal.GetValueOrDefault(PortName.Number(entry.Path.TunnelId, entry.Path.SessionId));
        if (known is { Belongs: true } && known.Id == entry.Id) return known;
        switch (Judge(entry))
        {
            case Verdict.Belongs:
                var call = Bind(entry);
                Belong(call);
                return call;
            case Verdict.Undecided: return Bind(entry);
            default:
                if (known is not null) Forget(known);
                return null;
        }
    }

    private CallTrail Bind(CallEntry entry)
    {
        var local = PortName.Number(entry.Path.TunnelId, entry.Path.SessionId);
        if (_byLocal.TryGetValue(local, out var known) && known.Id == entry.Id) return known;
        var peer = PortName.Number(entry.Path.TunnelId, entry.PeerSessionId);
        var call = _byPeer.TryGetValue(peer, out var offered)
            && offered.Id is null ? offered : new CallTrail(entry.Path.TunnelId) { Peer = entry.PeerSessionId };
        (call.Local, call.Id) = (entry.Path.SessionId, entry.Id);
        _byLocal[local] = _byPeer[peer] = _byId[entry.Id] = call;
        if (call.Kept is null && _undecided < MostUndecided) BeginToKeep(call);
        return call;
    }

    private void BeginToKeep(CallTrail call)
    {
        call.Kept = new Queue<TraceRecord>();
        _undecided++;
    }

    /// <summary>The call matches: writes the kept records of the call and of its tunnel, in their order.</summary>
    private void Belong(CallTrail call)
    {
        if (call.Belongs) return;
        call.Belongs = true;
        var tunnel = TunnelOf(call.Tunnel);
        tunnel.Belongs = true;
        foreach (var record in tunnel.Kept.Concat(call.Kept ?? []).OrderBy(static r => r.Number))
            Write(record.Session is null && IsOf(record, call) ? record with { Session = call.Id } : record);
        tunnel.Kept.Clear();
        StopKeeping(call);

        // an ICRQ arrives before the call has an id
        static bool IsOf(TraceRecord record, CallTrail call) => call.Kept?.Contains(record) == true;
    }

    private void StopKeeping(CallTrail call)
    {
        if (call.Kept is null) return;
        call.Kept = null;
        _undecided--;
    }

    private void Forget(CallTrail call)
    {
        StopKeeping(call);
        Remove(_byLocal, PortName.Number(call.Tunnel, call.Local), call);
        Remove(_byPeer, PortName.Number(call.Tunnel, call.Peer), call);
        if (call.Id is { } id) Remove(_byId, id, call);

        static void Remove<T>(Dictionary<T, CallTrail> from, T key, CallTrail call) where T : notnull
        {
            if (from.TryGetValue(key, out var there) && there == call) from.Remove(key);
        }
    }

    private TunnelTrail TunnelOf(ushort id)
    {
        if (!_tunnels.TryGetValue(id, out var trail)) _tunnels.Add(id, trail = new TunnelTrail());
        return trail;
    }

    private static void Keep(TunnelTrail tunnel, TraceRecord record)
    {
        if (tunnel.Kept.Count >= MostKeptOfTunnel) tunnel.Kept.Dequeue();
        tunnel.Kept.Enqueue(record);
    }

    private void Put(CallTrail call, TraceRecord record)
    {
        if (call.Belongs)
        {
            Write(record);
            return;
        }
        if (call.Kept is not { } kept) return;
        var octets = OctetsOf(record);
        if (octets > MostKeptOctets) return;
        while (kept.Count >= MostKept || call.KeptOctets + octets > MostKeptOctets) call.KeptOctets -= OctetsOf(kept.Dequeue());
        kept.Enqueue(record);
        call.KeptOctets += octets;
    }

    private static int OctetsOf(TraceRecord record) => record switch
    {
        TraceRecord.Control c => c.Octets.Length,
        TraceRecord.Ppp p => p.Payload.Length,
        TraceRecord.Radius r => r.Octets.Length,
        TraceRecord.Event e => e.Text.Length * sizeof(char),
        _ => 0,
    };

    private void Say(string? session, TraceLayer layer, string text) =>
        Write(new TraceRecord.Event(++_number, _clock.UtcNow, session, layer, text));

    private void Write(TraceRecord record)
    {
        if (!_pace.TryTake(_clock.Now, out _pace) || !_records.Writer.TryWrite(_lost == 0 ? record : record with { LostBefore = _lost }))
        {
            _lost++;
            _dropped.Add();
        }
        else _lost = 0;
    }
}
