using System.Security.Cryptography;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Threads;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Actors.Calls;

/// <summary>
/// Shell of one PPP link. <see cref="PppLink"/> decides LCP and authentication, <see cref="LoginPlan"/> the source that checks a login. An
/// accepted login gets a bundle for its network protocols.
/// </summary>
/// <remarks>PostStop stops forwarding, also after an exception, so that the bundle ends with a reason.</remarks>
internal sealed class LinkActor : UntypedActor
{
    private static readonly EndReason Failed =
        new(EndParty.Lns, EndLayer.Link, EndCause.InternalError, "exception in the actor of the link");
    private static readonly EndReason NoBundle =
        new(EndParty.Lns, EndLayer.Bundle, EndCause.InternalError, "the bundle could not be created");

    private readonly LinkContext _node;
    private readonly CallInfo _call;
    private readonly SubscriberPort _port;
    private readonly LinkTemplate _template;
    private LinkState _state = null!;                 // from PreStart on
    private LinkEffect.AuthenticateRequested? _login; // while RADIUS is asked
    private SubscriberProfile? _profile;              // of the latest accepted login
    private string _user = "";                        // name of the session, once the bundle is ordered
    private AccountingAuthentic _authenticatedBy;     // the source of the profile
    private string? _peerIdentification;
    private bool _isStopping;                         // the call is gone
    private LinkBundle _bundle;
    private DeadlineTimer _timer;

    public LinkActor(LinkContext node, CallInfo call, SubscriberPort port)
    {
        (_node, _call, _port) = (node, call, port);
        _template = call.Tunnel.Templates.Link;
    }

    protected override void PreStart()
    {
        var now = _node.Clock.Now;
        var entropy = RandomNumberGenerator.GetBytes(32);
        Apply(PppLink.Start(_template.Policy, entropy, BitConverter.ToUInt64(entropy, 24), now), now);
        _node.Counters.Link(+1); // last: without a start there is no PostStop
    }

    protected override void PostStop()
    {
        _timer.Stop(Context);
        _node.Counters.Link(-1);
        Release(Failed);
        _port.EndLink();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PppArrived frame when IsForBundle(frame.Protocol): _bundle.Deliver(frame); break;
            case PppArrived frame: Step(new LinkEvent.FrameReceived(frame.Protocol, frame.Payload)); break;
            case LinkEvent ev: Step(ev); break;
            case LoginAnswered answer: OnLoginAnswered(answer); break;
            case BundleReady ready: OnBundleReady(ready.Bundle); break;
            case CloseLink close: Step(new LinkEvent.CloseRequested(close.Why)); break;
            case CarrierLost lost: OnCarrierLost(lost.Why); break;
            case Describe: Sender.Tell(ToDescription()); break;
            case DeadlineReached due: if (_timer.Fired(due)) OnTick(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>The network protocols of an accepted login, also before its bundle is ready.</summary>
    private bool IsForBundle(ushort protocol) =>
        _state is not LinkState.Ended && (_bundle.Options is not null || _profile is not null)
        && NetworkProtocols.All.Find(protocol) is not null;

    private void Step(LinkEvent ev)
    {
        _node.Traces.On?.Event(_call.Entry, ev, _authenticatedBy);
        var now = _node.Clock.Now;
        var transition = PppLink.On(_state, ev, now);
        _node.Traces.On?.Phase(_call.Entry, _state, transition.State);
        Apply(transition, now);
    }

    private void Apply(Transition<LinkState, LinkEffect> transition, Instant now)
    {
        _state = transition.State;
        foreach (var effect in transition.Effects) Run(effect);
        _timer.Rearm(Context, Instant.Earliest(PppLink.NextDeadline(_state), _bundle.ReadyBy), now);
    }

    private void OnTick()
    {
        if (_bundle.ReadyBy <= _node.Clock.Now)
        {
            _bundle.GiveUp(); // the parent of the bundles failed at this one
            if (_isStopping)
            {
                Context.Stop(Self);
                return;
            }
            Step(new LinkEvent.CloseRequested(NoBundle));
        }
        Step(LinkEvent.Tick.Instance);
    }

    private void Run(LinkEffect effect)
    {
        _node.Traces.On?.Effect(_call.Entry, effect);
        switch (effect)
        {
            case LinkEffect.SendFrame f: _node.Plane.GatherPpp(_call.Path, f.Frame); break;
            case LinkEffect.AuthenticateRequested a: OnLogin(a); break;
            case LinkEffect.NetworkPhase n: OnNetworkPhase(n.Options); break;
            case LinkEffect.RestartNetwork: _bundle.Tell(NetworkEvent.LowerDown.Instance); break;
            case LinkEffect.ProtocolRejected r: _bundle.Tell(new NetworkEvent.ProtocolRejected(r.Protocol)); break;
            case LinkEffect.PeerIdentified i: _peerIdentification = i.Text; break;
            case LinkEffect.Dropped d: _node.Counters.CountDropped(d.Why); break;
            case LinkEffect.Closing c:
                _call.Entry.Phase = CallPhase.Closing;
                Context.Parent.Tell(new LinkClosing(c.Why));
                Release(c.Why);
                break;
            case LinkEffect.Ended e: Context.Parent.Tell(new LinkEnded(e.Why)); break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    // ---- login --------------------------------------------------------------------------------------------------------

    private void OnLogin(LinkEffect.AuthenticateRequested login)
    {
        var (settings, request, name) = (_node.Settings, login.Request, login.Request.UserName);
        _login = null;
        if (_bundle.Options is null)
        {
            (_call.Entry.User, _call.Entry.Login) = (name, name);
            _node.Meter.Reach(_call.Entry, CallPhase.Authentication, _node.Clock.Now);
        }
        var realm = settings.RealmOf(name);
        var user = settings.Users.GetValueOrDefault(name);
        var decision = LoginPlan.Decide(new LoginCase(_template.AuthBy, user is not null, settings.Radius.Authenticates)
        {
            IsNameTooLong = PeerText.OctetCount(name) > LoginPlan.MaxName,
            UsesRealms = settings.Realms.Count > 0,
            HasRealm = realm is not null,
            RealmRefusal = realm?.Reject,
            RealmAuthBy = realm?.AuthBy ?? [],
        });
        _node.Traces.On?.Login(_call.Entry, request, decision.Step);
        switch (decision.Step)
        {
            case LoginStep.CheckLocally: CheckLocally(login, user!); break;
            case LoginStep.AskRadius:
                _login = login;
                _node.Admission.LoginAsked(_port.Ticket);
                _node.Radius.Tell(new LoginAsked(login.Attempt,
                    new LoginRequest(name, LoginProof.From(request), _call.Id, _call.ToNasPort(settings.Group, _peerIdentification)),
                    _node.Clock.Now + settings.Radius.LoginTimeout, Self));
                break;
            default:
                if (decision.IsByRealm) _node.Counters.CountRealmRefused();
                Reject(login, decision.Why, decision.Message);
                break;
        }
    }

    private void CheckLocally(LinkEffect.AuthenticateRequested login, LocalUser user)
    {
        var verdict = LocalAuthentication.Verify(login.Request, user.Password.Value);
        if (verdict.IsAccepted) Accept(login, user.Profile, AccountingAuthentic.Local, verdict.MsChapSuccess);
        else Reject(login, "wrong password", null);
    }

    private void OnLoginAnswered(LoginAnswered answer)
    {
        if (_login is not { } login || login.Attempt != answer.Attempt) return; // a later authentication has replaced this one
        _login = null;
        _node.Admission.LoginAnswered(_port.Ticket);
        switch (answer.Verdict)
        {
            case LoginVerdict.Accepted a: Accept(login, a.Profile, AccountingAuthentic.Radius, a.MsChapSuccess); break;
            case LoginVerdict.Rejected r: Reject(login, r.Why, r.Message, answer.IsLocal); break;
            case LoginVerdict.Unavailable u:
                CountRefused(login.Request, EndCause.AuthenticationUnavailable, u.Why);
                Step(new LinkEvent.AuthenticationUnavailable(login.Attempt, u.Why));
                break;
        }
    }

    private void Accept(LinkEffect.AuthenticateRequested login, SubscriberProfile profile, AccountingAuthentic by, string? msChapSuccess)
    {
        (_profile, _authenticatedBy) = (profile, by);
        if (_bundle.Options is null && profile.UserName.Length > 0) _call.Entry.User = profile.UserName;
        _node.Counters.CountLogin(accepted: true);
        _node.Counters.CountEmptyAttributes(profile.EmptyAttributes);
        foreach (var problem in profile.Problems) _node.Log.BadAttribute(login.Request.UserName, _call.Id, problem);
        Step(new LinkEvent.AuthenticationAccepted(login.Attempt, profile.ReplyMessage, msChapSuccess));
    }

    private void Reject(LinkEffect.AuthenticateRequested login, string why, string? message, bool isSummed = false) => Step(
        new LinkEvent.AuthenticationRejected(login.Attempt, message,
            CountRefused(login.Request, EndCause.AuthenticationFailed, why, isSummed)));

    /// <param name="isSummed">A log line of the router has the number of such refusals.</param>
    private EndReason CountRefused(AuthenticationRequest request, EndCause cause, string text, bool isSummed = false)
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Authentication, cause, text);
        _node.Counters.CountLogin(accepted: false);
        _node.Traces.On?.LoginRefused(_call.Entry, why);
        if (isSummed) _node.Log.LoginRefusedAgain(_call.Id, request.UserName, _call.Tunnel.Lac, request.Method.ToString(), why);
        else _node.Log.LoginRefused(_call.Id, request.UserName, _call.Tunnel.Lac, request.Method.ToString(), why);
        return why;
    }

    // ---- bundle -------------------------------------------------------------------------------------------------------

    private void OnNetworkPhase(LinkOptions options)
    {
        if (_bundle.Options is { } before)
        {
            // LCP was negotiated again: it must still be the same user
            if (options.UserName == before.UserName) _bundle.Tell(new LinkRenewed(options));
            else Step(new LinkEvent.CloseRequested(new EndReason(
                EndParty.Subscriber, EndLayer.Authentication, EndCause.ProtocolViolation,
                    $"a new authentication changed the user name to '{options.UserName}'")));
            return;
        }
        var now = _node.Clock.Now;
        _user = _profile is { UserName.Length: > 0 } named ? named.UserName : options.UserName ?? "";
        _bundle.Order(options, readyBy: now + _template.Policy.SetupTimeout);
        _node.Meter.Reach(_call.Entry, CallPhase.Network, now);
        var template = _node.Settings.RealmOf(options.UserName ?? "")?.Bundle ?? _template.Bundle;
        _node.Bundles.Tell(new OpenBundle(
            _call, _port, options, _profile ?? SubscriberProfile.Empty, _authenticatedBy, _peerIdentification, template, Self));
    }

    private void OnBundleReady(IActorRef bundle)
    {
        if (_bundle.Start(bundle))
        {
            _port.Bundle = bundle;
            return;
        }
        StopForwarding(bundle, _bundle.ReleasedWhy!); // the link closed while the bundle was made
        if (_isStopping) Context.Stop(Self);
    }

    private void OnCarrierLost(EndReason why)
    {
        Release(why);
        _isStopping = true;
        if (_bundle.ReadyBy is null) Context.Stop(Self); // else when the bundle is ready, and has the reason
    }

    private void Release(EndReason why)
    {
        if (_bundle.Release(why) is { } bundle) StopForwarding(bundle, why);
    }

    /// <summary>The bundle gets the reason and the final counters from the gate, so that no order for the path overtakes another.</summary>
    private void StopForwarding(IActorRef bundle, EndReason why) => _node.Gate.Tell(
        new GateOrder.StopForwarding(_call.Path, why, bundle,
            new AccountingEnds(_call.Id, _user, bundle, _bundle.Options!.UserName is { } login && login != _user ? login : "")));

    private LinkDescription ToDescription() => new(
        _state.Phase, _template.Name, _bundle.Options, _profile is null ? null : _authenticatedBy, _peerIdentification, _template.Policy,
        PppLink.NextDeadline(_state) - _node.Clock.Now, _call.SerialNumber, _call.TxSpeed, _call.RxSpeed);
}
