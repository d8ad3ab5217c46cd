using System.Collections.Immutable;
using System.Net.Sockets;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// CoA and Disconnect (RFC 5176): finds the sessions that a request means, orders their end or change, and answers when that is done. Each decision is in
/// <see cref="DynamicAuthorization"/>, what is a repetition in <see cref="ReplayGuard"/>.
/// </summary>
/// <remarks>
/// With an Acct-Session-Id the session is looked up, else all calls are searched: that holds up other requests, and nobody else, for some ten milliseconds with 100,000 calls.
/// </remarks>
internal sealed class DynamicAuthorizationActor : UntypedActor
{
    /// <summary>From the order to the NAK.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Requests that wait for sessions to end or change; one more is refused.</summary>
    private const int MostUnderWay = 1000;
    private const int MostText = 200;

    private sealed class Pending(DynamicAuthorizationArrived arrived, ReplayGuard.Key key, DynamicAuthorizationRequest request, List<CallEntry> found)
    {
        public DynamicAuthorizationArrived Arrived { get; } = arrived;
        public ReplayGuard.Key Key { get; } = key;
        public DynamicAuthorizationRequest Request { get; } = request;

        /// <summary>What fits it; of a Disconnect until the order is given.</summary>
        public List<CallEntry> Found { get; } = found;

        /// <summary>Whose end would be news.</summary>
        public List<IActorRef> Watched { get; } = [];
        public DynamicAuthorizationState State = DynamicAuthorizationState.Fresh.Instance;
    }

    private readonly LnsNodeContext _node;
    private readonly DynamicAuthorizationSocket _socket;
    private readonly DynamicAuthorizationCounters _counters;
    private readonly NasIdentity _identity;
    private readonly ReplayGuard _guard;
    private readonly Dictionary<long, Pending> _pending = [];
    private readonly Dictionary<IActorRef, List<long>> _watched = [];
    private readonly Queue<(Instant At, long Number)> _deadlines = new();
    private readonly byte[] _answer = new byte[RadiusPacketView.MaxLength];
    private long _last;
    private DeadlineTimer _timer;

    public DynamicAuthorizationActor(LnsNodeContext node, DynamicAuthorizationSocket socket)
    {
        (_node, _socket, _counters) = (node, socket, node.Counters.DynamicAuthorization);
        var (settings, group) = (node.Settings.Radius.DynamicAuthorization, node.Settings.Group);
        // where no address is given it is one by which servers can know the node
        var known = node.Settings.Radius.Servers.Select(static s => s.Source).Append(settings.Listen.Address)
            .Where(static a => a is { AddressFamily: AddressFamily.InterNetwork } && !a.Equals(System.Net.IPAddress.Any)).Select(static a => Ipv4Address.Parse($"{a}"));
        _identity = new NasIdentity(group.NasIdentifier, group.NasIpAddress is { } own ? [own] : [.. known.Distinct()]);
        _guard = new ReplayGuard(settings.ReplayWindow, settings.RequireEventTimestamp, settings.Remember);
    }

    protected override void PreStart()
    {
        _socket.Begin(Self);
        _node.Log.DynamicAuthorizationListens($"{_socket.EndPoint}", _node.Settings.Radius.DynamicAuthorization.Clients.Length);
    }

    protected override void PostStop()
    {
        _timer.Stop();
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
        if (!RadiusPacketView.TryRead(arrived.Octets, out var packet, out _)) return; // it was read before
        var request = DynamicAuthorizationRequest.Read(packet, _identity);
        switch (_guard.Check(DynamicAuthorizationSocket.SourceOf(arrived.From), packet.Authenticator, request.EventTimestamp, _node.Clock.UtcNow, _node.Clock.Now, out var key, out var cause))
        {
            case ReplayVerdict.New:
                var found = Find(request);
                _pending.Add(++_last, new Pending(arrived, key, request, found));
                Step(_last, new DynamicAuthorizationEvent.Arrived(request, found.Count, _pending.Count <= MostUnderWay));
                break;
            case ReplayVerdict.AnswerAgain:
                _counters.CountAnsweredAgain();
                Send(arrived, cause);
                break;
            case ReplayVerdict.Full: Answer(arrived, request, ErrorCause.ResourcesUnavailable, "as many requests are remembered as may be"); break;
            case ReplayVerdict.UnderWay: _counters.CountDropped(DynamicAuthorizationDrop.UnderWay); break;
            case ReplayVerdict.Stale: Drop(arrived, DynamicAuthorizationDrop.Stale); break;
            case ReplayVerdict.NoTimestamp: Drop(arrived, DynamicAuthorizationDrop.NoTimestamp); break;
            case ReplayVerdict.Replayed: Drop(arrived, DynamicAuthorizationDrop.Replayed); break;
        }
    }

    private void Drop(DynamicAuthorizationArrived arrived, DynamicAuthorizationDrop why)
    {
        _counters.CountDropped(why);
        _socket.Complain(arrived.Client, arrived.From, why.ToString());
    }

    /// <summary>Of a CoA those that are on, and no more than two; of a Disconnect all that are not gone.</summary>
    private List<CallEntry> Find(DynamicAuthorizationRequest request)
    {
        List<CallEntry> found = [];
        var wanted = request.Session;
        if (request.Refusal is not null || wanted.IsContradictory) return found;
        if (wanted.OnlyId is { } id)
        {
            if (_node.Calls.Find(id) is { } call) Take(call);
            return found;
        }
        int? userHash = wanted.UserName is { } user && !_node.Settings.StripsNames ? string.GetHashCode(user, StringComparison.Ordinal) : null;
        foreach (var call in _node.Calls.All)
        {
            if (!call.MayBe(wanted, userHash)) continue;
            Take(call);
            if (!request.IsDisconnect && found.Count > 1) break;
        }
        return found;

        void Take(CallEntry call)
        {
            if ((request.IsDisconnect ? call.Phase != CallPhase.Closing : call.Phase == CallPhase.Up) && wanted.Matches(call.ToIdentity(_node.Settings, wanted.UserName))) found.Add(call);
        }
    }

    private void Step(long number, DynamicAuthorizationEvent ev)
    {
        if (!_pending.TryGetValue(number, out var pending)) return;
        var now = _node.Clock.Now;
        var (next, effects) = DynamicAuthorization.On(pending.State, ev, now, Patience);
        var hasDeadline = pending.State is DynamicAuthorizationState.Waiting;
        pending.State = next;
        if (!hasDeadline && DynamicAuthorization.NextDeadline(next) is { } due)
        {
            _deadlines.Enqueue((due, number));
            _timer.Rearm(Context, _deadlines.Peek().At, now);
        }
        foreach (var effect in effects) Run(number, pending, effect);
    }

    private void Run(long number, Pending pending, DynamicAuthorizationEffect effect)
    {
        switch (effect)
        {
            case DynamicAuthorizationEffect.DisconnectAll: DisconnectAll(number, pending); break;
            case DynamicAuthorizationEffect.Change change: Change(number, pending, change.What); break;
            case DynamicAuthorizationEffect.Answer answer:
                _pending.Remove(number);
                foreach (var actor in pending.Watched) Unwatch(actor, number);
                _guard.Settle(pending.Key, answer.Cause);
                if (answer.Cause is null && !pending.Request.IsDisconnect)
                {
                    var (arrived, call) = (pending.Arrived, pending.Found[0]);
                    _node.Log.SessionChanged(arrived.Client.Name, arrived.From.ToString(), call.Id, call.User, pending.Request.Change.ToString());
                }
                Answer(pending.Arrived, pending.Request, answer.Cause, answer.Detail);
                break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    /// <summary>Whoever is on has gone when its bundle has, with its last counters and its Stop; who is in set-up, with the order.</summary>
    private void DisconnectAll(long number, Pending pending)
    {
        var (client, from, text) = (pending.Arrived.Client.Name, pending.Arrived.From, Cut(pending.Request.Message));
        var why = new EndReason(EndParty.Radius, EndLayer.Bundle, EndCause.AdministrativeReset, $"Disconnect-Request of {client} ({from.Address}){(text.Length > 0 ? $": {text}" : "")}");
        ImmutableArray<CallEntry> calls = [.. pending.Found];
        pending.Found.Clear();
        _counters.CountSessionsEnded(calls.Length);
        _node.Log.DisconnectOrdered(client, from.ToString(), calls.Length, calls[0].Id, calls[0].User, text);
        var gone = 0;
        foreach (var call in calls)
        {
            if (call is { Phase: CallPhase.Up, Bundle: { } bundle }) Watch(bundle, number, pending);
            else gone++;
            LnsNode.Drop(call, why);
        }
        for (; gone > 0; gone--) Step(number, DynamicAuthorizationEvent.Gone.Instance);
    }

    private void Change(long number, Pending pending, SessionChange what)
    {
        var call = pending.Found[0];
        if (call.Bundle is not { } bundle)
        {
            Step(number, DynamicAuthorizationEvent.Gone.Instance);
            return;
        }
        Watch(bundle, number, pending);
        bundle.Tell(new ChangeSubscriber(number, what));
    }

    private void Watch(IActorRef actor, long number, Pending pending)
    {
        pending.Watched.Add(actor);
        if (_watched.TryGetValue(actor, out var numbers))
        {
            numbers.Add(number);
            return;
        }
        _watched.Add(actor, [number]);
        Context.Watch(actor);
    }

    private void Unwatch(IActorRef actor, long number)
    {
        if (!_watched.TryGetValue(actor, out var numbers)) return; // it has gone
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
        var now = _node.Clock.Now;
        while (_deadlines.TryPeek(out var first) && (first.At <= now || !_pending.ContainsKey(first.Number)))
        {
            _deadlines.Dequeue();
            Step(first.Number, DynamicAuthorizationEvent.Tick.Instance);
        }
        _timer.Rearm(Context, _deadlines.TryPeek(out var next) ? next.At : null, now);
    }

    private void Answer(DynamicAuthorizationArrived arrived, DynamicAuthorizationRequest request, ErrorCause? cause, string detail)
    {
        _counters.CountAnswer(request.IsDisconnect, cause);
        if (cause is { } why)
            _node.Log.DynamicAuthorizationRefused(request.IsDisconnect ? "Disconnect-Request" : "CoA-Request", arrived.Client.Name, arrived.From.ToString(), why.Name(), detail);
        Send(arrived, cause);
    }

    private void Send(DynamicAuthorizationArrived arrived, ErrorCause? cause)
    {
        if (!RadiusPacketView.TryRead(arrived.Octets, out var packet, out _)) return; // it was read before
        var length = DynamicAuthorizationRequest.WriteAnswer(_answer, packet, cause, arrived.Client.Secret);
        if (length == 0 || !_socket.Send(_answer.AsSpan(0, length), arrived.From)) Drop(arrived, DynamicAuthorizationDrop.NotSent);
    }

    private static string Cut(string text) => text.Length <= MostText ? text : text[..MostText];
}
