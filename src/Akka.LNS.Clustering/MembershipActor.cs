using System.Collections.Immutable;
using Akka.Cluster;
using Akka.LNS.Protocol.Membership;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Akka.LNS.Clustering;

/// <summary>Order to join the cluster and return to service.</summary>
internal sealed record JoinWanted
{
    public static readonly JoinWanted Instance = new();
}

/// <summary>
/// Follows the membership, exchanges a report with all nodes once a second, and leaves by order. Shell of <see cref="NodeTable"/>,
/// <see cref="Departure"/> and <see cref="Forming"/>.
/// </summary>
internal sealed class MembershipActor(ClusterContext context, JoinPlan plan) : UntypedActor, IWithTimers
{
    private sealed record Beat
    {
        public static readonly Beat Instance = new();
    }

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    // last reports of the nodes of the plan, while outside a cluster
    private readonly Dictionary<string, (bool IsMember, Instant At)> _heard = new(StringComparer.Ordinal);
    private readonly List<Member> _members = []; // oldest first; only the type of Akka has the order
    private NodeTable _table = context.View.Nodes;
    private Instant? _mayFormSince;
    private readonly NasWatch _nas = new(context);
    private readonly string[] _seeds = [.. context.Settings.OtherSeeds.Select(seed => new Address(
        AkkaCluster.Get(Context.System).SelfAddress.Protocol, Context.System.Name, seed.Host, seed.Port).ToString())];
    private bool _wasMember;

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the first message

    private string SelfAddress => _cluster.SelfAddress.ToString();
    private NodeKey SelfKey => new(SelfAddress, _cluster.SelfUniqueAddress.Uid);

    /// <summary>Time without a report after which a node counts as absent.</summary>
    private TimeSpan Patience => context.Settings.HeartbeatPause + Interval + Interval;

    protected override void PreStart()
    {
        context.Presence = default; // the time between two actor systems is no stop
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot,
            [typeof(ClusterEvent.IClusterDomainEvent)]);
        if (plan.Ask.Count == 0) _cluster.Join(_cluster.SelfAddress);
        else _cluster.JoinSeedNodes(plan.Ask);
        Timers.StartPeriodicTimer(nameof(Beat), Beat.Instance, TimeSpan.Zero, Interval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Beat: OnBeat(); break;
            case NodeReported reported: OnReported(reported.Report); break;
            case LeaveOrder order: OnLeaveOrder(order); break;
            case JoinWanted: Depart(DepartureEvent.JoinOrdered.Instance); break;
            case ClusterEvent.CurrentClusterState state: OnState(state); break;
            case ClusterEvent.IClusterDomainEvent happening: OnHappening(happening); break;
            case Unreadable: context.Unreadable++; break;
            default: Unhandled(message); break;
        }
    }

    private void OnBeat()
    {
        var now = context.Clock.UtcNow;
        LookForAStop(now);
        Step(new NodeTableEvent.Tick(context.Settings.KeepLost));
        var node = context.Node;
        var isMember = Standing() is ClusterStanding.Member or ClusterStanding.Draining or ClusterStanding.Leaving;
        var report = new NodeReport(
            node.Name, node.Version, node.Sessions, node.Tunnels, node.Load, node.Verdict, node.Drain, node.Started, isMember,
            _table.Silent(SelfAddress, now, Patience), node.Nas);
        Step(new NodeTableEvent.Reported(SelfAddress, report));
        var told = new NodeReported(report);
        foreach (var address in isMember ? _table.Members.Keys : plan.Candidates)
            if (address != SelfAddress) Context.ActorSelection($"{address}/user/{ClusterHocon.ActorName}").Tell(told);
        Depart(new DepartureEvent.Observed(node.Drain));
        if (plan.Rejoins && !isMember) FormIfWeMay();
        _nas.Look(SelfAddress, _seeds, _table);
        Publish();
    }

    private void LookForAStop(DateTimeOffset utcNow)
    {
        var (before, now) = (context.Presence, context.Clock.Now);
        var next = Presence.Beat(before, now, utcNow, context.Settings.HeartbeatPause, _table.Members.Count > 1);
        context.Presence = next;
        if (next.WokeAt == now) context.Log.WasStopped((long)Math.Max((now - before.BeatAt!.Value).TotalSeconds,
            (utcNow - before.BeatUtc).TotalSeconds));
    }

    private void Confirm()
    {
        var before = context.Presence;
        context.Presence = Presence.Heard(before, context.Clock.Now);
        if (before.WokeAt is not null && context.Presence.WokeAt is null) context.Log.Confirmed();
    }

    private void OnReported(NodeReport report)
    {
        var from = Sender.Path.Address.ToString();
        if (_table.Members.ContainsKey(from))
        {
            Step(new NodeTableEvent.Reported(from, report));
            if (from != SelfAddress && report.IsMember) Confirm();
        }
        else if (plan.Candidates.Contains(from)) _heard[from] = (report.IsMember, context.Clock.Now);
        Publish();
    }

    /// <summary>
    /// Forms a cluster after the condition has held for some time. In that time two nodes that start together receive reports of each
    /// other.
    /// </summary>
    private void FormIfWeMay()
    {
        var now = context.Clock.Now;
        var heard = _heard.Where(h => now - h.Value.At <= Patience).ToDictionary(
            static h => h.Key, static h => h.Value.IsMember, StringComparer.Ordinal);
        var settings = context.Settings;
        // without other seeds the settings make it a cluster of one; so it goes on alone when all other nodes are silent
        var isAlone = settings.OtherSeeds.IsEmpty && heard.Count == 0;
        if (!Forming.MayForm(SelfAddress, plan.Candidates, heard, isAlone ? 1 : settings.Quorum))
        {
            _mayFormSince = null;
            return;
        }
        _mayFormSince ??= now;
        // another node that was removed a little later needs this time to come back and report
        var wait = isAlone
            ? settings.SeedTimeout + settings.StableAfter + settings.RejoinAfter + Patience + Patience : settings.SeedTimeout;
        if (now - _mayFormSince < wait) return;
        context.Log.FormsAnew(heard.Count + 1);
        _mayFormSince = null;
        _cluster.Join(_cluster.SelfAddress);
    }

    private void OnLeaveOrder(LeaveOrder order)
    {
        var isLocal = Sender.Path.Address.HasLocalScope;
        var by = isLocal ? order.By : $"{order.By} at {Sender.Path.Address}";
        var why = !isLocal && !_table.Members.ContainsKey(Sender.Path.Address.ToString()) ? "the sender is not a member"
            : !isLocal && !context.TakesOrders ? "a node without TLS, seeds or an ordered join accepts no orders of other nodes"
            : Standing() is ClusterStanding.Member or ClusterStanding.Draining ? ""
            : "this node is not a member";
        if (why.Length > 0) context.Log.LeaveRefused(by, why);
        else context.Log.LeaveOrdered(by);
        Sender.Tell(new LeaveAnswer(why.Length == 0, why));
        if (why.Length > 0) return;
        Depart(new DepartureEvent.LeaveOrdered(order.Within));
        Publish();
    }

    private void Depart(DepartureEvent ev)
    {
        var (next, effects) = Departure.On(context.Departure, ev, context.Clock.Now);
        context.Departure = next; // before the effects: they belong to the new state
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case DepartureEffect.Drain d: context.Node.BeginDrain(d.Within); break;
                case DepartureEffect.Undrain: context.Node.CallOffDrain(); break;
                case DepartureEffect.LeaveCluster:
                    context.Log.Leaves(context.Node.Sessions);
                    _cluster.Leave(_cluster.SelfAddress);
                    break;
                default: throw new InvalidOperationException($"no shell for {effect}");
            }
        }
    }

    private void OnState(ClusterEvent.CurrentClusterState state)
    {
        foreach (var member in state.Members) See(member);
        foreach (var member in state.Unreachable) Step(new NodeTableEvent.Unreachable(KeyOf(member)));
        Step(new NodeTableEvent.LeaderIs(state.Leader?.ToString()));
        Publish();
    }

    private void OnHappening(ClusterEvent.IClusterDomainEvent happening)
    {
        switch (happening)
        {
            // Akka removes all members from a node that leaves or was removed, whatever their phase: keep the last known ones
            case ClusterEvent.MemberRemoved when IsGoing: break;
            case ClusterEvent.MemberRemoved { PreviousStatus: MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up }: break;
            case ClusterEvent.MemberRemoved removed:
                var downed = removed.PreviousStatus == MemberStatus.Down;
                var key = KeyOf(removed.Member);
                Step(new NodeTableEvent.Gone(key, downed));
                _members.RemoveAll(m => m.UniqueAddress.Equals(removed.Member.UniqueAddress));
                if (key != SelfKey && downed) context.Log.Lost(key.Address);
                else if (key != SelfKey) context.Log.Left(key.Address);
                break;
            case ClusterEvent.MemberStatusChange change:
                See(change.Member);
                context.Log.MemberIs(change.Member.Address.ToString(), change.Member.Status.ToString());
                break;
            case ClusterEvent.UnreachableMember unreachable:
                Step(new NodeTableEvent.Unreachable(KeyOf(unreachable.Member)));
                context.Log.Unreachable(unreachable.Member.Address.ToString());
                break;
            case ClusterEvent.ReachableMember reachable:
                Step(new NodeTableEvent.Reachable(KeyOf(reachable.Member)));
                context.Log.Reachable(reachable.Member.Address.ToString());
                break;
            case ClusterEvent.LeaderChanged leader: Step(new NodeTableEvent.LeaderIs(leader.Leader?.ToString())); break;
        }
        Publish();
        if (Happening(happening) is { } told) context.Happened(told);
    }

    private void See(Member member)
    {
        Step(new NodeTableEvent.Seen(KeyOf(member), PhaseOf(member.Status), RolesOf(member)));
        _members.RemoveAll(m => m.Address.Equals(member.Address));
        _members.Add(member);
        _members.Sort(static (a, b) => a.IsOlderThan(b) ? -1 : b.IsOlderThan(a) ? 1 : 0);
        Step(new NodeTableEvent.ByAge([.. _members.Select(static m => m.Address.ToString())]));
    }

    private void Step(NodeTableEvent ev) => _table = NodeTable.On(_table, ev, context.Clock.UtcNow);

    private ClusterStanding Standing()
    {
        if (_table.Members.GetValueOrDefault(SelfAddress) is not { } self || self.Key != SelfKey)
            return context.Departure is DepartureState.Left ? ClusterStanding.Left : plan.Rejoins || _wasMember ? ClusterStanding.Down
                : ClusterStanding.Joining;
        return self.Phase switch
        {
            MemberPhase.Up or MemberPhase.WeaklyUp =>
                context.Departure is DepartureState.Emptying ? ClusterStanding.Draining : ClusterStanding.Member,
            MemberPhase.Joining => plan.Rejoins ? ClusterStanding.Down : ClusterStanding.Joining,
            MemberPhase.Leaving or MemberPhase.Exiting => ClusterStanding.Leaving,
            _ => ClusterStanding.Down,
        };
    }

    /// <summary>True: the node leaves or was removed.</summary>
    private bool IsGoing =>
        _table.Members.GetValueOrDefault(SelfAddress) is not { Phase: MemberPhase.Joining or MemberPhase.WeaklyUp or MemberPhase.Up };

    private void Publish()
    {
        var standing = Standing();
        _wasMember |= standing is ClusterStanding.Member;
        context.Publish(SelfKey, standing, _table);
    }

    private static NodeKey KeyOf(Member member) => new(member.Address.ToString(), member.UniqueAddress.Uid);

    private static ImmutableArray<string> RolesOf(Member member) => [.. member.Roles.Order(StringComparer.Ordinal)];

    private static MemberPhase PhaseOf(MemberStatus status) => status switch
    {
        MemberStatus.Joining => MemberPhase.Joining,
        MemberStatus.WeaklyUp => MemberPhase.WeaklyUp,
        MemberStatus.Up => MemberPhase.Up,
        MemberStatus.Leaving => MemberPhase.Leaving,
        MemberStatus.Exiting => MemberPhase.Exiting,
        MemberStatus.Down => MemberPhase.Down,
        _ => MemberPhase.Removed,
    };

    private static ClusterHappening? Happening(ClusterEvent.IClusterDomainEvent happening) => happening switch
    {
        ClusterEvent.MemberRemoved e => new("MemberRemoved", MemberOf(e.Member), null, null, PhaseOf(e.PreviousStatus)),
        ClusterEvent.MemberDowned e => new("MemberDowned", MemberOf(e.Member), null, null, null),
        ClusterEvent.MemberJoined e => new("MemberJoined", MemberOf(e.Member), null, null, null),
        ClusterEvent.MemberWeaklyUp e => new("MemberWeaklyUp", MemberOf(e.Member), null, null, null),
        ClusterEvent.MemberUp e => new("MemberUp", MemberOf(e.Member), null, null, null),
        ClusterEvent.MemberLeft e => new("MemberLeft", MemberOf(e.Member), null, null, null),
        ClusterEvent.MemberExited e => new("MemberExited", MemberOf(e.Member), null, null, null),
        ClusterEvent.UnreachableMember e => new("UnreachableMember", MemberOf(e.Member), null, null, null),
        ClusterEvent.ReachableMember e => new("ReachableMember", MemberOf(e.Member), null, null, null),
        ClusterEvent.LeaderChanged e => new("LeaderChanged", null, e.Leader?.ToString(), null, null),
        ClusterEvent.RoleLeaderChanged e => new("RoleLeaderChanged", null, e.Leader?.ToString(), e.Role, null),
        ClusterEvent.ClusterShuttingDown => new("ClusterShuttingDown", null, null, null, null),
        _ => null, // internal events of Akka
    };

    private static ClusterEventMember MemberOf(Member member) => new(KeyOf(member), PhaseOf(member.Status), RolesOf(member));
}
