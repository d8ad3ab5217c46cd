using System.Net.Sockets;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// One of the fixed number of workers: one request at a time, from the first packet to an answer or to giving up; when and to whom, is decided by
/// <see cref="RadiusExchange"/>. Restarted when it fails; its request then fails with a reason.
/// </summary>
internal sealed class RadiusWorker(LnsNodeContext node) : UntypedActor
{
    private readonly byte[] _packet = new byte[RadiusPacketView.MaxLength];
    private readonly List<(RadiusTicket Ticket, int Server)> _tickets = [];
    private int _length;
    private Assignment? _work;
    private bool _isAnswered; // whoever asked has heard, what is left is the exchange's own end
    private ExchangeState _state = ExchangeState.Idle.Instance;
    private DeadlineTimer _timer;

    protected override void PreStart() => Context.Parent.Tell(WorkerIdle.Instance);

    /// <summary>One <see cref="WorkerIdle"/> per assignment, whatever happens: two would bring two requests at a time.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        node.Log.Failed(reason, "radius worker", Self.Path.Name);
        if (_work is { } work)
        {
            if (!_isAnswered) work.Work.Failed(RequestFailure.WorkerFailed(reason.Message)); // perhaps by what it was to ask
            Context.Parent.Tell(WorkerIdle.Instance);
        }
        LetGo();
    }

    protected override void PostRestart(Exception reason) { }

    protected override void PostStop() => LetGo();

    private void LetGo()
    {
        _timer.Stop(); // who comes after has a timer of his own
        ReturnTickets();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Assignment assignment: Begin(assignment); break;
            case RadiusArrived arrived: OnArrived(arrived); break;
            case RadiusUnreachable gone when ServerOf(gone.Ticket) is { } server: Step(new ExchangeEvent.Unreachable(server)); break;
            case RadiusUnreachable: break; // of an exchange that is over
            case DeadlineReached due: if (_timer.Fired(due)) Step(ExchangeEvent.Tick.Instance); break;
            default: Unhandled(message); break;
        }
    }

    private void Begin(Assignment assignment)
    {
        (_work, _isAnswered) = (assignment, false);
        _state = ExchangeState.Idle.Instance;
        // what RADIUS calls the same request must have the same octets; accounting says how late it is, so each attempt is another
        Step(new ExchangeEvent.Begin(assignment.Order, assignment.Work.Deadline, FreshEachAttempt: assignment.Work.Code == RadiusCode.AccountingRequest));
    }

    private void Step(ExchangeEvent ev)
    {
        if (_work is not { } work) return;
        var now = node.Clock.Now;
        var (next, effects) = RadiusExchange.On(_state, ev, now);
        _state = next;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case ExchangeEffect.Send s: Send(work, s); break;
                case ExchangeEffect.ServerAnswered a:
                    Context.Parent.Tell(new ServerSeen(work.Group, a.Server, new ServerHealthEvent.Answered(a.RoundTrip)));
                    break;
                case ExchangeEffect.ServerTimedOut t: Context.Parent.Tell(new ServerSeen(work.Group, t.Server, ServerHealthEvent.TimedOut.Instance)); break;
                case ExchangeEffect.Completed c: Complete(work, c.Result); break;
            }
        }
        _timer.Rearm(Context, RadiusExchange.NextDeadline(_state), now);
    }

    private void Send(Assignment work, ExchangeEffect.Send send)
    {
        var target = work.Group.Targets[send.Server].Latest;
        var first = send.Attempt == 1 && send.Server == work.Order[0].Index; // for it the router has taken the token, and knows
        if (!first)
        {
            if (target.Pace is { } pace && !pace.TryTake(node.Clock.Now))
            {
                Step(new ExchangeEvent.Postponed(send.Server, pace.NextAt));
                return;
            }
            if (send.Attempt == 1) Context.Parent.Tell(new ServerSeen(work.Group, send.Server, ServerHealthEvent.Asked.Instance));
            else Context.Parent.Tell(new ServerAskedAgain(work.Group, send.Server));
        }
        RadiusTicket ticket;
        if (send.NewPacket || _tickets.Count == 0 || _tickets[^1].Server != send.Server) // the last: this server had no socket before
        {
            try
            {
                ticket = target.Take(work.Work.Code, Self);
            }
            catch (SocketException e)
            {
                node.Log.RadiusServerState(target.Name, $"no socket: {e.Message}");
                return; // the exchange's clock goes on, to the next attempt or server
            }
            _tickets.Add((ticket, send.Server));
            _length = work.Work.Write(_packet, ticket.Identifier, target.Secret, node.Settings.RealmOf(work.Work.UserName) is { Strip: true }, node.Clock.UtcNow);
            if (_length == 0)
            {
                work.Work.Failed(RequestFailure.TooLong);
                _isAnswered = true;
                Step(ExchangeEvent.Cancel.Instance);
                return;
            }
            _packet.AsSpan(4, RadiusPacketView.AuthenticatorLength).CopyTo(ticket.Authenticator);
        }
        else
        {
            ticket = _tickets[^1].Ticket;
        }
        ticket.Socket.Send(_packet.AsSpan(0, _length));
        node.Traces.On?.Radius(work.Work.AcctSessionId, target.Name, ticket.Socket, isSent: true, _packet.AsSpan(0, _length));
    }

    private int? ServerOf(RadiusTicket ticket)
    {
        foreach (var (mine, server) in _tickets)
            if (ReferenceEquals(mine, ticket)) return server;
        return null;
    }

    private void OnArrived(RadiusArrived arrived)
    {
        arrived.Ticket.Read();
        if (_work is not { } work || ServerOf(arrived.Ticket) is not { } server)
        {
            node.Counters.CountRadiusLate(); // the exchange is over
            return;
        }
        if (!RadiusPacketView.TryRead(arrived.Octets, out var packet, out _)) return;
        node.Traces.On?.Radius(work.Work.AcctSessionId, work.Group.Targets[server].Name, arrived.Ticket.Socket, isSent: false, arrived.Octets);
        work.Work.Answered(packet);
        _isAnswered = true;
        Step(new ExchangeEvent.Answered(server, packet.Code));
    }

    private void Complete(Assignment work, ExchangeResult result)
    {
        switch (result)
        {
            case ExchangeResult.Answered or ExchangeResult.Cancelled: break; // said where it came
            case ExchangeResult.TimedOut t: work.Work.Failed(RequestFailure.TimedOut(work.Group.Targets[t.LastServer].Name)); break;
            case ExchangeResult.NoServer: work.Work.Failed(RequestFailure.NoServer); break;
            case ExchangeResult.Expired: work.Work.Failed(RequestFailure.Expired); break;
        }
        _work = null;
        ReturnTickets();
        Context.Parent.Tell(WorkerIdle.Instance);
    }

    private void ReturnTickets()
    {
        foreach (var (ticket, _) in _tickets) ticket.Return();
        _tickets.Clear();
    }
}
