using System.Threading.Channels;
using Akka.Actor.Setup;
using Akka.LNS.Actors;
using Akka.LNS.Protocol.Membership;
using Akka.Remote.Transport.DotNetty;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Akka.LNS.Clustering;

/// <summary>The cluster cannot be started. The message is one line for the operator.</summary>
public sealed class ClusterStartException(string message) : Exception(message);

/// <summary>Result of an order to join, leave or down.</summary>
public enum ClusterOrderResult
{
    Ordered,
    /// <summary>The node is already in the requested state.</summary>
    Nothing,
    /// <summary>The member does not exist.</summary>
    Unknown,
    /// <summary>Not possible now: the text is the reason.</summary>
    Refused,
    /// <summary>The member does not answer.</summary>
    Silent,
}

/// <summary>
/// The node in its cluster. The cluster has an actor system of its own, so a split, a downing or a fault ends no session. Messages between
/// the actors of subscribers stay local. To join again, the node starts this actor system again.
/// </summary>
public sealed class LnsCluster : IAsyncDisposable
{
    private sealed record Part(ActorSystem System, AkkaCluster Cluster, IActorRef Actor);

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5), LeaveWithin = TimeSpan.FromSeconds(4),
        EndWithin = TimeSpan.FromSeconds(2), FormWithin = TimeSpan.FromSeconds(5);
    private const int MostHappenings = 1000;

    private readonly ClusterContext _context;
    private readonly string _akkaHocon;
    private readonly TimeProvider _time;
    private readonly ClusterTls? _tls;
    private readonly SemaphoreSlim _one = new(1, 1); // one order to join at a time
    private readonly CancellationTokenSource _ending = new();
    private volatile Part? _part;
    private readonly Channel<JoinPlan> _orders =
        Channel.CreateBounded<JoinPlan>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private Address _self = Address.AllSystems; // until the first start
    private JoinPlan? _plan;
    private Task _running = Task.CompletedTask;

    private LnsCluster(ClusterContext context, string akkaHocon, TimeProvider time, ClusterTls? tls) =>
        (_context, _akkaHocon, _time, _tls) = (context, akkaHocon, time, tls);

    public ClusterView View => _context.View;

    public ClusterSettings Settings => _context.Settings;

    /// <summary>Opens the port and starts to join. A cluster of one node is complete on return. Does not wait for other nodes.</summary>
    /// <param name="akkaHocon">The section akka of the operator.</param>
    /// <exception cref="ClusterStartException">The port is in use, or the certificate is invalid.</exception>
    public static async Task<LnsCluster> StartAsync(
        ClusterSettings settings, string akkaHocon, IClusteredNode node, ILoggerFactory loggers, TimeProvider time)
    {
        ClusterTls? tls = null;
        if (settings.Remoting.Tls is { } files && !ClusterTls.TryRead(files, time.GetUtcNow(), out tls, out var part, out var error))
            throw new ClusterStartException($"lns.cluster.remoting.tls.{part}: {error}");
        var context = new ClusterContext(settings, node, new NodeClock(time), loggers.CreateLogger("Akka.LNS.Clustering"))
        {
            TakesOrders = settings.Remoting.Tls is not null || !settings.Seeds.IsEmpty,
        };
        var cluster = new LnsCluster(context, akkaHocon, time, tls);
        try
        {
            cluster.Begin(settings.Remoting.Port, cluster.FirstPlan);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ClusterStartException(
                $"cannot listen on {settings.Remoting.Hostname}:{settings.Remoting.Port} (lns.cluster.remoting): "
                + e.GetBaseException().Message);
        }
        cluster._running = cluster.RunAsync();
        if (cluster._plan is { Ask.Count: 0 }) await cluster.WaitUntilMemberAsync(FormWithin).ConfigureAwait(false);
        return cluster;
    }

    /// <summary>
    /// Joins the cluster of the member <paramref name="address"/>. A node that has left or drains in order to leave returns to service.
    /// </summary>
    public async Task<(ClusterOrderResult Result, string Why)> JoinAsync(Address address)
    {
        if (address.System != _self.System || address.Protocol != _self.Protocol || !address.HasGlobalScope)
            return (ClusterOrderResult.Refused,
                $"'{address}' cannot be a node of this cluster; allowed: {_self.Protocol}://{_self.System}@HOST:PORT");
        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            var view = View;
            var members = view.Nodes.Members;
            if (_part is { } running && members.ContainsKey(view.Self.Address) && view.Standing is not ClusterStanding.Leaving)
            {
                if (members.ContainsKey(address.ToString()))
                {
                    running.Actor.Tell(JoinWanted.Instance); // cancels the departure
                    return (ClusterOrderResult.Nothing, $"{address} and this node are members of one cluster");
                }
                if (members.Count > 1)
                    return (ClusterOrderResult.Refused, "this node is a member of a cluster with others: leave it first");
            }
            _context.TakesOrders = true;
            var alone = address.Equals(_self);
            _orders.Writer.TryWrite(
                new JoinPlan(alone ? [] : [address], Rejoins: false, [.. new[] { _self.ToString(), address.ToString() }.Distinct()]));
            if (_part is { } before)
            {
                before.Actor.Tell(JoinWanted.Instance);
                await EndAsync(before).ConfigureAwait(false); // a cluster of one node: no other member to notify
            }
            return (ClusterOrderResult.Ordered, "");
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Orders a member to drain and then leave.</summary>
    /// <param name="within">Time after which remaining sessions end; null: never.</param>
    /// <param name="by">Origin of the order, for the log of the member.</param>
    public async Task<(ClusterOrderResult Result, string Why)> LeaveAsync(string address, TimeSpan? within, string by)
    {
        if (_part is not { } part || !View.Nodes.Members.TryGetValue(address, out var member))
            return (ClusterOrderResult.Unknown, $"Member [{address}] not found");
        if (member.Phase is MemberPhase.Leaving or MemberPhase.Exiting) return (ClusterOrderResult.Nothing, $"{address} is leaving");
        var order = new LeaveOrder(within, by);
        try
        {
            var answer = address == View.Self.Address
                ? await part.Actor.Ask<LeaveAnswer>(order, AnswerWithin).ConfigureAwait(false)
                : await part.System.ActorSelection($"{address}/user/{ClusterHocon.ActorName}").Ask<LeaveAnswer>(
                order, AnswerWithin).ConfigureAwait(false);
            return answer.Accepted ? (ClusterOrderResult.Ordered, "") : (ClusterOrderResult.Refused, $"{address} refused: {answer.Why}");
        }
        catch (Exception e) when (e is AskTimeoutException or OperationCanceledException)
        {
            return (ClusterOrderResult.Silent, $"{address} does not answer: an unreachable member can only be removed (down)");
        }
    }

    /// <summary>Removes a member. A live one keeps its sessions and joins again by itself.</summary>
    public (ClusterOrderResult Result, string Why) Down(string address)
    {
        if (_part is not { } part || !View.Nodes.Members.ContainsKey(address))
            return (ClusterOrderResult.Unknown, $"Member [{address}] not found");
        part.Cluster.Down(Address.Parse(address));
        return (ClusterOrderResult.Ordered, "");
    }

    /// <summary>Returns the current members and the leader, then each event. A slow reader loses the oldest events.</summary>
    public async IAsyncEnumerable<ClusterHappening> HappeningsAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<ClusterHappening>(
            new BoundedChannelOptions(MostHappenings) { FullMode = BoundedChannelFullMode.DropOldest });
        void Listen(ClusterHappening happening) => channel.Writer.TryWrite(happening);
        _context.Listen(Listen);
        try
        {
            var view = View;
            foreach (var m in view.Nodes.Members.Values)
                if (KindOf(m.Phase) is { } kind)
                    yield return new ClusterHappening(kind, new ClusterEventMember(m.Key, m.Phase, m.Roles), null, null, null);
            foreach (var m in view.Nodes.Members.Values)
                if (m.UnreachableSince is not null)
                    yield return new ClusterHappening(
                        "UnreachableMember", new ClusterEventMember(m.Key, m.Phase, m.Roles), null, null, null);
            if (view.Nodes.Leader is { } leader) yield return new ClusterHappening("LeaderChanged", null, leader, null, null);
            await foreach (var happening in channel.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return happening;
        }
        finally
        {
            _context.Unlisten(Listen);
        }
    }

    /// <summary>Leaves without a drain, at the end of the node, and closes the port.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        if (_part is { } part)
        {
            if (View.Nodes.Members.Count > 1 && View.Nodes.Members.ContainsKey(View.Self.Address))
            {
                try
                {
                    await part.Cluster.LeaveAsync().WaitAsync(LeaveWithin, _time).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    // the other members cannot agree on the departure now and consider this node lost
                }
            }
            await EndAsync(part).ConfigureAwait(false);
        }
        await _running.ConfigureAwait(false);
        _ending.Dispose();
        _one.Dispose();
        _tls?.Own.Dispose();
    }

    private JoinPlan FirstPlan(Address self)
    {
        var seeds = Seeds(self);
        return seeds.Count == 0 || (seeds.Count == 1 && seeds[0].Equals(self)) ? new JoinPlan([], Rejoins: false, [self.ToString()])
            : new JoinPlan(seeds, Rejoins: false, Candidates(self, seeds));
    }

    /// <summary>
    /// Plan to join again after a removal: all former and possible members are seeds, and this node is not the first seed.
    /// </summary>
    private JoinPlan BackPlan(IEnumerable<string> known)
    {
        var seeds = Seeds(_self);
        foreach (var address in known.Select(Address.Parse))
            if (!seeds.Contains(address)) seeds.Add(address);
        var candidates = Candidates(_self, seeds);
        seeds.Remove(_self);
        return new JoinPlan(seeds, Rejoins: seeds.Count > 0, candidates);
    }

    private List<Address> Seeds(Address self) => [.. Settings.Seeds.Select(s => new Address(self.Protocol, self.System, s.Host, s.Port))];

    /// <summary>Candidates in the same order on every node: configured seeds, then the others.</summary>
    private List<string> Candidates(Address self, List<Address> known)
    {
        var seeds = Seeds(self);
        return [.. seeds.Concat(known.Append(self).Except(seeds).OrderBy(static a => a.ToString(), StringComparer.Ordinal)).Select(
            static a => a.ToString())];
    }

    private void Begin(int port, Func<Address, JoinPlan> plan)
    {
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ClusterHocon.Of(Settings, port, _akkaHocon)));
        if (_tls is { } tls)
        {
            setup = setup.And(new DotNettySslSetup(
                tls.Own, suppressValidation: false, requireMutualAuthentication: true, (certificate, _, peer, _, _) =>
            {
                if (tls.IsTrusted(certificate, _time.GetUtcNow(), out var why)) return true;
                _context.Log.CertificateRefused(peer, why);
                return false;
            }));
        }
        var system = ActorSystem.Create(Settings.Name, setup);
        try
        {
            var cluster = AkkaCluster.Get(system);
            _self = cluster.SelfAddress;
            var join = _plan = plan(_self);
            _part = new Part(system, cluster,
                system.ActorOf(Props.Create(() => new MembershipActor(_context, join)), ClusterHocon.ActorName));
        }
        catch
        {
            system.Terminate();
            throw;
        }
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            if (_part is { } part) await part.System.WhenTerminated.ConfigureAwait(false);
            _part = null;
            if (_ending.IsCancellationRequested) return;
            var before = View;
            // by its own departure, or by a command of Akka
            if (before.Standing is ClusterStanding.Leaving) _context.Departure = DepartureState.Left.Instance;
            var hasLeft = _context.Departure is DepartureState.Left;
            var isOrdered = _orders.Reader.TryPeek(out _);
            if (hasLeft) _context.Log.HasLeft();
            else if (!isOrdered && before.Standing is ClusterStanding.Member or ClusterStanding.Draining or ClusterStanding.Down)
                _context.Log.PutOut(_context.Node.Sessions);
            // Akka ends the system when one node refuses the certificate of the other. Then this node was never a member
            var wasOut = before.Standing is ClusterStanding.Joining;
            _context.Publish(new NodeKey(_self.ToString(), 0), hasLeft ? ClusterStanding.Left : isOrdered
                || wasOut ? ClusterStanding.Joining : ClusterStanding.Down,
                NodeTable.On(before.Nodes, new NodeTableEvent.Outside(before.Self.Address, OthersAreLost: !hasLeft && !isOrdered),
                    _context.Clock.UtcNow));
            var plan = await OrderAsync(hasLeft ? Timeout.InfiniteTimeSpan : Settings.RejoinAfter).ConfigureAwait(false);
            if (_ending.IsCancellationRequested) return;
            if (hasLeft)
            {
                _context.Departure = DepartureState.Staying.Instance;
                _context.Node.CallOffDrain();
            }
            plan ??= wasOut ? _plan : null;
            plan ??= BackPlan(before.Nodes.Members.Keys.Concat(before.Nodes.Lost.Keys));
            try
            {
                Begin(_self.Port ?? 0, _ => plan);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _context.Log.CannotRestart(e.GetBaseException().Message); // the next attempt follows later
            }
        }
    }

    /// <summary>Waits for an order. Null: none arrived in time.</summary>
    private async Task<JoinPlan?> OrderAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
        try
        {
            return await _orders.Reader.ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task WaitUntilMemberAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within, _time);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), _time);
        try
        {
            while (!View.IsMember && await timer.WaitForNextTickAsync(limit.Token).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // the node reports that it is not ready
        }
    }

    private async Task EndAsync(Part part)
    {
        try
        {
            await part.System.Terminate().WaitAsync(EndWithin, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // the old system ends with the process; otherwise the next start reports that the port is in use
        }
    }

    private static string? KindOf(MemberPhase phase) => phase switch
    {
        MemberPhase.Joining => "MemberJoined",
        MemberPhase.WeaklyUp => "MemberWeaklyUp",
        MemberPhase.Up => "MemberUp",
        MemberPhase.Leaving => "MemberLeft",
        MemberPhase.Exiting => "MemberExited",
        MemberPhase.Down => "MemberDowned",
        _ => null,
    };
}
