using System.Net.Sockets;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// Shell of <see cref="RadiusExchange"/>: one request at a time, from its first packet to its answer or until it is given up. One of a
/// fixed number.
/// </summary>
/// <remarks>Restarted when it fails; its request then fails with a reason.</remarks>
internal sealed class RadiusWorker(
    RadiusServers servers, LiveSettings live, NodeClock clock, ILogger log, NodeCounters counters, Traces traces) : UntypedActor
{
    private readonly byte[] _packet = new byte[RadiusPacketView.MaxLength];
    private readonly List<(RadiusTicket Ticket, int Server)> _tickets = []; // the last one belongs to the current server
    private int _length;
    private Assignment? _work;
    private bool _isAnswered; // the sender of the request has its answer, only the end of the exchange is left
    private bool? _accepted;  // verdict of the server about a login
    private ExchangeState _state = ExchangeState.Idle.Instance;
    private DeadlineTimer _timer;

    protected override void PreStart() => Context.Parent.Tell(WorkerIdle.Instance);

    /// <summary>Sends one <see cref="WorkerIdle"/> for each assignment, also after a failure. Two would start two requests.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        log.Failed(reason, "radius worker", Self.Path.Name);
        if (_work is { Work: var work })
        {
            if (!_isAnswered) work.Failed(RequestFailure.WorkerFailed(reason.Message)); // the request may be the reason
            Context.Parent.Tell(WorkerIdle.Instance);
        }
        CleanUp();
    }

    protected override void PostRestart(Exception reason) { }

    protected override void PostStop() => CleanUp();

    private void CleanUp()
    {
        _timer.Stop(Context); // the restarted worker has a timer of its own
        ReturnTickets();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Assignment assignment: Begin(assignment); break;
            case RadiusArrived arrived: OnArrived(arrived); break;
            case RadiusUnreachable gone when ServerOf(gone.Ticket) is { } server: Step(new ExchangeEvent.Unreachable(server)); break;
            case RadiusUnreachable: break; // the exchange has ended
            case DeadlineReached due: if (_timer.Fired(due)) Step(ExchangeEvent.Tick.Instance); break;
            default: Unhandled(message); break;
        }
    }

    private void Begin(Assignment assignment)
    {
        (_work, _isAnswered, _accepted) = (assignment, false, null);
        _state = ExchangeState.Idle.Instance;
        // a retransmission has the same octets (RFC 2865 section 2.5); in accounting Acct-Delay-Time makes each attempt another packet
        var isFresh = assignment.Work.Code == RadiusCode.AccountingRequest;
        Step(new ExchangeEvent.Begin(assignment.Order, assignment.Work.Deadline, isFresh));
    }

    private void Step(ExchangeEvent ev)
    {
        if (_work is not { } work) return;
        var now = clock.Now;
        var (next, effects) = RadiusExchange.On(_state, ev, now);
        _state = next;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case ExchangeEffect.Send s: Send(work, s); break;
                case ExchangeEffect.ServerAnswered a:
                    Report(work, a.Server, new ServerHealthEvent.Answered(a.RoundTrip, IsRejection: _accepted == false));
                    break;
                case ExchangeEffect.ServerTimedOut t: Report(work, t.Server, ServerHealthEvent.TimedOut.Instance); break;
                case ExchangeEffect.Completed c: Complete(work, c.Result); break;
                default: throw new InvalidOperationException($"no shell for {effect}");
            }
        }
        _timer.Rearm(Context, RadiusExchange.NextDeadline(_state), now);
    }

    private static void Report(Assignment work, int server, ServerHealthEvent what) =>
        Context.Parent.Tell(new ServerSeen(work.Servers[server].Id, what));

    private void Send(Assignment work, ExchangeEffect.Send send)
    {
        var server = work.Servers[send.Server];
        var isFirst = send.Attempt == 1 && send.Server == work.Order[0].Index; // the router has taken the token, and counted it
        if (!isFirst)
        {
            if (!servers.TryTakeToken(server.Id, clock.Now, out var nextToken))
            {
                Step(new ExchangeEvent.Postponed(send.Server, nextToken));
                return;
            }
            if (send.Attempt == 1) Report(work, send.Server, ServerHealthEvent.Asked.Instance);
            else Context.Parent.Tell(new ServerAskedAgain(server.Id));
        }
        // without a ticket: the previous attempt got no socket
        if (send.NewPacket || _tickets.Count == 0 || _tickets[^1].Server != send.Server)
        {
            if (!TryWrite(work, send.Server)) return;
        }
        var socket = _tickets[^1].Ticket.Socket;
        var packet = _packet.AsSpan(0, _length);
        socket.Send(packet);
        traces.On?.Radius(work.Work.AcctSessionId, server.DisplayName, socket.Ours, socket.Theirs, isSent: true, packet);
    }

    /// <summary>Takes an identifier and writes the packet with it. False: there is nothing to send.</summary>
    private bool TryWrite(Assignment work, int index)
    {
        var (server, request) = (work.Servers[index], work.Work);
        var sockets = servers.SocketsOf(server.Id);
        RadiusTicket ticket;
        try
        {
            ticket = sockets.Take(request.Code, Self);
        }
        catch (SocketException e)
        {
            log.RadiusServerState(server.DisplayName, $"socket not opened: {e.Message}");
            return false; // after its timeout the exchange continues with the next attempt or server
        }
        _tickets.Add((ticket, index));
        var withoutRealm = live.Current.RealmOf(request.UserName) is { Strip: true };
        _length = request.Write(_packet, ticket.Identifier, sockets.Secret, withoutRealm, clock.UtcNow);
        if (_length == 0)
        {
            request.Failed(RequestFailure.TooLong);
            _isAnswered = true;
            Step(ExchangeEvent.Cancel.Instance);
            return false;
        }
        const int authenticator = RadiusPacketView.HeaderLength - RadiusPacketView.AuthenticatorLength;
        _packet.AsSpan(authenticator, RadiusPacketView.AuthenticatorLength).CopyTo(ticket.Authenticator);
        return true;
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
            counters.CountRadiusLate(); // the exchange is over
            return;
        }
        if (!RadiusPacketView.TryRead(arrived.Octets, out var packet, out _)) return;
        var socket = arrived.Ticket.Socket;
        var name = work.Servers[server].DisplayName;
        traces.On?.Radius(work.Work.AcctSessionId, name, socket.Ours, socket.Theirs, isSent: false, arrived.Octets);
        work.Work.Answered(packet);
        _isAnswered = true;
        if (packet.Code != RadiusCode.AccountingResponse) _accepted = packet.Code == RadiusCode.AccessAccept;
        Step(new ExchangeEvent.Answered(server, packet.Code));
    }

    private void Complete(Assignment work, ExchangeResult result)
    {
        switch (result)
        {
            case ExchangeResult.Answered or ExchangeResult.Cancelled: break; // the sender of the request has its answer
            case ExchangeResult.TimedOut t: work.Work.Failed(RequestFailure.TimedOut(work.Servers[t.LastServer].DisplayName)); break;
            case ExchangeResult.NoServer: work.Work.Failed(RequestFailure.NoServer); break;
            case ExchangeResult.Expired: work.Work.Failed(RequestFailure.Expired); break;
        }
        _work = null;
        ReturnTickets();
        Context.Parent.Tell(WorkerIdle.After(_accepted));
    }

    private void ReturnTickets()
    {
        foreach (var (ticket, _) in _tickets) ticket.Return();
        _tickets.Clear();
    }
}
