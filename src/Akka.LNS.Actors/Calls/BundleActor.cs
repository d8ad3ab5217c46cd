using System.Collections.Immutable;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Threads;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Calls;

/// <summary>
/// Shell of one subscriber's network. <see cref="SubscriberSession"/> decides address, forwarding, limits and accounting;
/// <see cref="NetworkLayer"/> decides the network protocols.
/// </summary>
/// <remarks>PostStop gives back address, forwarding and accounting session, also after an exception.</remarks>
internal sealed class BundleActor : UntypedActor
{
    /// <summary>Number of problems that a session keeps to show.</summary>
    private const int MostProblems = 100;
    private static readonly EndReason AccountingDrop = new(
        EndParty.Radius, EndLayer.Bundle, EndCause.AdministrativeReset, "requested by the accounting server (mpd-drop-user)");

    private readonly CallContext _node;
    private readonly CallInfo _call;
    private readonly SubscriberPort _port;
    private readonly IActorRef _link;
    private readonly BundleTemplate _template;
    private readonly AccountingAuthentic _authentic;
    private readonly string? _peerIdentification;
    private LinkOptions _linkOptions;
    private SubscriberState _state;
    private NetworkState? _network;      // null: there is no address yet
    private IpcpPolicy _ipcp;            // what IPCP offers to this subscriber
    private AccountingSession? _account; // from the Start on
    private ImmutableArray<Ipv4Prefix> _networks = []; // granted with the address
    private ImmutableArray<RouteProblemFound> _problems = []; // of the address and the networks, as they are now
    private EarlyFrames _early;
    private DeadlineTimer _timer;

    public BundleActor(CallContext node, OpenBundle open)
    {
        (_node, _call, _port, _link, _authentic, _linkOptions, _peerIdentification) =
            (node, open.Call, open.Port, open.LinkActor, open.Authentic, open.Link, open.PeerIdentification);
        _template = node.Settings.Bundles.GetValueOrDefault(open.Template)
            ?? open.Call.Tunnel.Templates.Bundle // a reload has removed the template since the call came
            ?? throw new InvalidOperationException($"there is no bundle template '{open.Template}'");
        _ipcp = _template.Ipcp;
        _state = new SubscriberState.Idle(open.Profile);
    }

    /// <summary>Name of the session: the server may have given it another than the subscriber sent (RFC 2865 section 5.1).</summary>
    private string User => _state.Profile.UserName is { Length: > 0 } given ? given : _linkOptions.UserName ?? "";

    private string? Pool => _state.Profile.FramedPool.Length > 0 ? _state.Profile.FramedPool : _template.Pool;

    private SubscriberPolicy Policy
    {
        get
        {
            var accounting = _node.Settings.Radius.Accounting;
            return new SubscriberPolicy(
                _template.Ipcp.SetupTimeout, _template.SessionTimeout, _template.IdleTimeout, _template.MaxMtu,
                accounting.Enabled, accounting.InterimInterval, accounting.InterimJitter);
        }
    }

    /// <summary>Framed-IP-Netmask for accounting: not that of a network that was refused.</summary>
    private Ipv4Address? Netmask => _state.Profile is { FramedIpNetmask: { } mask } profile
        && (profile.AddressChoice != FramedAddressChoice.Fixed || mask.Value == uint.MaxValue || _networks.Contains(profile.Networks[0]))
        ? mask : null;

    private TrafficCounters? Traffic => _node.Plane.TryReadCounters(_call.Path, out var counters) ? ToTraffic(counters) : null;

    protected override void PreStart()
    {
        // orders that PostStop takes back come last: without a start there is no PostStop
        if (!_port.Follow(Self)) Self.Tell(LinkGone.Instance);
        _call.Entry.Bundle = Self;
        _link.Tell(new BundleReady(Self));
        Step(SubscriberEvent.Started.Instance);
        _node.Counters.Bundle(+1);
    }

    protected override void PostStop()
    {
        _timer.Stop(Context);
        _port.Bundle = null;
        _port.Unfollow();
        _call.Entry.Bundle = null;
        Step(new SubscriberEvent.Stopped(Traffic));
        _node.Counters.Bundle(-1);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PppArrived frame: OnFrame(frame); break;
            case NetworkEvent ev: Step(ev); break;
            case LinkRenewed renewed:
                _linkOptions = renewed.Options;
                Step(NetworkEvent.LowerUp.Instance);
                break;
            case AddressAnswer.Given given: OnAddress(given); break;
            case RouteProblemFound found: OnProblem(found); break;
            case AddressAnswer.Refused refused: Step(new SubscriberEvent.AddressRefused(refused.Why)); break;
            case ForwardingStarted: Step(SubscriberEvent.ForwardingStarted.Instance); break;
            case ForwardingStopped stopped: Step(new SubscriberEvent.ForwardingStopped(stopped.Why, ToTraffic(stopped.Counters))); break;
            case PathFailed { IsOvertaken: true }: break; // the link is gone already, and its reason follows
            case PathFailed failed: Step(new SubscriberEvent.ForwardingFailed(failed.Why)); break;
            case AddressAnswer.TakenOver taken: Step(new SubscriberEvent.CloseRequested(taken.Why)); break;
            case CloseSubscriber close: Step(new SubscriberEvent.CloseRequested(close.Why)); break;
            case AccountingDropAsked: Step(new SubscriberEvent.CloseRequested(AccountingDrop)); break;
            case ChangeSubscriber change: Step(new SubscriberEvent.ChangeRequested(change.Request, change.What, Traffic)); break;
            case Describe: Sender.Tell(ToDescription()); break;
            case DeadlineReached due: if (_timer.Fired(due)) OnTick(); break;
            // a link that ends in order orders the stop itself, and that answer comes before this message
            case LinkGone: Step(SubscriberEvent.LinkFailed.Instance); break;
            default: Unhandled(message); break;
        }
    }

    private void OnAddress(AddressAnswer.Given given)
    {
        if (!given.Networks.IsEmpty)
        {
            _networks = [.. given.Networks.Where(static n => n.Grant.IsGranted).Select(static n => n.Network)];
            foreach (var (network, grant) in given.Networks)
                if (grant.Remark is { } why)
                    OnProblem(new RouteProblemFound(
                        network.ToString(), grant.IsGranted ? RouteProblem.Overlap : RouteProblem.Refused, why));
        }
        Step(new SubscriberEvent.AddressGiven(given.Address));
    }

    /// <summary>Logs and counts a problem, and marks the session with it.</summary>
    private void OnProblem(RouteProblemFound found)
    {
        var before = _problems.FirstOrDefault(p => p.Route == found.Route && p.Kind == found.Kind);
        if (found.Why == before?.Why) return;
        if (before is not null) _problems = _problems.Remove(before);
        if (found.Why is not { } why)
        {
            _node.Log.RouteInOrder(User, _call.Id, found.Route);
            return;
        }
        if (_problems.Length < MostProblems) _problems = _problems.Add(found);
        _node.Counters.CountRouteProblem(found.Kind);
        _node.Log.RouteProblemOf(User, _call.Id, found.Route, found.Kind, why);
    }

    private void OnFrame(PppArrived frame)
    {
        if (_network is null)
        {
            _early.Keep(frame);
            return;
        }
        Step(new NetworkEvent.FrameReceived(frame.Protocol, frame.Payload));
    }

    private void OnTick()
    {
        Step(new SubscriberEvent.Tick(Traffic));
        Step(NetworkEvent.Tick.Instance);
    }

    private void Step(SubscriberEvent ev)
    {
        var now = _node.Clock.Now;
        (_state, var effects) = SubscriberSession.On(_state, ev, now, Policy, Random.Shared.NextDouble());
        foreach (var effect in effects) Run(effect, now);
        Rearm(now);
    }

    private void Step(NetworkEvent ev)
    {
        if (_network is not { } network) return;
        _node.Traces.On?.Event(_call.Entry, ev);
        var now = _node.Clock.Now;
        Apply(NetworkLayer.On(network, ev, now), now);
    }

    private void Apply(Transition<NetworkState, NetworkEffect> transition, Instant now)
    {
        _network = transition.State;
        foreach (var effect in transition.Effects) Run(effect);
        Rearm(now);
    }

    private void Rearm(Instant now)
    {
        if (_state is SubscriberState.Ended) return;
        var network = _network is { } running ? NetworkLayer.NextDeadline(running) : null;
        _timer.Rearm(Context, Instant.Earliest(SubscriberSession.NextDeadline(_state), network), now);
    }

    private void Run(NetworkEffect effect)
    {
        _node.Traces.On?.Effect(_call.Entry, effect);
        switch (effect)
        {
            case NetworkEffect.SendFrame f: _node.Plane.GatherPpp(_call.Path, f.Frame); break;
            case NetworkEffect.Opened { Protocol.Data: PppProtocol.Ip }:
                _link.Tell(LinkEvent.NetworkOpened.Instance);
                Step(new SubscriberEvent.NetworkOpened(_linkOptions.PeerMru));
                break;
            case NetworkEffect.Closed { Protocol.Data: PppProtocol.Ip }: Step(SubscriberEvent.NetworkClosed.Instance); break;
            case NetworkEffect.Ended: break; // the link goes on while another protocol is there
            case NetworkEffect.NoneLeft n: Step(new SubscriberEvent.CloseRequested(n.Why)); break;
            case NetworkEffect.ProtocolUnknown u: _link.Tell(new LinkEvent.NetworkProtocolUnknown(u.Protocol, u.Payload)); break;
            case NetworkEffect.Unheard: _link.Tell(LinkEvent.PeerUnheard.Instance); break;
            case NetworkEffect.Dropped d: _node.Counters.CountDropped(d.Why); break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    private void Run(SubscriberEffect effect, Instant now)
    {
        _node.Traces.On?.Effect(_call.Entry, effect, _state);
        switch (effect)
        {
            case SubscriberEffect.LeaseAddress: _node.Pools.Tell(Wanted(new AddressOrder.Lease(_call.Id, User, Pool, Self))); break;
            case SubscriberEffect.ReserveAddress r:
                _node.Pools.Tell(Wanted(new AddressOrder.Reserve(_call.Id, User, r.Address, Self)));
                break;
            case SubscriberEffect.ReleaseAddress: _node.Pools.Tell(new AddressOrder.Release(_call.Id)); break;
            case SubscriberEffect.NoAddress n: _node.Log.NoAddress(User, _call.Id, n.Why); break;
            case SubscriberEffect.StartNetwork s: StartNetwork(s.Address, now); break;
            case SubscriberEffect.StartForwarding f: StartForwarding(f); break;
            case SubscriberEffect.StopForwarding s:
                _node.Gate.Tell(new GateOrder.StopForwarding(_call.Path, s.Why, _state is SubscriberState.Ended ? ActorRefs.Nobody : Self));
                break;
            case SubscriberEffect.InterfaceUp u: _node.Log.InterfaceUp(_call.LinkName, User, u.Address, _call.Id, u.Mtu); break;
            case SubscriberEffect.InterfaceDown d: _node.Log.InterfaceDown(_call.LinkName, User, d.Address, _call.Id); break;
            case SubscriberEffect.UserOn u: TurnOn(u, now); break;
            case SubscriberEffect.Interim i: Account(AccountingKind.Interim, i.SessionTime, i.Counters, null); break;
            case SubscriberEffect.UserOff u: TurnOff(u); break;
            case SubscriberEffect.ChangeClasses c:
                if (!_node.Settings.Radius.Accounting.KeepFirstClass) _account = _account! with { Classes = c.Classes };
                break;
            case SubscriberEffect.ConfirmChange c: Sender.Tell(new SubscriberChanged(c.Request)); break;
            case SubscriberEffect.CloseLink c: _link.Tell(new CloseLink(c.Why)); break;
            case SubscriberEffect.Stop:
                _port.Unfollow();
                Context.Stop(Self);
                break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    private AddressOrder Wanted(AddressOrder order) =>
        _state.Profile.Networks is { IsEmpty: false } networks ? order with { Networks = networks } : order;

    private void StartNetwork(Ipv4Address address, Instant now)
    {
        var profile = _state.Profile;
        _call.Entry.Address = address;
        if (profile.AddressChoice != FramedAddressChoice.Fixed) _call.Entry.Pool = Pool;
        // all subscribers of a template share one policy, except those whose profile has other name servers
        if (profile is not { PrimaryDns: null, SecondaryDns: null, PrimaryNbns: null, SecondaryNbns: null })
        {
            _ipcp = _ipcp with
            {
                PrimaryDns = profile.PrimaryDns ?? _ipcp.PrimaryDns,
                SecondaryDns = profile.SecondaryDns ?? _ipcp.SecondaryDns,
                PrimaryNbns = profile.PrimaryNbns ?? _ipcp.PrimaryNbns,
                SecondaryNbns = profile.SecondaryNbns ?? _ipcp.SecondaryNbns,
            };
        }
        Apply(NetworkLayer.Start([Ipcp.Create(_ipcp, address, (ulong)Random.Shared.NextInt64(), _linkOptions.Pace)], now), now);
        _early.ReleaseTo(Self);
    }

    private void StartForwarding(SubscriberEffect.StartForwarding order) =>
        _node.Gate.Tell(new GateOrder.StartForwarding(_call.Path, new ForwardingSettings(order.Address, order.Mtu)
        {
            FramedRoutes = _networks,
            ClampMss = _template.ClampMss,
            AntiSpoofing = _template.AntiSpoofing,
        }, Self));

    private void TurnOn(SubscriberEffect.UserOn on, Instant now)
    {
        var profile = _state.Profile;
        _account = new AccountingSession(
            _call.Id, _call.Id, User, _authentic, _call.ToNasPort(_node.Settings.Group, _peerIdentification), on.Address,
            Netmask, profile.Classes, _call.LinkName, _call.LinkName, 0)
        {
            Login = _linkOptions.UserName is { } login && login != User ? login : "",
        };
        Account(AccountingKind.Start, TimeSpan.Zero, default, null); // first, because PostStop sends the Stop
        _node.Meter.Reach(_call.Entry, CallPhase.Up, now);
        _call.Entry.TurnOn(User, _node.Clock.UtcNow);
        _node.Counters.CountSetUp();
        _node.Admission.SetupDone(_port.Ticket);
        _call.Tunnel.CountSetUp();
        _node.Log.UserOn(User, on.Address, _call.Id, _call.Tunnel.Lac, _call.Calling, _linkOptions.Method?.ToString() ?? "none",
            _authentic == AccountingAuthentic.Local ? "local users" : "radius", on.Mtu);
    }

    private void TurnOff(SubscriberEffect.UserOff off)
    {
        _call.Entry.Phase = CallPhase.Closing;
        _node.Log.UserOff(User, off.Address, _call.Id, _call.Tunnel.Lac, (long)off.SessionTime.TotalSeconds,
            off.Counters.InOctets, off.Counters.OutOctets, off.Why);
        Account(AccountingKind.Stop, off.SessionTime, off.Counters, off.Why);
    }

    /// <summary>Sends a record to accounting. A session with a Start gets its Stop also when accounting was disabled meanwhile.</summary>
    private void Account(AccountingKind kind, TimeSpan sessionTime, in TrafficCounters counters, EndReason? cause)
    {
        var isWanted = kind == AccountingKind.Start ? _node.Settings.Radius.Accounts : _node.Live.HasAccounted;
        if (!isWanted || _account is not { } session) return;
        _node.Accounting.Tell(new AccountingOffered(new AccountingRecord(kind, session, 1,
            new AccountingCounters(counters.InOctets, counters.OutOctets, counters.InPackets, counters.OutPackets),
            sessionTime, _node.Clock.UtcNow, cause), Self));
    }

    private BundleDescription ToDescription()
    {
        var state = _state is SubscriberState.Closing closing ? closing.Of : _state;
        var (address, mtu) = state switch
        {
            SubscriberState.Negotiating n => ((Ipv4Address?)n.Address, n.Mtu),
            SubscriberState.WaitingForForwarding w => (w.Address, w.Mtu),
            SubscriberState.On o => (o.Address, o.Mtu),
            _ => (null, 0),
        };
        var on = state as SubscriberState.On;
        var (profile, policy, now) = (state.Profile, Policy, _node.Clock.Now);
        var isForwarding = on?.Forwarding is ForwardingPhase.Up or ForwardingPhase.Stopping;
        return new BundleDescription(
            _call.LinkName, _template.Name, address, mtu, isForwarding, profile, _ipcp, _authentic,
            policy.SessionLimit(profile), on?.EndsAt - now, policy.IdleLimit(profile), policy.InterimOf(profile), on?.NextInterimAt - now)
        {
            Networks = _networks,
            Warnings = [.. _problems.Select(static p => $"{p.Route}: {p.Why}")],
        };
    }

    private static TrafficCounters ToTraffic(in PathCounters counters) => new(
        counters.InOctets, counters.OutOctets, counters.InPackets, counters.OutPackets, new Instant(counters.LastActivityTicks));
}
