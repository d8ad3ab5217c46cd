using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Calls;

/// <summary>
/// One subscriber's network: address, network protocols (decided by <see cref="NetworkLayer"/>), forwarding, time limits, accounting. What it took from others (address,
/// forwarding, an open accounting session) it gives back in PostStop at the latest, whatever happened to it.
/// </summary>
internal sealed class BundleActor : UntypedActor
{
    private readonly LnsNodeContext _node;
    private readonly CallInfo _call;
    private readonly SubscriberPort _port;
    private readonly IActorRef _link;
    private readonly BundleTemplate _template;
    private SubscriberProfile _profile;
    private readonly AccountingAuthentic _authentic;
    private LinkOptions _linkOptions;
    private readonly string? _peerIdentification;

    private Ipv4Address? _address;         // leased; given back once
    private NetworkState? _network;
    private IpcpPolicy? _offered;          // what IPCP offers to this subscriber
    private int _mtu;
    private bool _ordered;                 // the gate's last order of ours is to forward
    private bool _forwarding;              // and it does
    private EndReason? _asked;             // the end that we asked for: the link's own reason is only "closed"
    private EndReason? _end;
    private PathCounters _counters;        // the latest known; final after ForwardingStopped
    private AccountingSession? _accounted; // Start is out, Stop is not
    private Instant _onSince;
    private Instant? _addressBy;           // while it waits for one
    private Instant? _sessionEnds, _idleCheck, _nextInterim;
    private DeadlineTimer _timer;

    public BundleActor(LnsNodeContext node, OpenBundle open)
    {
        (_node, _call, _port, _link, _profile, _authentic, _linkOptions, _peerIdentification) =
            (node, open.Call, open.Port, open.LinkActor, open.Profile, open.Authentic, open.Link, open.PeerIdentification);
        _template = node.Settings.Bundles.GetValueOrDefault(open.Template) ?? open.Call.Tunnel.Templates.Bundle // removed since the call came
            ?? throw new InvalidOperationException($"there is no bundle template '{open.Template}'");
    }

    private string User => _linkOptions.UserName ?? "";
    private string Interface => _call.LinkName;
    private string? Pool => _profile.FramedPool.Length > 0 ? _profile.FramedPool : _template.Pool;

    protected override void PreStart()
    {
        var now = _node.Clock.Now;
        _addressBy = now + _template.Ipcp.SetupTimeout; // a static address may have to be taken over first
        Rearm(now);
        // what PostStop takes back comes last: without a start there is no PostStop
        Context.Watch(_link);
        _call.Entry.Bundle = Self;
        _link.Tell(new BundleReady(Self));
        _node.Pools.Tell(_profile.AddressChoice == FramedAddressChoice.Fixed
            ? new AddressOrder.Reserve(_call.Id, User, _profile.FramedIpAddress, Self)
            : new AddressOrder.Lease(_call.Id, User, Pool, Self));
        _node.Counters.Bundle(+1);
    }

    protected override void PostStop()
    {
        _timer.Stop();
        _port.Bundle = null;
        _call.Entry.Bundle = null;
        var why = _end ?? new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.InternalError, "the bundle's actor failed");
        if (_ordered)
        {
            if (_node.Plane.TryReadCounters(_call.Path, out var counters)) _counters = counters;
            _node.Gate.Tell(new GateOrder.StopForwarding(_call.Path, why, ActorRefs.Nobody));
        }
        if (_forwarding) SayInterfaceDown();
        CloseAccounting(why);
        // the address last: who gets it next must find the path closed, and the gate keeps our order
        _node.Pools.Tell(new AddressOrder.Release(_call.Id));
        if (_end is null) _link.Tell(new CloseLink(why));
        _node.Counters.Bundle(-1);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PppArrived frame: Step(new NetworkEvent.FrameReceived(frame.Protocol, frame.Payload)); break;
            case NetworkEvent ev: Step(ev); break;
            case LinkRenewed renewed:
                _linkOptions = renewed.Options;
                Step(NetworkEvent.LowerUp.Instance);
                break;
            case AddressAnswer.Given given: OnAddress(given.Address); break;
            case AddressAnswer.Refused refused: OnNoAddress(refused.Why); break;
            case ForwardingStarted when _end is null: OnForwarding(); break;
            case ForwardingStopped stopped: OnForwardingStopped(stopped); break;
            case PathFailed { IsOvertaken: true }: break; // the link has gone already; what it said of that comes
            case PathFailed failed:
                _ordered = false;
                Close(new EndReason(EndParty.Lns, EndLayer.DataPlane, EndCause.DataPlaneFailed, failed.Why));
                break;
            case CloseSubscriber close: Close(close.Why); break;
            case AddressAnswer.TakenOver taken: Close(taken.Why); break;
            case ChangeSubscriber change when _accounted is not null && _asked is null: OnChange(change); break;
            case ChangeSubscriber: break; // it is on its way out: its end is the answer
            case Describe: Sender.Tell(ToDescription()); break;
            case AccountingDropAsked: Close(new EndReason(EndParty.Radius, EndLayer.Bundle, EndCause.AdministrativeReset, "the accounting server asked for it (mpd-drop-user)")); break;
            case DeadlineReached due: if (_timer.Fired(due)) OnTick(); break;
            case Terminated: // a link that went in order said so by way of the gate: that answer is before this one
                _node.Gate.Tell(new GateOrder.StopForwarding(_call.Path,
                    new EndReason(EndParty.Lns, EndLayer.Link, EndCause.InternalError, "the link's actor failed"), Self));
                break;
            default: Unhandled(message); break;
        }
    }

    private void OnAddress(Ipv4Address address)
    {
        (_address, _addressBy) = (address, null);
        _call.Entry.Address = address;
        _node.Traces.On?.Event(_call.Entry, "bundle", $"has address {address}");
        if (_profile.AddressChoice != FramedAddressChoice.Fixed) _call.Entry.Pool = Pool;
        var now = _node.Clock.Now;
        // ten thousand subscribers share one policy, but for those whom RADIUS gives other name servers
        _offered = _profile is { PrimaryDns: null, SecondaryDns: null, PrimaryNbns: null, SecondaryNbns: null } ? _template.Ipcp : _template.Ipcp with
        {
            PrimaryDns = _profile.PrimaryDns ?? _template.Ipcp.PrimaryDns,
            SecondaryDns = _profile.SecondaryDns ?? _template.Ipcp.SecondaryDns,
            PrimaryNbns = _profile.PrimaryNbns ?? _template.Ipcp.PrimaryNbns,
            SecondaryNbns = _profile.SecondaryNbns ?? _template.Ipcp.SecondaryNbns,
        };
        Apply(NetworkLayer.Start([Ipcp.Create(_offered, address, (ulong)Random.Shared.NextInt64())], now), now);
        _early.ReleaseTo(Self);
    }

    private EarlyFrames _early;

    private void OnNoAddress(string why)
    {
        _node.Traces.On?.Event(_call.Entry, "bundle", $"no address: {why}");
        _node.Log.NoAddress(User, _call.Id, why);
        Close(new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.NoAddress, why));
    }

    private void Step(NetworkEvent ev)
    {
        if (_network is not { } network)
        {
            if (ev is NetworkEvent.FrameReceived f) _early.Keep(new PppArrived(f.Protocol, f.Payload.ToArray()));
            return;
        }
        if (ev is NetworkEvent.FrameReceived received && _node.Traces.On is { } taps)
            taps.PppReceived(_node, _call.Entry, received.Protocol, received.Payload.ToArray());
        var now = _node.Clock.Now;
        Apply(NetworkLayer.On(network, ev, now), now);
    }

    private void Apply(Transition<NetworkState, NetworkEffect> transition, Instant now)
    {
        _network = transition.State;
        foreach (var effect in transition.Effects) Run(effect);
        Rearm(now);
    }

    private void Run(NetworkEffect effect)
    {
        switch (effect)
        {
            case NetworkEffect.SendFrame f:
                _node.Plane.SendPpp(_call.Path, f.Frame);
                _node.Traces.On?.PppSent(_node, _call.Entry, f.Frame);
                break;
            case NetworkEffect.Opened { Protocol: { Data: PppProtocol.Ip } opened }:
                _node.Traces.On?.Event(_call.Entry, "bundle", $"{opened.Name} opened");
                StartForwarding();
                break;
            case NetworkEffect.Closed { Protocol: { Data: PppProtocol.Ip } closed }:
                _node.Traces.On?.Event(_call.Entry, "bundle", $"{closed.Name} closed");
                _ordered = false;
                _node.Gate.Tell(new GateOrder.StopForwarding(_call.Path, null, Self));
                break;
            case NetworkEffect.Ended: break; // one of them; the link goes on while another is there
            case NetworkEffect.NoneLeft n: Close(n.Why); break;
            case NetworkEffect.ProtocolUnknown u: _link.Tell(new LinkEvent.NetworkProtocolUnknown(u.Protocol, u.Payload)); break;
            case NetworkEffect.Unheard: _link.Tell(LinkEvent.PeerUnheard.Instance); break;
            case NetworkEffect.Dropped d: _node.Counters.CountDropped(d.Why); break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    private void StartForwarding()
    {
        _ordered = true;
        _mtu = Math.Min(_linkOptions.PeerMru, Math.Min(_template.MaxMtu, _profile.FramedMtu ?? ushort.MaxValue));
        _node.Gate.Tell(new GateOrder.StartForwarding(_call.Path, new ForwardingSettings(_address!.Value, _mtu)
        {
            FramedRoutes = [.. _profile.FramedRoutes.Select(static r => r.Destination)],
            ClampMss = _template.ClampMss,
            AntiSpoofing = _template.AntiSpoofing,
        }, Self));
    }

    private void OnForwarding()
    {
        _forwarding = true;
        _node.Traces.On?.Event(_call.Entry, "bundle", $"forwards, MTU {_mtu}");
        var now = _node.Clock.Now;
        _node.Log.InterfaceUp(Interface, User, _address!.Value, _call.Id, _mtu);
        if (_accounted is null) OnUserOn(now);
        Rearm(now);
    }

    private void OnUserOn(Instant now)
    {
        _onSince = now;
        // first what PostStop ends
        _accounted = new AccountingSession(_call.Id, _call.Id, User, _authentic, _call.ToNasPort(_node, _peerIdentification), _address, _profile.FramedIpNetmask,
            _profile.Classes, _call.LinkName, Interface, 0);
        Account(AccountingKind.Start, null);
        _node.Meter.Reach(_call.Entry, CallPhase.Up, now);
        _call.Entry.TurnOn(User, _node.Clock.UtcNow);
        _node.Counters.CountSetUp();
        _node.Admission.SetupDone(_port.Ticket);
        _call.Tunnel.LacEntry.CountSetUp();
        _node.Log.UserOn(User, _address!.Value, _call.Id, _call.Tunnel.Lac, _call.Calling, _linkOptions.Method?.ToString() ?? "none",
            _authentic == AccountingAuthentic.Local ? "local users" : "radius", _mtu);
        if ((_profile.SessionTimeout ?? NotZero(_template.SessionTimeout)) is { } limit) _sessionEnds = now + limit;
        if (IdleLimit is { } idle) _idleCheck = now + idle;
        _nextInterim = NextInterim(now);
    }

    /// <summary>A time that is given begins anew; what is not given goes on.</summary>
    private void OnChange(ChangeSubscriber change)
    {
        var now = _node.Clock.Now;
        var what = change.What;
        _profile = what.ApplyTo(_profile);
        if (what.SessionTimeout is not null)
            _sessionEnds = _profile.SessionTimeout is { } limit ? now + limit : NotZero(_template.SessionTimeout) is { } usual ? _onSince + usual : null;
        if (what.IdleTimeout is not null) _idleCheck = IdleLimit is { } idle ? now + idle : null;
        if (what.AcctInterimInterval is not null) _nextInterim = NextInterim(now);
        if (what.Classes is { } classes)
        {
            // with an Interim-Update the servers know it at once, and the Stop has it also after a crash
            _accounted = _accounted! with { Classes = classes };
            AccountInterim();
        }
        Rearm(now);
        Sender.Tell(new SubscriberChanged(change.Request));
    }

    private void AccountInterim()
    {
        if (_node.Plane.TryReadCounters(_call.Path, out var counters)) _counters = counters;
        Account(AccountingKind.Interim, null);
    }

    private static TimeSpan? NotZero(TimeSpan span) => span > TimeSpan.Zero ? span : null;

    private TimeSpan? IdleLimit => _profile.IdleTimeout ?? NotZero(_template.IdleTimeout);

    private TimeSpan? InterimInterval => _node.Settings.Radius.Accounting is { Enabled: true } accounting ? NotZero(_profile.AcctInterimInterval ?? accounting.InterimInterval) : null;

    private Instant? NextInterim(Instant now) =>
        InterimInterval is { } interval ? InterimSchedule.Next(now, interval, _node.Settings.Radius.Accounting.InterimJitter, Random.Shared.NextDouble()) : null;

    private void OnTick()
    {
        var now = _node.Clock.Now;
        if (_addressBy <= now)
        {
            _addressBy = null;
            OnNoAddress("none was given in time");
        }
        if (_sessionEnds <= now)
        {
            _sessionEnds = null;
            Close(new EndReason(_profile.SessionTimeout is null ? EndParty.Lns : EndParty.Radius, EndLayer.Bundle, EndCause.SessionTimeout,
                $"session limit of {(long)(now - _onSince).TotalSeconds} s reached"));
        }
        if (_idleCheck <= now && IdleLimit is { } idle) CheckIdle(now, idle);
        if (_nextInterim <= now)
        {
            _nextInterim = NextInterim(now);
            AccountInterim();
        }
        Step(NetworkEvent.Tick.Instance);
        Rearm(now);
    }

    private void CheckIdle(Instant now, TimeSpan limit)
    {
        if (!_node.Plane.TryReadCounters(_call.Path, out var counters)) return;
        var quiet = now - new Instant(counters.LastActivityTicks);
        _idleCheck = quiet >= limit ? null : now + (limit - quiet);
        if (_idleCheck is null)
            Close(new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.IdleTimeout, $"no packet for {(long)quiet.TotalSeconds} s"));
    }

    private void Rearm(Instant now) =>
        _timer.Rearm(Context, Instant.Earliest(Instant.Earliest(Instant.Earliest(_sessionEnds, _idleCheck), _addressBy),
            Instant.Earliest(_nextInterim, _network is { } network ? NetworkLayer.NextDeadline(network) : null)), now);

    /// <summary>We want the end: the link tells the subscriber, then the gate tells us.</summary>
    private void Close(EndReason why)
    {
        if (_asked is not null || _end is not null) return;
        _asked = why;
        _node.Traces.On?.Event(_call.Entry, "bundle", $"closes: {why}");
        _link.Tell(new CloseLink(why));
    }

    private BundleDescription ToDescription()
    {
        var now = _node.Clock.Now;
        return new BundleDescription(Interface, _template.Name, _address, _mtu, _forwarding, _profile, _offered ?? _template.Ipcp, _authentic,
            _profile.SessionTimeout ?? NotZero(_template.SessionTimeout), _sessionEnds - now, IdleLimit, InterimInterval, _nextInterim - now);
    }

    private void OnForwardingStopped(ForwardingStopped stopped)
    {
        _counters = stopped.Counters;
        if (_forwarding) SayInterfaceDown();
        _forwarding = false;
        if (stopped.Why is not { } why) return;
        if (_ordered && _accounted is null) OnUserOn(_node.Clock.Now); // gone before forwarding had begun, and yet both sides had agreed: an account of no time
        _ordered = false;
        End(_asked ?? why);
    }

    private void SayInterfaceDown() => _node.Log.InterfaceDown(Interface, User, _address ?? default, _call.Id);

    private void End(EndReason why)
    {
        _end = why;
        Context.Unwatch(_link);
        Context.Stop(Self);
    }

    private void Account(AccountingKind kind, EndReason? cause)
    {
        // what has begun is accounted for to its end
        if (_accounted is not { } session || !(kind == AccountingKind.Start ? _node.Settings.Radius.Accounts : _node.HasAccounted)) return;
        _node.Accounting.Tell(new AccountingOffered(new AccountingRecord(kind, session, 1,
            new AccountingCounters(_counters.InOctets, _counters.OutOctets, _counters.InPackets, _counters.OutPackets),
            _node.Clock.Now - _onSince, _node.Clock.UtcNow, cause), Self));
    }

    private void CloseAccounting(EndReason why)
    {
        if (_accounted is null) return;
        _call.Entry.Phase = CallPhase.Closing;
        _node.Log.UserOff(User, _address ?? default, _call.Id, _call.Tunnel.Lac, (long)(_node.Clock.Now - _onSince).TotalSeconds,
            _counters.InOctets, _counters.OutOctets, why);
        Account(AccountingKind.Stop, why);
        _accounted = null;
    }
}
