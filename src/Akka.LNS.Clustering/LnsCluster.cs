using System.Threading.Channels;
using Akka.Actor.Setup;
using Akka.LNS.Actors;
using Akka.LNS.Protocol.Membership;
using Akka.Remote.Transport.DotNetty;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Akka.LNS.Clustering;

/// <summary>
/// The node in its cluster. The cluster has an actor system of its own, so a split, a downing or a fault ends no session. Messages between
/// the actors of subscribers stay local. To join again, the node starts this actor system again.
/// </summary>
public sealed class LnsCluster : IAsyncDisposable
{
    private sealed record Part(ActorSystem System, AkkaCluster Cluster, IActorRef Actor);

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5), LeaveWithin = TimeSpan.FromSeconds(4),
        EndWithin = TimeSpan.FromSeconds(2), FormWithin = TimeSpan.FromSeconds(5);

    private readonly ClusterContext _context;
    private readonly string _akkaHocon;
    private readonly TimeProvider _time;
    private readonly ClusterTls? _tls;
    private readonly SemaphoreSlim _one = new(1, 1); // one order to join at a time
    private readonly CancellationTokenSource _ending = new();
    private volatile Part? _part;
    private volatile bool _listens; // an order to join opens the port
    private readonly Channel<JoinPlan> _orders =
        Channel.CreateBounded<JoinPlan>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private Address _self = Address.AllSystems; // until the first start
    private JoinPlan? _plan;
    private Task _running = Task.CompletedTask;

    private LnsCluster(ClusterContext context, string akkaHocon, TimeProvider time, ClusterTls? tls) =>
        (_context, _akkaHocon, _time, _tls, _listens) = (context, akkaHocon, time, tls, context.Settings.Listens);

    public ClusterView View => _context.View;

    /// <summary>This node is a member, and the others count on it: false after a stop of the process until a member confirms.</summary>
    public bool IsReady => _context.IsReady;

    /// <summary>Other nodes reach this one.</summary>
    public bool Listens => _listens;

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
            TakesOrders = settings.Remoting.Tls is not null || !settings.OtherSeeds.IsEmpty,
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
            _listens |= !alone;
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

    /// <inheritdoc cref="ClusterHappenings.ReadAsync"/>
    public IAsyncEnumerable<ClusterHappening> HappeningsAsync(CancellationToken cancellation) =>
        ClusterHappenings.ReadAsync(_context, cancellation);

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

    /// <summary>Candidates in the same order on every node: configured seeds, then the others. A node that names only itself as a seed has
    /// no precedence by that: each of several such nodes would come first on its own list.</summary>
    private List<string> Candidates(Address self, List<Address> known)
    {
        var seeds = Settings.OtherSeeds.IsEmpty ? [] : Seeds(self);
        return [.. seeds.Concat(known.Append(self).Except(seeds).OrderBy(static a => a.ToString(), StringComparer.Ordinal)).Select(
            static a => a.ToString())];
    }

    private void Begin(int port, Func<Address, JoinPlan> plan)
    {
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ClusterHocon.Of(Settings, port, _listens, _akkaHocon)));
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
                var former = _self.ToString();
                // without a port so far: the one of the settings
                Begin(_self.Port is > 0 and var port ? port : Settings.Remoting.Port, self => plan.Renamed(former, self.ToString()));
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
}
