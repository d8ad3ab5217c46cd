using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Actors.Tunnels;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Node;

/// <summary>The LNS as its host sees it: started on an actor system and a data plane, stopped in order, looked at in between.</summary>
public sealed class LnsNode
{
    private readonly LnsNodeContext _node;
    private readonly IActorRef _supervisor;
    private readonly LoadMonitor _load;
    private readonly Task _drained;

    private readonly AddressPools _pools;

    private LnsNode(LnsNodeContext node, IActorRef supervisor, LoadMonitor load, Task drained, AddressPools pools) =>
        (_node, _supervisor, _load, _drained, _pools) = (node, supervisor, load, drained, pools);

    /// <summary>Makes the actors and starts the plane: after it returns, tunnels are taken.</summary>
    /// <exception cref="DataPlaneStartException">The plane cannot start; nothing is left behind.</exception>
    /// <exception cref="SpoolStartException">The accounting spool cannot be used.</exception>
    /// <exception cref="DynamicAuthorizationStartException">The address for CoA and Disconnect cannot be listened on.</exception>
    /// <exception cref="ArgumentException">The settings' pools contradict each other; whoever read them should have said so.</exception>
    public static LnsNode Start(ActorSystem system, LnsSettings settings, IDataPlane plane, ILoggerFactory log, TimeProvider clock)
    {
        var nodeClock = new NodeClock(clock);
        var logger = log.CreateLogger("Akka.LNS");
        if (!TryMakePools(settings, out var pools, out var error)) throw new ArgumentException(error, nameof(settings));
        var spool = OpenSpool(settings.Radius, nodeClock, logger);
        var node = new LnsNodeContext(settings, plane, nodeClock, logger, new SessionIdSource(settings.Group.Name, nodeClock.UtcNow, spool.PreviousEpoch), spool);
        var load = new LoadMonitor(settings.Overload);
        node.Admission = new AdmissionControl(settings, nodeClock, node.Counters, logger, MailboxMeters.Of(system), load, () => node.RadiusCondition);
        var intake = new ControlIntake(node.Counters);
        // the plane before the actors: when it fails, there is hardly anything to take back. What arrives before they are made finds nobody, and comes again.
        try
        {
            if (!settings.Radius.DynamicAuthorization.Clients.IsEmpty) node.DynamicAuthorization = new DynamicAuthorizationSocket(settings, node.Counters.DynamicAuthorization, nodeClock, logger);
            plane.Start(intake);
        }
        catch
        {
            node.DynamicAuthorization?.Dispose();
            spool.Dispose();
            throw;
        }
        foreach (var warning in plane.Warnings) node.Log.PlaneWarning(warning);
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var supervisor = system.ActorOf(LnsProps.Serial(() => new LnsSupervisor(node, intake, pools, drained)), "lns");
        return new LnsNode(node, supervisor, load, drained.Task, pools);
    }

    public NodeCounters Counters => _node.Counters;

    /// <summary>Ends with the actor system.</summary>
    public NodeMeter Meter => _node.Meter;

    /// <summary>As they are now.</summary>
    public LnsSettings Settings => _node.Settings;

    /// <summary>
    /// Other settings for this node. Sessions that are up keep what they were granted, tunnels that are up stay; what is new goes by the new settings. Of what was built from the
    /// settings at the start (data plane, workers, spool, API) nothing changes: the caller leaves those settings as they are.
    /// </summary>
    /// <returns>Completes when the new settings hold everywhere.</returns>
    /// <exception cref="ArgumentException">The settings' pools contradict each other; whoever read them should have said so.</exception>
    public Task ApplyAsync(LnsSettings settings)
    {
        if (!TryMakePools(settings, out _, out var error)) throw new ArgumentException(error, nameof(settings));
        var applied = new SettingsApplied(LnsSupervisor.SettingsParts);
        _supervisor.Tell(new SettingsChanged(settings, applied));
        return applied.Task;
    }

    public IDataPlane Plane => _node.Plane;

    /// <summary>As last published by the router.</summary>
    public RadiusCondition Radius => _node.RadiusCondition;

    /// <summary>Where CoA and Disconnect are listened for; null: nowhere.</summary>
    public System.Net.IPEndPoint? DynamicAuthorization => _node.DynamicAuthorization?.EndPoint;

    /// <summary>It takes nothing new any more.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Accounting records that wait for a server.</summary>
    public SpoolSnapshot Spool => _node.Spool.Snapshot;

    /// <summary>As last sampled.</summary>
    public LoadSample Load => _load.Latest;

    /// <summary>Who is let in at the moment, who is not and why.</summary>
    public AdmissionReport Admission => _node.Admission.Report();

    /// <summary>Completes when a drain that was ordered with exit has come to its end, or time was up: the caller ends the node then.</summary>
    public Task Drained => _drained;

    /// <summary>Completes when the node's supervisor has ended: nothing is served any more. In order this comes only with the end of the actor system.</summary>
    public Task Ended => _supervisor.WatchAsync();

    /// <summary>Characters that the text of a reason may have: messages to LACs and servers carry it.</summary>
    public const int MostReason = 200;

    /// <summary>Empties the node: new tunnels and calls are refused with 2/7, sessions stay until they end by themselves. Ordered again, the newer order counts.</summary>
    /// <param name="within">The sessions that remain are ended after so long; null: never.</param>
    /// <param name="exit">The program ends with the last session; else the node stays, empty, until <see cref="Undrain"/>.</param>
    /// <param name="why">For the log and for LACs that are refused, at most <see cref="MostReason"/> characters; null: nothing is said.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="within"/> is negative or above 1,000 days, or <paramref name="why"/> too long.</exception>
    public void Drain(TimeSpan? within, bool exit, string? why = null)
    {
        if (within is { } time)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(within));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromDays(1000), nameof(within));
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(why?.Length ?? 0, MostReason, nameof(why));
        _supervisor.Tell(new DrainOrdered(new DrainEvent.Requested(within, exit, why)));
    }

    /// <summary>Calls a drain off; without effect when there is none, or when the program is ending already.</summary>
    public void Undrain() => _supervisor.Tell(new DrainOrdered(DrainEvent.CalledOff.Instance));

    /// <summary>StopCCN on every tunnel, accounting Stops, then done; false when the time was not enough. The plane and the actor system are the caller's to end.</summary>
    public async Task<bool> StopAsync(EndReason why, TimeSpan within)
    {
        IsStopping = true;
        try
        {
            var stopped = await _supervisor.Ask<NodeStopped>(new StopNode(why, within), within + TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            return stopped.Clean;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
        finally
        {
            await _node.Spool.CloseAsync().ConfigureAwait(false);
        }
    }

    private static IAccountingSpool OpenSpool(RadiusSettings settings, NodeClock clock, ILogger log)
    {
        if (settings.Accounts && settings.Accounting.Spool.File is not null) return SqliteSpool.Open(settings.Accounting.Spool, clock, log);
        if (settings.Accounts) log.NoSpool();
        return new MemorySpool(settings.Accounting.Spool, log);
    }

    /// <summary>All calls, in set-up, up and closing.</summary>
    public CallTable Calls => _node.Calls;

    public TunnelTable Tunnels => _node.TunnelTable;

    /// <summary>The last ends of calls.</summary>
    public DisconnectLog Disconnects => _node.Disconnects;

    public NodeClock Clock => _node.Clock;

    /// <summary>Traces that are on.</summary>
    public int Traces => _node.Traces.Count;

    /// <summary>Begins to trace; whoever asked reads it, and disposes it. Null: there are as many as <see cref="TraceSettings.Max"/> allows.</summary>
    public Trace? BeginTrace(TraceSubject subject) => _node.Traces.Begin(subject, _node.Calls);

    /// <summary>How full the address pools are, a moment ago.</summary>
    public IEnumerable<(string Name, PoolUse Use)> PoolUses
    {
        get
        {
            foreach (var name in _pools.Names)
                if (_pools.Use(name) is { } use) yield return (name, use);
        }
    }

    /// <summary>Who is on.</summary>
    public IReadOnlyList<CallEntry> Find(string? user = null, Ipv4Address? address = null) =>
        [.. Calls.All.Where(c => c.Phase == CallPhase.Up && (user is null || c.User == user) && (address is null || c.Address == address))];

    /// <summary>Ends one call, however far it is; the subscriber is told by LCP.</summary>
    public static void Drop(CallEntry call, EndReason why)
    {
        if (call.Bundle is { } bundle) bundle.Tell(new CloseSubscriber(why));
        else if (call.Link is { } link) link.Tell(new CloseLink(why));
        else call.Session.Tell(Hangup.Call(why));
    }

    /// <summary>Asks all layers of a call. Who does not answer within <paramref name="within"/> is named in <see cref="CallDescription.Silent"/>.</summary>
    public async Task<CallDescription> DescribeAsync(CallEntry call, TimeSpan within)
    {
        var silent = new List<string>();
        var session = AskAsync<SessionDescription>(call.Session, "session", within, silent);
        var link = AskAsync<LinkDescription>(call.Link, "link", within, silent);
        var bundle = AskAsync<BundleDescription>(call.Bundle, "bundle", within, silent);
        var tunnel = AskAsync<TunnelDescription>(Tunnels.Find(call.Path.TunnelId)?.Actor, "tunnel", within, silent);
        await Task.WhenAll(session, link, bundle, tunnel).ConfigureAwait(false);
        return new CallDescription(await session.ConfigureAwait(false), await link.ConfigureAwait(false), await bundle.ConfigureAwait(false),
            await tunnel.ConfigureAwait(false), [.. silent]);
    }

    /// <summary>Null: it did not answer in time.</summary>
    public static Task<TunnelDescription?> DescribeAsync(TunnelEntry tunnel, TimeSpan within) => AskAsync<TunnelDescription>(tunnel.Actor, "tunnel", within, []);

    /// <inheritdoc cref="DescribeAsync(TunnelEntry, TimeSpan)"/>
    public Task<PoolsDescription?> DescribePoolsAsync(TimeSpan within) => AskAsync<PoolsDescription>(_node.Pools, "pools", within, []);

    private static async Task<T?> AskAsync<T>(IActorRef? actor, string name, TimeSpan within, List<string> silent) where T : class
    {
        if (actor is null) return null;
        try
        {
            return await actor.Ask<T>(Describe.Instance, within).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            lock (silent) silent.Add(name);
            return null;
        }
    }

    /// <summary>The pools of the settings without the LNS's own addresses; false: they contradict each other or are empty, as <paramref name="error"/> says.</summary>
    public static bool TryMakePools(LnsSettings settings, out AddressPools pools, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? error) =>
        AddressPools.TryCreate([.. settings.Pools.Values], settings.OwnAddresses, out pools, out error) || error is null;
}
