using System.Diagnostics.CodeAnalysis;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Counters;
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
using Akka.LNS.Protocol.Membership;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Node;

/// <summary>The LNS for its host: starts on an actor system and a data plane, stops in order, and shows its state.</summary>
public sealed class LnsNode
{
    private readonly NodeParts _parts;
    private readonly IActorRef _supervisor;

    private LnsNode(NodeParts parts, IActorRef supervisor) => (_parts, _supervisor) = (parts, supervisor);

    /// <summary>Creates the actors and starts the plane. On return, tunnels are accepted.</summary>
    /// <exception cref="DataPlaneStartException">The plane cannot start; nothing is left behind.</exception>
    /// <exception cref="SpoolStartException">The accounting spool cannot be used.</exception>
    /// <exception cref="DynamicAuthorizationStartException">The address for CoA and Disconnect cannot be listened on.</exception>
    /// <exception cref="ArgumentException">
    /// The settings' pools contradict each other. The reader of the settings should have reported it.
    /// </exception>
    /// <param name="nas">Whether the node is the only one of its NAS; <see cref="NasIs"/> changes it. Null: it is.</param>
    public static LnsNode Start(
        ActorSystem system, LnsSettings settings, IDataPlane plane, ILoggerFactory log, TimeProvider clock, NasVerdict? nas = null)
    {
        var nodeClock = new NodeClock(clock);
        var logger = log.CreateLogger("Akka.LNS");
        if (!TryMakePools(settings, out var pools, out var error)) throw new ArgumentException(error, nameof(settings));
        var spool = OpenSpool(settings.Radius, nodeClock, logger);
        var sessionIds = new SessionIdSource(settings.Group.Name, nodeClock.UtcNow, spool.PreviousEpoch);
        var (live, counters, radius, load) =
            (new LiveSettings(settings), new NodeCounters(), new RadiusMonitor(), new LoadMonitor(settings.Overload));
        var intake = new ControlIntake(counters);
        var needed = new ProtectedAddresses();
        needed.Set(settings);
        var admission = new AdmissionControl(settings, nodeClock, counters, logger, MailboxMeters.Of(system), load, radius);
        DynamicAuthorizationSocket? dynamicAuthorization = null;
        // the plane before the actors: when it fails, there is little to undo. What arrives before the actors are made is dropped and comes
        // again
        try
        {
            if (!settings.Radius.DynamicAuthorization.Clients.IsEmpty)
                dynamicAuthorization = new DynamicAuthorizationSocket(settings, counters.DynamicAuthorization, nodeClock, logger);
            plane.Start(intake, new PlaneObserver(needed, admission, counters, logger));
        }
        catch
        {
            dynamicAuthorization?.Dispose();
            spool.Dispose();
            throw;
        }
        foreach (var warning in plane.Warnings) logger.PlaneWarning(warning);
        var keep = settings.Disconnects;
        var tunnels = new TunnelTable();
        var parts = new NodeParts
        {
            Live = live,
            Plane = plane,
            Clock = nodeClock,
            Log = logger,
            Counters = counters,
            Meter = new NodeMeter(),
            SessionIds = sessionIds,
            Spool = spool,
            Calls = new CallTable(),
            Tunnels = tunnels,
            TunnelState = TunnelStateFile.Open(settings.Tunnels.StateFile, tunnels, logger),
            Disconnects = new DisconnectLog(keep.Keep, keep.KeepPerUser, keep.KeepPerLac),
            Traces = new Traces(settings.Traces, plane, nodeClock),
            Radius = radius,
            Load = load,
            Admission = admission,
            Pools = pools,
            Nas = nas ?? NasVerdict.Sole,
            Intake = intake,
            Needed = needed,
            DynamicAuthorization = dynamicAuthorization,
        };
        return new LnsNode(parts, system.ActorOf(LnsProps.Serial(() => new LnsSupervisor(parts)), "lns"));
    }

    public NodeCounters Counters => _parts.Counters;

    /// <summary>Instruments of the node. They end with the actor system.</summary>
    public NodeMeter Meter => _parts.Meter;

    /// <summary>The current settings.</summary>
    public LnsSettings Settings => _parts.Live.Current;

    /// <summary>
    /// Applies new settings. Existing tunnels and sessions keep their values; new ones use the new settings. The parts that are created at
    /// the start (data plane, workers, spool, API) do not change, so the caller must not change their settings.
    /// </summary>
    /// <returns>Completes when all parts use the new settings.</returns>
    /// <exception cref="ArgumentException">
    /// The settings' pools contradict each other. The reader of the settings should have reported it.
    /// </exception>
    public Task ApplyAsync(LnsSettings settings)
    {
        if (!TryMakePools(settings, out _, out var error)) throw new ArgumentException(error, nameof(settings));
        var applied = new SettingsApplied(LnsSupervisor.SettingsParts);
        _supervisor.Tell(new SettingsChanged(settings, applied));
        return applied.Task;
    }

    public IDataPlane Plane => _parts.Plane;

    /// <summary>Replaces addresses that no subscriber may have, besides those of the settings.</summary>
    /// <param name="source">Where they come from, such as "cluster".</param>
    public void Protect(string source, IEnumerable<NamedAddress> addresses) => _parts.Needed.Set(source, addresses);

    /// <summary>Last state of RADIUS that the router published.</summary>
    public RadiusCondition Radius => _parts.Radius.Latest;

    /// <summary>Latency of a server over the last 1 and 15 minutes.</summary>
    public RadiusServerLatency RadiusLatencyOf(RadiusServerCondition server) =>
        _parts.Radius.Latencies.At(server.Name, server.IsAccounting, _parts.Clock.Now);

    /// <summary>Address for CoA and Disconnect; null: they are off.</summary>
    public System.Net.IPEndPoint? DynamicAuthorization => _parts.DynamicAuthorization?.EndPoint;

    /// <summary>The node stops and accepts no tunnel and no call.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Accounting records that wait for a server.</summary>
    public SpoolSnapshot Spool => _parts.Spool.Snapshot;

    /// <summary>Last sample of the Load.</summary>
    public LoadSample Load => _parts.Load.Latest;

    /// <summary>State of admission, with the reason for refusals.</summary>
    public AdmissionReport Admission => _parts.Admission.Report();

    /// <summary>Completes when a drain with exit has ended or its time is up. The caller then ends the node.</summary>
    public Task Drained => _parts.Drained.Task;

    /// <summary>
    /// Completes when the supervisor has ended and the node serves nothing. Normally this comes with the end of the actor system.
    /// </summary>
    public Task Ended => _supervisor.WatchAsync();

    /// <summary>Maximum length in characters of a reason, which messages to LACs and servers carry.</summary>
    public const int MostReason = 200;

    /// <summary>
    /// Drains the node: new tunnels and calls are refused with 2/7, sessions stay until they end. A later order replaces this one.
    /// </summary>
    /// <param name="within">Time after which the remaining sessions are ended; null: never.</param>
    /// <param name="exit">The program ends with the last session; false: the node stays, empty, until <see cref="Undrain"/>.</param>
    /// <param name="why">Reason for the log and for refused LACs, at most <see cref="MostReason"/> characters; null: none.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="within"/> is negative or above 1,000 days, or <paramref name="why"/> too long.
    /// </exception>
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

    /// <summary>The node is the only one of its NAS, or is not: decides about Accounting-On and Accounting-Off.</summary>
    public void NasIs(NasVerdict verdict) => _supervisor.Tell(new NasDecided(verdict));

    /// <summary>Cancels a drain. No effect without a drain, or when the program already ends.</summary>
    public void Undrain() => _supervisor.Tell(new DrainOrdered(DrainEvent.CalledOff.Instance));

    /// <summary>
    /// Stops the node: StopCCN on all tunnels, then the accounting Stops. The caller ends the plane and the actor system.
    /// </summary>
    /// <returns>False: the time was too short.</returns>
    public async Task<bool> StopAsync(EndReason why, TimeSpan within)
    {
        IsStopping = true;
        try
        {
            var stopped = await _supervisor.Ask<NodeStopped>(new StopNode(why, within), within + TimeSpan.FromSeconds(1))
                .ConfigureAwait(false);
            return stopped.Clean;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
        finally
        {
            _parts.TunnelState?.Dispose();
            await _parts.Spool.CloseAsync().ConfigureAwait(false);
        }
    }

    private static IAccountingSpool OpenSpool(RadiusSettings settings, NodeClock clock, ILogger log)
    {
        if (settings.Accounts && settings.Accounting.Spool.File is not null) return SqliteSpool.Open(settings.Accounting.Spool, clock, log);
        if (settings.Accounts) log.NoSpool();
        return new MemorySpool(settings.Accounting.Spool, log);
    }

    /// <summary>Records of traces that were dropped since the start.</summary>
    public long TraceRecordsDropped => _parts.Traces.Dropped.Value;

    /// <summary>All calls, in set-up, up and closing.</summary>
    public CallTable Calls => _parts.Calls;

    public TunnelTable Tunnels => _parts.Tunnels;

    /// <summary>Recent ends of calls.</summary>
    public DisconnectLog Disconnects => _parts.Disconnects;

    public NodeClock Clock => _parts.Clock;

    /// <summary>Number of running traces.</summary>
    public int Traces => _parts.Traces.Count;

    /// <summary>Starts a trace, which the caller reads and disposes. Null: <see cref="TraceSettings.Max"/> traces run already.</summary>
    public Trace? BeginTrace(TraceSubject subject) => _parts.Traces.Begin(subject, _parts.Calls);

    /// <summary>Recent use of the address pools.</summary>
    public IEnumerable<(string Name, PoolUse Use)> PoolUses
    {
        get
        {
            foreach (var name in _parts.Pools.Names)
                if (_parts.Pools.Use(name) is { } use) yield return (name, use);
        }
    }

    /// <summary>Calls that are up.</summary>
    public IReadOnlyList<CallEntry> Find(string? user = null, Ipv4Address? address = null) =>
        [.. Calls.All.Where(c => c.Phase == CallPhase.Up && (user is null || c.User == user || c.Login == user)
            && (address is null || c.Address == address))];

    /// <summary>Ends one call in any phase, by LCP where it is negotiated.</summary>
    public static void Drop(CallEntry call, EndReason why)
    {
        if (call.Bundle is { } bundle) bundle.Tell(new CloseSubscriber(why));
        else if (call.Link is { } link) link.Tell(new CloseLink(why));
        else call.Session.Tell(Hangup.Call(why));
    }

    /// <summary>Asks all layers of a call. <see cref="CallDescription.Silent"/> names those that do not answer in time.</summary>
    public async Task<CallDescription> DescribeAsync(CallEntry call, TimeSpan within)
    {
        var silent = new List<string>();
        var session = AskAsync<SessionDescription>(call.Session, "session", within, silent);
        var link = AskAsync<LinkDescription>(call.Link, "link", within, silent);
        var bundle = AskAsync<BundleDescription>(call.Bundle, "bundle", within, silent);
        var tunnel = AskAsync<TunnelDescription>(Tunnels.Find(call.Path.TunnelId)?.Actor, "tunnel", within, silent);
        await Task.WhenAll(session, link, bundle, tunnel).ConfigureAwait(false);
        return new CallDescription(await session.ConfigureAwait(false), await link.ConfigureAwait(false),
            await bundle.ConfigureAwait(false),
            await tunnel.ConfigureAwait(false), [.. silent]);
    }

    /// <summary>Asks a tunnel. Null: no answer in time.</summary>
    public static Task<TunnelDescription?> DescribeAsync(TunnelEntry tunnel, TimeSpan within) =>
        AskAsync<TunnelDescription>(tunnel.Actor, "tunnel", within, []);

    /// <inheritdoc cref="DescribeAsync(TunnelEntry, TimeSpan)"/>
    public Task<PoolsDescription?> DescribePoolsAsync(TimeSpan within) => AskAsync<PoolsDescription>(_supervisor, "pools", within, []);

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

    /// <summary>What these settings alone keep from subscribers, before a start.</summary>
    /// <param name="others">Addresses of other parts of the program.</param>
    /// <param name="withOwn">Keep the node's own addresses too.</param>
    public static AddressGuard GuardOf(LnsSettings settings, IEnumerable<NamedAddress> others, bool withOwn) =>
        ProtectedAddresses.GuardOf(settings.NeededAddresses.Concat(others).Where(a => withOwn || !a.IsOwn));

    /// <summary>
    /// Makes the pools of the settings, without the addresses of the LNS. False: they contradict each other or are empty.
    /// </summary>
    public static bool TryMakePools(LnsSettings settings, out AddressPools pools, [NotNullWhen(false)] out string? error) =>
        AddressPools.TryCreate([.. settings.Pools.Values], settings.OwnAddresses, out pools, out error) || error is null;
}
