using System.Security.Cryptography;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Calls;

/// <summary>
/// Shell of one PPP link: LCP and authentication are decided by <see cref="PppLink"/>; who the subscriber is, by the local users and RADIUS;
/// then a bundle takes the network protocols.
/// </summary>
internal sealed class LinkActor : UntypedActor
{
    private readonly LnsNodeContext _node;
    private readonly CallInfo _call;
    private readonly SubscriberPort _port;
    private readonly LinkTemplate _template;
    private LinkState _state = null!;
    private Login? _login;            // the one that is being asked about
    private SubscriberProfile? _profile;
    private LinkOptions? _options;    // as its bundle was made with
    private IActorRef? _bundle;
    private bool _accepted;
    private bool _bundleMade;
    private Instant? _bundleBy;       // while it is being made
    private EndReason? _released;     // the bundle knows, or will when it is there, that this link is going
    private bool _stopping;
    private AccountingAuthentic _authenticatedBy;
    private string? _peerIdentification;
    private EarlyFrames _early;
    private DeadlineTimer _timer;

    /// <param name="Source">Index into the template's order.</param>
    private sealed record Login(int Attempt, AuthenticationRequest Request, int Source);

    public LinkActor(LnsNodeContext node, CallInfo call, SubscriberPort port)
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
        _timer.Stop();
        _node.Counters.Link(-1);
        Release(new EndReason(EndParty.Lns, EndLayer.Link, EndCause.InternalError, "the link's actor failed"));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PppArrived frame when _state is not LinkState.Ended && (_bundleMade || _accepted) && NetworkProtocols.All.Find(frame.Protocol) is not null:
                OnNetworkFrame(frame);
                break;
            case PppArrived frame:
                _node.Traces.On?.PppReceived(_node, _call.Entry, frame.Protocol, frame.Payload);
                Step(new LinkEvent.FrameReceived(frame.Protocol, frame.Payload));
                break;
            case LoginAnswered answer: OnLoginAnswered(answer); break;
            case BundleReady ready: OnBundleReady(ready.Bundle); break;
            case Describe: Sender.Tell(ToDescription()); break;
            case DeadlineReached due:
                if (_timer.Fired(due)) OnTick();
                break;
            case LinkEvent.PeerUnheard unheard: Step(unheard); break;
            case CloseLink close: Step(new LinkEvent.CloseRequested(close.Why)); break;
            case CarrierLost lost:
                Release(lost.Why);
                _stopping = true;
                if (_bundleBy is null) Context.Stop(Self); // else when the bundle has heard the reason
                break;
            default: Unhandled(message); break;
        }
    }

    private void Step(LinkEvent ev)
    {
        var now = _node.Clock.Now;
        Apply(PppLink.On(_state, ev, now), now);
    }

    private void Apply(Transition<LinkState, LinkEffect> transition, Instant now)
    {
        if (_node.Traces.On is { } taps && _state is not null && _state.Phase != transition.State.Phase)
            taps.Event(_call.Entry, "link", $"{_state.Phase} -> {transition.State.Phase}");
        _state = transition.State;
        foreach (var effect in transition.Effects) Run(effect);
        _timer.Rearm(Context, Instant.Earliest(PppLink.NextDeadline(_state), _bundleBy), now);
    }

    private void OnTick()
    {
        if (_bundleBy <= _node.Clock.Now)
        {
            _bundleBy = null; // whoever makes bundles failed at this one
            if (_stopping)
            {
                Context.Stop(Self);
                return;
            }
            Step(new LinkEvent.CloseRequested(new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.InternalError, "the bundle was not made")));
        }
        Step(LinkEvent.Tick.Instance);
    }

    private void Run(LinkEffect effect)
    {
        switch (effect)
        {
            case LinkEffect.SendFrame f:
                _node.Plane.SendPpp(_call.Path, f.Frame);
                _node.Traces.On?.PppSent(_node, _call.Entry, f.Frame);
                break;
            case LinkEffect.AuthenticateRequested a:
                if (!_bundleMade)
                {
                    _call.Entry.User = a.Request.UserName;
                    _node.Meter.Reach(_call.Entry, CallPhase.Authentication, _node.Clock.Now);
                }
                _node.Traces.On?.Event(_call.Entry, "login", $"user '{a.Request.UserName}' by {a.Request.Method}");
                Ask(new Login(a.Attempt, a.Request, Source: -1));
                break;
            case LinkEffect.NetworkPhase n: OnNetworkPhase(n.Options); break;
            case LinkEffect.RestartNetwork: _bundle?.Tell(NetworkEvent.LowerDown.Instance); break;
            case LinkEffect.ProtocolRejected r: _bundle?.Tell(new NetworkEvent.ProtocolRejected(r.Protocol)); break;
            case LinkEffect.PeerIdentified i: _peerIdentification = i.Text; break;
            case LinkEffect.Dropped d: _node.Counters.CountDropped(d.Why); break;
            case LinkEffect.Closing c:
                _call.Entry.Phase = CallPhase.Closing;
                _node.Traces.On?.Event(_call.Entry, "link", $"closes: {c.Why}");
                Context.Parent.Tell(new LinkClosing(c.Why));
                Release(c.Why);
                break;
            case LinkEffect.Ended e:
                _node.Traces.On?.Event(_call.Entry, "link", $"ended: {e.Why}");
                Context.Parent.Tell(new LinkEnded(e.Why));
                break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    /// <summary>Asks the next source in the template's order that can know the user.</summary>
    private void Ask(Login login)
    {
        var by = _template.AuthBy;
        if (_node.Settings.Realms.Count > 0)
        {
            var realm = _node.Settings.RealmOf(login.Request.UserName);
            if (realm is null or { Reject: not null })
            {
                _node.Counters.CountRealmRefused();
                Reject(login, realm?.Reject ?? "unknown realm", realm?.Reject);
                return;
            }
            if (!realm.AuthBy.IsEmpty) by = realm.AuthBy;
        }
        for (var next = login.Source + 1; next < by.Length; next++)
        {
            switch (by[next])
            {
                case AuthSource.Local when _node.Settings.Users.TryGetValue(login.Request.UserName, out var user):
                    var verdict = LocalAuthentication.Verify(login.Request, user.Password.Value);
                    if (verdict.IsAccepted) Accept(login, user.Profile, AccountingAuthentic.Local, verdict.MsChapSuccess);
                    else Reject(login, "wrong password", null);
                    return;
                case AuthSource.Radius when _node.Settings.Radius.Authenticates:
                    _login = login with { Source = next };
                    _node.Traces.On?.Event(_call.Entry, "login", "RADIUS is asked");
                    _node.Radius.Tell(new LoginAsked(login.Attempt,
                        new LoginRequest(login.Request.UserName, LoginProof.From(login.Request), _call.Id, _call.ToNasPort(_node, _peerIdentification)),
                        _node.Clock.Now + _node.Settings.Radius.LoginTimeout, Self));
                    return;
            }
        }
        Reject(login, "unknown user", null);
    }

    private void OnLoginAnswered(LoginAnswered answer)
    {
        if (_login is not { } login || login.Attempt != answer.Attempt) return; // of an authentication that has been overtaken
        switch (answer.Verdict)
        {
            case LoginVerdict.Accepted a: Accept(login, a.Profile, AccountingAuthentic.Radius, a.MsChapSuccess); break;
            case LoginVerdict.Rejected r: Reject(login, r.Why, r.Message); break;
            case LoginVerdict.Unavailable u:
                _login = null;
                _node.Counters.CountLogin(accepted: false);
                LogRefused(login, new EndReason(EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationUnavailable, u.Why));
                Step(new LinkEvent.AuthenticationUnavailable(login.Attempt, u.Why));
                break;
        }
    }

    private void Accept(Login login, SubscriberProfile profile, AccountingAuthentic by, string? msChapSuccess)
    {
        _profile = profile;
        _authenticatedBy = by;
        _login = null;
        _accepted = true; // its network control protocols may come now, before the bundle is there
        _node.Counters.CountLogin(accepted: true);
        _node.Traces.On?.Event(_call.Entry, "login", by == AccountingAuthentic.Local ? "accepted by local users" : "accepted by RADIUS");
        foreach (var problem in profile.Problems) _node.Log.BadAttribute(login.Request.UserName, _call.Id, problem);
        Step(new LinkEvent.AuthenticationAccepted(login.Attempt, profile.ReplyMessage, msChapSuccess));
    }

    private void Reject(Login login, string why, string? message)
    {
        _login = null;
        _node.Counters.CountLogin(accepted: false);
        var reason = new EndReason(EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationFailed, why);
        LogRefused(login, reason);
        Step(new LinkEvent.AuthenticationRejected(login.Attempt, message, reason));
    }

    private void LogRefused(Login login, EndReason why)
    {
        _node.Traces.On?.Event(_call.Entry, "login", $"refused: {why}");
        _node.Log.LoginRefused(_call.Id, login.Request.UserName, _call.Tunnel.Lac, login.Request.Method.ToString(), why);
    }

    private void OnNetworkPhase(LinkOptions options)
    {
        if (_bundleMade)
        {
            // LCP was negotiated anew: it must still be the same subscriber
            if (options.UserName == _options!.UserName) _bundle?.Tell(new LinkRenewed(options));
            else Step(new LinkEvent.CloseRequested(new EndReason(EndParty.Subscriber, EndLayer.Authentication, EndCause.ProtocolViolation,
                $"authenticated anew as '{options.UserName}'")));
            return;
        }
        _options = options;
        _bundleMade = true;
        var now = _node.Clock.Now;
        _bundleBy = now + _template.Policy.SetupTimeout;
        _node.Meter.Reach(_call.Entry, CallPhase.Network, now);
        _node.Bundles.Tell(new OpenBundle(
            _call, _port, options, _profile ?? SubscriberProfile.Empty, _authenticatedBy, _peerIdentification, _node.Settings.RealmOf(options.UserName ?? "")?.Bundle ?? _template.Bundle, Self));
    }

    private LinkDescription ToDescription() => new(_state.Phase, _template.Name, _options, _profile is null ? null : _authenticatedBy, _peerIdentification, _template.Policy,
        PppLink.NextDeadline(_state) is { } due ? due - _node.Clock.Now : null, _call.SerialNumber, _call.TxSpeed, _call.RxSpeed);

    private void OnNetworkFrame(PppArrived frame)
    {
        if (_bundle is { } bundle) bundle.Tell(frame);
        else _early.Keep(frame);
    }

    private void OnBundleReady(IActorRef bundle)
    {
        _bundle = bundle;
        _bundleBy = null;
        if (_released is not null)
        {
            // the link went while the bundle was made
            StopForwarding(bundle, _released);
            if (_stopping) Context.Stop(Self);
            return;
        }
        _port.Bundle = bundle;
        _early.ReleaseTo(bundle);
    }

    /// <summary>Forwarding stops, and the bundle hears of it with the final counters: by way of the gate, so that no order for the path passes another.</summary>
    private void Release(EndReason why)
    {
        if (_released is not null) return;
        _released = why;
        if (_bundle is { } bundle) StopForwarding(bundle, why);
    }

    private void StopForwarding(IActorRef bundle, EndReason why) =>
        _node.Gate.Tell(new GateOrder.StopForwarding(_call.Path, why, bundle, new AccountingEnds(_call.Id, _options!.UserName ?? "", bundle)));
}
