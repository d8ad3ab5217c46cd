using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Overload;

/// <summary>
/// Shell of <see cref="NodeAdmission"/>, which decides for each SCCRQ and ICRQ whether it is accepted. Adds the lock that makes limits
/// exact for concurrent callers (some tens of nanoseconds, once per call), the Load at this moment, randomness, counters and log lines.
/// </summary>
internal sealed class AdmissionControl(
    LnsSettings settings, NodeClock clock, NodeCounters counters, ILogger log, MailboxMeters meters, LoadMonitor load, RadiusMonitor radius)
{
    private static readonly TimeSpan SummaryEvery = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly NodeAdmission _admission = new(settings.Overload.Admission(settings.Radius), settings.NodeLimits, clock.Now);
    private readonly List<(RefusalTally Tally, RefusalReason Reason)> _unsaid = [];
    private LnsSettings _settings = settings;

    /// <summary>Set by the supervisor. When the setter returns, no call passes that the new state refuses.</summary>
    public DrainState Drain
    {
        get { lock (_lock) return _admission.Drain; }
        set { lock (_lock) _admission.Drain = value; }
    }

    /// <summary>Why the data plane does not forward; null: it does. While it does not, no tunnel and no call is accepted.</summary>
    public string? PlaneFailure
    {
        set { lock (_lock) _admission.PlaneFailure = value; }
    }

    /// <summary>The node stops. It accepts no tunnel and no call, and refused LACs get the reason.</summary>
    public void Stop(EndReason why)
    {
        lock (_lock) _admission.Stop(why.Text);
    }

    public AdmissionReport Report()
    {
        var condition = radius.Latest;
        lock (_lock)
            return new AdmissionReport(load.Latest, _admission.State, _admission.Reason, _admission.InSetup, _admission.Drain, condition);
    }

    /// <summary>Periodic: samples the Load, and logs the refusals that have not been logged yet.</summary>
    public void Tick()
    {
        load.Take(meters);
        lock (_lock)
        {
            var now = clock.Now;
            Observe(now);
            for (var i = _unsaid.Count - 1; i >= 0; i--)
            {
                var (tally, reason) = _unsaid[i];
                if (now - tally.LastSaid(reason) < SummaryEvery) continue;
                _unsaid.RemoveAt(i);
                Say(tally, reason, now);
            }
        }
    }

    /// <summary>An SCCRQ. Not null: refused and counted. Null: <paramref name="lac"/> is held until <see cref="TunnelGone"/>.</summary>
    /// <param name="flow">Address of the LAC, for log and lists.</param>
    public Refused? TryTakeTunnel(PeerSettings? entry, string hostName, bool hasId, out LacAccount? lac, UdpFlow flow = default)
    {
        lock (_lock)
        {
            lac = null;
            var now = clock.Now;
            if (entry is null)
                return RefuseTunnel(counters.Refusals.Strangers, new RefusedTunnel(hostName, flow, null, _admission.RefuseStranger()), now);
            var account = _admission.Find(entry.Pattern.Text, hostName) ?? _admission.Open(PolicyOf(entry), hostName, now);
            Observe(now);
            if (_admission.TryTakeTunnel(account, hasId, RandomBits()) is { } refused)
                return RefuseTunnel(TallyOf(account), new RefusedTunnel(hostName, flow, entry.Pattern.Text, refused), now);
            lac = account;
            return null;
        }
    }

    /// <summary>A tunnel has ended before it was established. Counts and logs it like a refusal.</summary>
    public void TunnelFailed(LacAccount lac, UdpFlow flow, EndReason why)
    {
        var reason = why.Cause == EndCause.TunnelAuthenticationFailed ? RefusalReason.WrongSecret : RefusalReason.NotEstablished;
        var tunnel = new RefusedTunnel(lac.HostName, flow, lac.Policy.Entry, new Refused(reason), why);
        lock (_lock) RefuseTunnel(TallyOf(lac), tunnel, clock.Now);
    }

    /// <inheritdoc cref="NodeAdmission.TunnelOpened"/>
    public Refused? TunnelOpened(LacAccount lac)
    {
        lock (_lock) return _admission.TunnelOpened(lac) is { } refused ? Refuse(TallyOf(lac), refused, clock.Now) : null;
    }

    /// <inheritdoc cref="NodeAdmission.TunnelDown"/>
    public void TunnelDown(LacAccount lac)
    {
        lock (_lock) _admission.TunnelDown(lac);
    }

    /// <inheritdoc cref="NodeAdmission.TunnelGone"/>
    public void TunnelGone(LacAccount lac)
    {
        lock (_lock) _admission.TunnelGone(lac, clock.Now);
    }

    /// <summary>Changes limits and thresholds of the node. Existing tunnels and calls continue, even above a new limit.</summary>
    public void Change(LnsSettings next)
    {
        lock (_lock)
        {
            _settings = next;
            _admission.Change(next.Overload.Admission(next.Radius), next.NodeLimits, clock.Now);
            load.Change(next.Overload);
        }
    }

    /// <inheritdoc cref="NodeAdmission.Change(LacAccount, LacPolicy, Instant)"/>
    public void Change(LacAccount lac, PeerSettings entry)
    {
        lock (_lock) NodeAdmission.Change(lac, PolicyOf(entry), clock.Now);
    }

    /// <inheritdoc cref="NodeAdmission.Move(LacAccount, LacPolicy, bool, bool, Instant)"/>
    public LacAccount Move(LacAccount lac, PeerSettings entry, bool isProven, bool isCounted)
    {
        lock (_lock) return _admission.Move(lac, PolicyOf(entry), isProven, isCounted, clock.Now);
    }

    /// <inheritdoc cref="NodeAdmission.Move(CallTicket, LacAccount)"/>
    public void Move(CallTicket ticket, LacAccount lac)
    {
        lock (_lock) _admission.Move(ticket, lac);
    }

    /// <summary>An ICRQ. Not null: refused and counted. Null: <paramref name="ticket"/> is held until <see cref="CallOver"/>.</summary>
    /// <param name="inTunnel">Calls of the tunnel.</param>
    /// <param name="isKnown">False: the LAC was removed from <c>tunnels.peers</c> after the tunnel came up.</param>
    public Refused? TryTakeCall(LacAccount lac, int inTunnel, bool hasId, out CallTicket? ticket, bool isKnown = true)
    {
        lock (_lock)
        {
            var now = clock.Now;
            Observe(now);
            var refused = _admission.TryTakeCall(lac, inTunnel, _settings.Sessions.MaxPerTunnel, isKnown, hasId, RandomBits(), now,
                out ticket, radius.Latest.OldestLogins.TryGetValue(lac.HostName, out var since) ? since : null);
            if (refused is { } no) return Refuse(TallyOf(lac), no, now);
            counters.Session(+1);
            return null;
        }
    }

    /// <inheritdoc cref="NodeAdmission.LoginAsked"/>
    public void LoginAsked(CallTicket ticket)
    {
        lock (_lock) _admission.LoginAsked(ticket);
    }

    /// <inheritdoc cref="NodeAdmission.LoginAnswered"/>
    public void LoginAnswered(CallTicket ticket)
    {
        lock (_lock) _admission.LoginAnswered(ticket);
    }

    /// <inheritdoc cref="NodeAdmission.SetupDone"/>
    public void SetupDone(CallTicket ticket)
    {
        lock (_lock) _admission.SetupDone(ticket);
    }

    /// <inheritdoc cref="NodeAdmission.CallOver"/>
    public void CallOver(CallTicket ticket)
    {
        lock (_lock)
            if (_admission.CallOver(ticket)) counters.Session(-1);
    }

    /// <summary>
    /// Applies the current Load and state of RADIUS, not the last sample. A storm can fill mailboxes between two samples.
    /// </summary>
    private void Observe(Instant now)
    {
        var condition = radius.Latest;
        var roundTrip = new RoundTripEstimate();
        foreach (var server in condition.Servers)
            if (!server.IsAccounting) roundTrip.Add(server.SmoothedRoundTrip, server.Outstanding);
        _admission.Observe(load.Of(meters).Load, new RadiusObservation(condition.CanAuthenticate, condition.OldestLogin,
            condition.Authentication.Waiting, condition.Workers, roundTrip.Value), now);
    }

    private static uint RandomBits() => (uint)Random.Shared.Next();

    /// <summary>
    /// A call needs RADIUS when its link template asks RADIUS first: if RADIUS does not answer, no other source is asked. When local users
    /// come first, calls go on without RADIUS.
    /// </summary>
    /// <remarks>During a reload the entry may belong to other settings. Its link template may be missing then.</remarks>
    private LacPolicy PolicyOf(PeerSettings entry) => new(
        entry.Pattern.Text, entry.Limits, entry.MaxSessions,
        _settings.Links.GetValueOrDefault(entry.Link)?.FirstAsked(_settings) == AuthSource.Radius);

    private RefusalTally TallyOf(LacAccount lac) => counters.Refusals.Of(lac.IsProven ? lac.HostName : lac.Policy.Entry, lac.Policy.Entry);

    private Refused RefuseTunnel(RefusalTally tally, in RefusedTunnel tunnel, Instant now)
    {
        counters.Refusals.Lacs.Count(tunnel, clock.UtcNow);
        return Refuse(tally, tunnel.Refused, now, tunnel);
    }

    private Refused Refuse(RefusalTally tally, Refused refused, Instant now, RefusedTunnel? tunnel = null)
    {
        tally.Count(refused.Reason, tunnel);
        if (tally.IsUnsaid(refused.Reason)) return refused; // a later log line reports it
        if (now - tally.LastSaid(refused.Reason) >= SummaryEvery)
        {
            Say(tally, refused.Reason, now);
        }
        else
        {
            tally.MarkUnsaid(refused.Reason);
            _unsaid.Add((tally, refused.Reason));
        }
        return refused;
    }

    private void Say(RefusalTally tally, RefusalReason reason, Instant now)
    {
        var last = tally.LastTunnel(reason);
        var count = tally.TakeUnsaid(reason, now);
        if (last is { } t) log.TunnelRefused(t.HostName, t.Flow, t.Why, t.Entry ?? "none", count);
        else log.RefusedSince(tally.Lac, count, reason);
    }
}
