using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// Shell of <see cref="DynamicAuthorization"/>: CoA and Disconnect (RFC 5176). It finds the sessions of a request, orders their end or
/// change, and sends the answer.
/// </summary>
/// <remarks>
/// A session with an Acct-Session-Id is looked up. Without one all calls are searched, which delays other requests by some ten milliseconds
/// with 100,000 calls, and delays nothing else.
/// </remarks>
internal sealed class DynamicAuthorizationActor : UntypedActor
{
    private sealed class Pending(long number, DynamicAuthorizationArrived arrived, ReplayGuard.Key key, DynamicAuthorizationRequest request)
    {
        public long Number { get; } = number;
        public DynamicAuthorizationArrived Arrived { get; } = arrived;
        public ReplayGuard.Key Key { get; } = key;
        public DynamicAuthorizationRequest Request { get; } = request;

        /// <summary>Sessions of the request. Those of a Disconnect-Request are kept until they get the order to end.</summary>
        public List<CallEntry> Found { get; } = [];

        /// <summary>Bundles whose end is awaited.</summary>
        public List<IActorRef> Watched { get; } = [];
        public DynamicAuthorizationState State = DynamicAuthorizationState.Fresh.Instance;
    }

    private readonly DynamicAuthorizationSocket _socket;
    private readonly LiveSettings _live;
    private readonly CallTable _calls;
    private readonly DynamicAuthorizationCounters _counters;
    private readonly NodeClock _clock;
    private readonly ILogger _log;
    private readonly Action<CallEntry, EndReason> _end;
    private static readonly TimeSpan SourcesFor = TimeSpan.FromSeconds(10);
    private IPAddress[] _sources = []; // of the RADIUS packets of this node
    private Instant _sourcesUntil;
    private readonly ReplayGuard _guard;
    private readonly Dictionary<long, Pending> _pending = []; // requests that wait for sessions
    private readonly Dictionary<IActorRef, List<long>> _watched = [];
    private readonly Queue<(Instant At, long Number)> _deadlines = new();
    private readonly byte[] _answer = new byte[RadiusPacketView.MaxLength];
    private long _last;
    private DeadlineTimer _timer;

    /// <param name="socket">Belongs to this actor from now on.</param>
    /// <param name="end">Ends a call.</param>
    public DynamicAuthorizationActor(DynamicAuthorizationSocket socket, LiveSettings live, CallTable calls,
        DynamicAuthorizationCounters counters, NodeClock clock, ILogger log, Action<CallEntry, EndReason> end)
    {
        (_socket, _live, _calls, _counters, _clock, _log, _end) = (socket, live, calls, counters, clock, log, end);
        var now = live.Current;
        var own = now.Radius.DynamicAuthorization;
        ReadSources(now);
        _guard = new ReplayGuard(own.ReplayWindow, own.RequireEventTimestamp, own.Remember);
    }

    /// <summary>
    /// NAS-Identifier and all addresses by which a server knows the node: the configured one, those that its RADIUS packets leave from, and
    /// the destination of the request (RFC 5176 section 3).
    /// </summary>
    private NasIdentity IdentityFor(IPAddress to, LnsSettings settings)
    {
        if (_clock.Now >= _sourcesUntil) ReadSources(settings);
        var known = _sources.Append(to).Select(static a => a.IsIPv4MappedToIPv6 ? a.MapToIPv4() : a)
            .Where(static a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any)).Distinct().ToArray();
        var v4 = known.Where(static a => a.AddressFamily == AddressFamily.InterNetwork).Select(static a => Ipv4Address.Parse($"{a}"));
        if (settings.Group.NasIpAddress is { } own) v4 = v4.Append(own);
        return new NasIdentity(settings.Group.NasIdentifier, [.. v4])
        {
            Ipv6Addresses = [.. known.Where(static a => a.AddressFamily == AddressFamily.InterNetworkV6)
                .Select(static a => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(a.GetAddressBytes()))],
        };
    }

    private void ReadSources(LnsSettings settings)
    {
        _sources = [.. settings.Radius.Servers.SelectMany(SourcesOf)
            .Append(settings.Radius.DynamicAuthorization.Listen.Address).Distinct()];
        _sourcesUntil = _clock.Now + SourcesFor;
    }

    /// <summary>Address that packets to a server leave from: the configured one, or the one that the system chooses now.</summary>
    private static IEnumerable<IPAddress> SourcesOf(RadiusServerSettings server)
    {
        if (server.Source is { } source) return [source];
        try
        {
            using var probe = new Socket(server.Authentication.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(server.Authentication); // sends nothing
            return [((IPEndPoint)probe.LocalEndPoint!).Address];
        }
        catch (SocketException)
        {
            return []; // there is no route to it now
        }
    }

    protected override void PreStart()
    {
        _socket.Begin(Self);
        _log.DynamicAuthorizationListens($"{_socket.EndPoint}", _live.Current.Radius.DynamicAuthorization.Clients.Length);
    }

    protected override void PostStop()
    {
        _timer.Stop(Context);
        _socket.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DynamicAuthorizationArrived arrived:
                _socket.Read();
                OnArrived(arrived);
                break;
            case SubscriberChanged changed: Step(changed.Request, DynamicAuthorizationEvent.Changed.Instance); break;
            case Terminated gone: OnGone(gone.ActorRef); break;
            case DeadlineReached due: if (_timer.Fired(due)) OnTick(); break;
            default: Unhandled(message); break;
        }
    }

    private void OnArrived(DynamicAuthorizationArrived arrived)
    {
        if (!RadiusPacketView.TryRead(arrived.Octets, out var packet, out _)) return; // the socket has read it before
        var settings = _live.Current;
        var request = DynamicAuthorizationRequest.Read(packet, IdentityFor(arrived.To, settings),
            settings.Radius.DynamicAuthorization.RaiseInterimInterval);
        _counters.CountEmptyAttributes(request.EmptyAttributes);
        var source = DynamicAuthorizationSocket.SourceOf(arrived.From);
        var verdict = _guard.Check(
            source, packet.Authenticator, request.EventTimestamp, _clock.UtcNow, _clock.Now, out var key, out var cause);
        Step(new Pending(++_last, arrived, key, request), new DynamicAuthorizationEvent.Arrived(request, verdict, cause));
    }

    private void Step(long number, DynamicAuthorizationEvent ev)
    {
        if (_pending.TryGetValue(number, out var pending)) Step(pending, ev);
    }

    private void Step(Pending pending, DynamicAuthorizationEvent ev)
    {
        var now = _clock.Now;
        var before = pending.State;
        var (next, effects) = DynamicAuthorization.On(before, ev, now, DynamicAuthorizationPolicy.Default);
        pending.State = next;
        if (before is not DynamicAuthorizationState.Waiting && DynamicAuthorization.NextDeadline(next) is { } due)
        {
            _pending.Add(pending.Number, pending);
            _deadlines.Enqueue((due, pending.Number));
            _timer.Rearm(Context, _deadlines.Peek().At, now);
        }
        else if (next is DynamicAuthorizationState.Over && _pending.Remove(pending.Number))
        {
            foreach (var actor in pending.Watched) Unwatch(actor, pending.Number);
        }
        foreach (var effect in effects) Run(pending, effect);
    }

    private void Run(Pending pending, DynamicAuthorizationEffect effect)
    {
        switch (effect)
        {
            case DynamicAuthorizationEffect.Find f:
                Find(f.Search, pending.Found);
                Step(pending, new DynamicAuthorizationEvent.Found(pending.Found.Count, _pending.Count));
                break;
            case DynamicAuthorizationEffect.DisconnectAll: DisconnectAll(pending); break;
            case DynamicAuthorizationEffect.Change c: Change(pending, c.What); break;
            case DynamicAuthorizationEffect.Answer a: Answer(pending, a.Cause, a.Detail); break;
            case DynamicAuthorizationEffect.AnswerAgain a:
                _counters.CountAnsweredAgain();
                Send(pending.Arrived, a.Cause);
                break;
            case DynamicAuthorizationEffect.Drop d: Drop(pending.Arrived, d.Why); break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    private void Find(SessionSearch search, List<CallEntry> found)
    {
        var (wanted, settings) = (search.Selector, _live.Current);
        if (wanted.OnlyId is { } id)
        {
            if (_calls.Find(id) is { } call && IsMeant(call)) found.Add(call);
            return;
        }
        int? userHash = wanted.UserName is { } user && !settings.StripsNames ? string.GetHashCode(user, StringComparison.Ordinal) : null;
        foreach (var call in _calls.All)
        {
            if (!call.MayBe(wanted, userHash) || !IsMeant(call)) continue;
            found.Add(call);
            if (found.Count == search.Max) return;
        }

        bool IsMeant(CallEntry call) => search.Takes(call.Phase == CallPhase.Up, call.Phase == CallPhase.Closing)
            && wanted.Matches(call.ToIdentity(settings, wanted.UserName));
    }

    /// <summary>
    /// A session that is up has ended when its bundle has stopped, with its last counters and its Stop; a session in set-up, with the
    /// order.
    /// </summary>
    private void DisconnectAll(Pending pending)
    {
        var (client, from) = (pending.Arrived.Client.Name, pending.Arrived.From);
        var why = pending.Request.EndReasonOf(client, from.Address.ToString());
        ImmutableArray<CallEntry> calls = [.. pending.Found];
        pending.Found.Clear();
        _counters.CountSessionsEnded(calls.Length);
        _log.DisconnectOrdered(client, from.ToString(), calls.Length, calls[0].Id, calls[0].User, pending.Request.ShortMessage);
        var gone = 0;
        foreach (var call in calls)
        {
            if (call is { Phase: CallPhase.Up, Bundle: { } bundle }) Watch(bundle, pending);
            else gone++;
            _end(call, why);
        }
        for (; gone > 0; gone--) Step(pending, DynamicAuthorizationEvent.Gone.Instance);
    }

    private void Change(Pending pending, SessionChange what)
    {
        if (pending.Found[0].Bundle is not { } bundle)
        {
            Step(pending, DynamicAuthorizationEvent.Gone.Instance);
            return;
        }
        Watch(bundle, pending);
        bundle.Tell(new ChangeSubscriber(pending.Number, what));
    }

    private void Watch(IActorRef actor, Pending pending)
    {
        pending.Watched.Add(actor);
        if (_watched.TryGetValue(actor, out var numbers))
        {
            numbers.Add(pending.Number);
            return;
        }
        _watched.Add(actor, [pending.Number]);
        Context.Watch(actor);
    }

    private void Unwatch(IActorRef actor, long number)
    {
        if (!_watched.TryGetValue(actor, out var numbers)) return; // it has stopped
        numbers.Remove(number);
        if (numbers.Count > 0) return;
        _watched.Remove(actor);
        Context.Unwatch(actor);
    }

    private void OnGone(IActorRef actor)
    {
        if (!_watched.Remove(actor, out var numbers)) return;
        foreach (var number in numbers) Step(number, DynamicAuthorizationEvent.Gone.Instance);
    }

    private void OnTick()
    {
        var now = _clock.Now;
        while (_deadlines.TryPeek(out var first) && (first.At <= now || !_pending.ContainsKey(first.Number)))
        {
            _deadlines.Dequeue();
            Step(first.Number, DynamicAuthorizationEvent.Tick.Instance);
        }
        _timer.Rearm(Context, _deadlines.TryPeek(out var next) ? next.At : null, now);
    }

    private void Answer(Pending pending, ErrorCause? cause, string detail)
    {
        var (arrived, request) = (pending.Arrived, pending.Request);
        var (client, from) = (arrived.Client.Name, arrived.From.ToString());
        _guard.Settle(pending.Key, cause);
        _counters.CountAnswer(request.IsDisconnect, cause);
        if (cause is { } why)
            _log.DynamicAuthorizationRefused(request.IsDisconnect ? "Disconnect-Request" : "CoA-Request", client, from, why.Name(), detail);
        else if (!request.IsDisconnect)
            _log.SessionChanged(client, from, pending.Found[0].Id, pending.Found[0].User, request.Change.ToString());
        Send(arrived, cause);
    }

    private void Send(DynamicAuthorizationArrived arrived, ErrorCause? cause)
    {
        if (!RadiusPacketView.TryRead(arrived.Octets, out var packet, out _)) return; // the socket has read it before
        var length = DynamicAuthorizationRequest.WriteAnswer(_answer, packet, cause, arrived.Client.Secret);
        if (length == 0 || !_socket.Send(_answer.AsSpan(0, length), arrived.From, arrived.To))
            Drop(arrived, DynamicAuthorizationDrop.NotSent);
    }

    private void Drop(DynamicAuthorizationArrived arrived, DynamicAuthorizationDrop why)
    {
        _counters.CountDropped(why);
        // the first request gets the answer
        if (why != DynamicAuthorizationDrop.UnderWay) _socket.LogDropped(arrived.Client, arrived.From, why.ToString());
    }
}
