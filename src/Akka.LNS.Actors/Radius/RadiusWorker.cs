using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// One of the fixed number of workers: one request at a time, from the first packet to an answer or to giving up; when and to whom, is decided by
/// <see cref="RadiusExchange"/>. Restarted when it fails; its request then fails with a reason.
/// </summary>
internal sealed class RadiusWorker(LnsNodeContext node) : UntypedActor
{
    public const string NoServer = "no RADIUS server is alive", Expired = "waited too long for a RADIUS worker";

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
            if (!_isAnswered) Fail(work.Work, $"worker failed: {reason.Message}", wasAsked: true); // perhaps by what it was to ask
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
        Step(new ExchangeEvent.Begin(assignment.Order, assignment.Work.Deadline, FreshEachAttempt: assignment.Work is AccountingAsked));
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
                ticket = target.Take(work.Work is LoginAsked ? RadiusCode.AccessRequest : RadiusCode.AccountingRequest, Self);
            }
            catch (SocketException e)
            {
                node.Log.RadiusServerState(target.Name, $"no socket: {e.Message}");
                return; // the exchange's clock goes on, to the next attempt or server
            }
            _tickets.Add((ticket, send.Server));
            _length = Write(work.Work, ticket, target.Secret);
            if (_length == 0)
            {
                Answer(work.Work, "the request does not fit a RADIUS packet", isUnsendable: true);
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
        node.Traces.On?.Radius(SessionOf(work.Work), target.Name, ticket.Socket, isSent: true, _packet.AsSpan(0, _length));
    }

    private int Write(RadiusWork work, RadiusTicket ticket, byte[] secret)
    {
        switch (work)
        {
            case LoginAsked login:
                Span<byte> authenticator = stackalloc byte[RadiusPacketView.AuthenticatorLength];
                RandomNumberGenerator.Fill(authenticator);
                return AccessRequest.Write(_packet, ticket.Identifier, authenticator, secret, Stripped(login.Request));
            case AccountingAsked record:
                return AccountingRequest.Write(_packet, ticket.Identifier, secret, Stripped(record.Record), node.Clock.UtcNow);
            default:
                throw new InvalidOperationException($"no packet for {work}");
        }
    }

    /// <summary>Acct-Session-Id; empty: a record of the node.</summary>
    private static string SessionOf(RadiusWork work) => work switch
    {
        LoginAsked login => login.Request.AcctSessionId,
        AccountingAsked record => record.Record.Session.AcctSessionId,
        _ => "",
    };

    private LoginRequest Stripped(LoginRequest login)
    {
        if (node.Settings.RealmOf(login.UserName) is not { Strip: true }) return login;
        var name = RealmOfUser.Of(login.UserName);
        // MS-CHAPv2's hash is over the name as the subscriber said it, without a domain\ before it (RFC 2759 §4)
        return login.Proof is LoginProof.MsChapV2 && !name.IsPrefix ? login : login with { UserName = name.User };
    }

    private AccountingRecord Stripped(AccountingRecord record) => node.Settings.RealmOf(record.Session.UserName) is not { Strip: true } ? record
        : record with { Session = record.Session with { UserName = RealmOfUser.Of(record.Session.UserName).User } };

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
        node.Traces.On?.Radius(SessionOf(work.Work), work.Group.Targets[server].Name, arrived.Ticket.Socket, isSent: false, arrived.Octets);
        switch (work.Work)
        {
            case LoginAsked login: login.Link.Tell(Read(login, packet)); break;
            case AccountingAsked record:
                record.Accounting.Tell(new AccountingAnswered(record.Record.Session.AcctSessionId, record.Record.Kind, null, AccountingReply.WantsDrop(packet)));
                break;
        }
        _isAnswered = true;
        Step(new ExchangeEvent.Answered(server, packet.Code));
    }

    private static LoginAnswered Read(LoginAsked login, RadiusPacketView packet)
    {
        var profile = SubscriberProfile.Read(packet);
        return packet.Code switch
        {
            RadiusCode.AccessAccept when profile.Rejection is { } why => new LoginAnswered.Rejected(login.Attempt, $"Access-Accept cannot be granted: {why}", null),
            RadiusCode.AccessAccept => new LoginAnswered.Accepted(login.Attempt, profile),
            RadiusCode.AccessReject => new LoginAnswered.Rejected(login.Attempt,
                profile.ReplyMessage.Length > 0 ? $"Access-Reject: {profile.ReplyMessage}" : "Access-Reject",
                profile.MsChapError.Length > 0 ? WithMessage(profile) : profile.ReplyMessage),
            _ => new LoginAnswered.Rejected(login.Attempt, $"{packet.Code} is not offered (no EAP, no further questions)", null),
        };
    }

    /// <summary>An MS-CHAP failure can carry a text for the user in its M= field (RFC 2759 §6): the Reply-Message, when the server filled in none.</summary>
    private static string WithMessage(SubscriberProfile profile)
    {
        var error = profile.MsChapError.Replace(" R=1", " R=0", StringComparison.Ordinal); // no second try: the call ends
        return profile.ReplyMessage.Length == 0 ? error
            : error.IndexOf("M=", StringComparison.Ordinal) is var at && at >= 0 ? $"{error[..at]}M={profile.ReplyMessage}"
            : $"{error} M={profile.ReplyMessage}";
    }

    private void Complete(Assignment work, ExchangeResult result)
    {
        switch (result)
        {
            case ExchangeResult.Answered or ExchangeResult.Cancelled: break; // said where it came
            case ExchangeResult.TimedOut t: Fail(work.Work, $"no answer, last asked {work.Group.Targets[t.LastServer].Name}", wasAsked: true); break;
            case ExchangeResult.NoServer: Fail(work.Work, NoServer); break;
            case ExchangeResult.Expired: Fail(work.Work, Expired); break;
        }
        _work = null;
        ReturnTickets();
        Context.Parent.Tell(WorkerIdle.Instance);
    }

    public static void Fail(RadiusWork work, string why, bool wasAsked = false)
    {
        if (work is LoginAsked login) login.Link.Tell(new LoginAnswered.Unavailable(login.Attempt, why));
        else Answer(work, why, isUnasked: !wasAsked);
    }

    /// <summary>A request that no server can be asked: a login is refused, a record is not delivered.</summary>
    private static void Answer(RadiusWork work, string why, bool isUnsendable = false, bool isUnasked = false)
    {
        switch (work)
        {
            case LoginAsked login: login.Link.Tell(new LoginAnswered.Rejected(login.Attempt, why, null)); break;
            case AccountingAsked r: r.Accounting.Tell(new AccountingAnswered(r.Record.Session.AcctSessionId, r.Record.Kind, why, false, isUnsendable, isUnasked)); break;
        }
    }

    private void ReturnTickets()
    {
        foreach (var (ticket, _) in _tickets) ticket.Return();
        _tickets.Clear();
    }
}
