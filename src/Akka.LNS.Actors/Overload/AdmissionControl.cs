using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Overload;

/// <summary>A LAC as limits and refusals know it: an entry of <c>tunnels.peers</c> and a Host Name. All its tunnels count together, whatever address they come from.</summary>
internal sealed class LacAccount(PeerSettings entry, string hostName, bool needsRadius, RefusalTally tally, Quota quota)
{
    public string HostName { get; } = hostName;

    // what follows belongs to AdmissionControl
    public PeerSettings Entry { get; set; } = entry;

    /// <summary>Its calls cannot come up without RADIUS.</summary>
    public bool NeedsRadius { get; set; } = needsRadius;

    public Quota Quota { get; } = quota;
    public RefusalTally Tally { get; set; } = tally;

    /// <summary>Tunnel actors that hold it.</summary>
    public int Holders { get; set; }
}

/// <summary>A call that was let in, until it is over.</summary>
internal sealed class CallTicket(LacAccount lac)
{
    // these belong to AdmissionControl
    public LacAccount Lac { get; set; } = lac;
    public bool NeedsRadius { get; } = lac.NeedsRadius;
    public bool IsInSetup { get; set; } = true;
    public bool IsOver { get; set; }
}

/// <summary>What an engineer wants to know of admission at a glance.</summary>
/// <param name="Load">As last sampled.</param>
/// <param name="State">Latch and ramp; what RADIUS does to it.</param>
/// <param name="Reason">Why new calls are refused, all of them or by chance; null: they are not.</param>
/// <param name="InSetup">Calls between ICRQ and the subscriber's coming up.</param>
/// <param name="Drain">Whether and how the node is being drained.</param>
public sealed record AdmissionReport(LoadSample Load, AdmissionState State, RefusalReason? Reason, int InSetup, DrainState Drain, RadiusCondition Radius);

/// <summary>
/// Asked for each SCCRQ and ICRQ, and for nothing else: whether it is taken. The decisions are those of <see cref="AdmissionRules"/> and <see cref="Quota"/>; here are
/// the lock that makes limits exact whoever asks at the same time (some tens of nanoseconds, once per call), the Load at this moment, and what is said of refusals.
/// </summary>
internal sealed class AdmissionControl(LnsNodeContext node, MailboxMeters meters, LoadMonitor load)
{
    private readonly Lock _lock = new();
    private AdmissionSettings _settings = node.Settings.Overload.Admission(node.Settings.Radius);
    private readonly Quota _node = new(node.Settings.NodeLimits, node.Clock.Now);
    private readonly Dictionary<(string Entry, string HostName), LacAccount> _lacs = new(LacComparer.Instance);
    private readonly RestingQuotas<(string Entry, string HostName)> _resting = new(MostResting, LacComparer.Instance);
    private readonly RefusalTally _strangers = node.Counters.Refusals.Of("unknown", "unknown");
    private readonly List<(RefusalTally Tally, RefusalReason Reason)> _unsaid = [];
    private int _radiusInSetup; // calls in set-up that need RADIUS
    private AdmissionState _state;
    private DrainState _drain = DrainState.Serving.Instance;
    private string? _stopping;

    private const int MostResting = 1024; // LACs without a tunnel whose call rate is remembered, about 300 octets each
    private static readonly TimeSpan SummaryEvery = TimeSpan.FromSeconds(1);

    /// <summary>Set by the supervisor: after it returns, no call is let in any more.</summary>
    public DrainState Drain
    {
        get { lock (_lock) return _drain; }
        set { lock (_lock) _drain = value; }
    }

    /// <summary>The node is being stopped: LACs are told why.</summary>
    public void Stop(EndReason why)
    {
        lock (_lock) _stopping = why.Text;
    }

    public AdmissionReport Report()
    {
        var radius = node.RadiusCondition;
        lock (_lock)
        {
            var reason = Closed()?.Reason ?? (_state.IsRadiusDown ? RefusalReason.RadiusUnavailable
                : _state.IsShut || _state.Share > 0 ? RefusalReason.Load
                : _state.IsRadiusSlow ? RefusalReason.RadiusSlow
                : null);
            return new AdmissionReport(load.Latest, _state, reason, _node.InSetup, _drain, radius);
        }
    }

    /// <summary>Now and then: takes a sample, and says what was refused since it was last said.</summary>
    public void Tick()
    {
        load.Take(meters);
        lock (_lock)
        {
            var now = node.Clock.Now;
            Step(now);
            for (var i = _unsaid.Count - 1; i >= 0; i--)
            {
                var (tally, reason) = _unsaid[i];
                if (now - tally.LastSaid(reason) < SummaryEvery) continue;
                _unsaid.RemoveAt(i);
                Say(tally, reason, now);
            }
        }
    }

    /// <summary>An SCCRQ. Not null: refused, and counted. Else <paramref name="lac"/> is held until <see cref="TunnelGone"/>.</summary>
    public Refused? TryTakeTunnel(PeerSettings? entry, string hostName, bool hasId, out LacAccount? lac)
    {
        lock (_lock)
        {
            lac = null;
            var now = node.Clock.Now;
            if (entry is null) return Refuse(_strangers, _stopping is null ? new Refused(RefusalReason.UnknownLac) : Closed()!.Value, now);
            var known = _lacs.GetValueOrDefault((entry.Pattern.Text, hostName));
            var account = known ?? NewAccount(entry, hostName, now);
            Step(now);
            var refused = Closed() is { } closed ? closed
                : AdmissionRules.Judge(_state, needsRadius: false, (uint)Random.Shared.Next()) is { } reason ? new Refused(reason) // without RADIUS its calls are refused one by one
                : !hasId ? new Refused(RefusalReason.NoIdentifier)
                : Quota.TryTakeTunnel(_node, account.Quota);
            if (refused is { } no) return Refuse(account.Tally, no, now);
            if (known is null) Add(account);
            account.Holders++;
            lac = account;
            return null;
        }
    }

    /// <summary>The LAC has proved itself: from now on it is counted by its own name.</summary>
    public void TunnelOpened(LacAccount lac)
    {
        lock (_lock) lac.Tally = node.Counters.Refusals.Of(lac.HostName, lac.Entry.Pattern.Text);
    }

    /// <summary>The tunnel is down, though it may still linger: it no longer counts against the limits.</summary>
    public void TunnelDown(LacAccount lac)
    {
        lock (_lock) Quota.ReleaseTunnel(_node, lac.Quota);
    }

    /// <summary>The tunnel's actor is gone.</summary>
    public void TunnelGone(LacAccount lac)
    {
        lock (_lock) LetGo(lac);
    }

    private void LetGo(LacAccount lac)
    {
        if (--lac.Holders > 0) return;
        var key = KeyOf(lac);
        _lacs.Remove(key);
        _resting.Keep(key, lac.Quota, node.Clock.Now);
    }

    private void Add(LacAccount lac)
    {
        var key = KeyOf(lac);
        _lacs.Add(key, lac);
        _resting.Forget(key);
    }

    /// <summary>Goes on where the LAC was when its last tunnel went.</summary>
    private LacAccount NewAccount(PeerSettings entry, string hostName, Instant now)
    {
        var quota = _resting.Find((entry.Pattern.Text, hostName));
        quota?.Change(entry.Limits, now);
        return new LacAccount(entry, hostName, NeedsRadius(entry), node.Counters.Refusals.Of(entry.Pattern.Text, entry.Pattern.Text), quota ?? new Quota(entry.Limits, now));
    }

    private static (string Entry, string HostName) KeyOf(LacAccount lac) => (lac.Entry.Pattern.Text, lac.HostName);

    /// <summary>Other limits and thresholds of the node. What is in use stays in use, though it may be more than the limit by now.</summary>
    public void Change(LnsSettings settings)
    {
        lock (_lock)
        {
            _settings = settings.Overload.Admission(settings.Radius);
            _node.Change(settings.NodeLimits, node.Clock.Now);
            load.Change(settings.Overload);
        }
    }

    /// <summary>The settings of a LAC that has a tunnel, as they are now: the same key of <c>tunnels.peers</c>.</summary>
    public void Change(LacAccount lac, PeerSettings entry)
    {
        lock (_lock)
        {
            lac.Entry = entry;
            lac.NeedsRadius = NeedsRadius(entry);
            lac.Quota.Change(entry.Limits, node.Clock.Now);
        }
    }

    /// <summary>Another key of <c>tunnels.peers</c> fits the LAC now: one of its tunnels goes over to that account, as it may have more than its limit.</summary>
    /// <param name="isProven">The LAC has proved itself.</param>
    /// <param name="isDown"><see cref="TunnelDown"/> was said of it.</param>
    public LacAccount Move(LacAccount lac, PeerSettings entry, bool isProven, bool isDown)
    {
        lock (_lock)
        {
            var now = node.Clock.Now;
            if (!_lacs.TryGetValue((entry.Pattern.Text, lac.HostName), out var to)) Add(to = NewAccount(entry, lac.HostName, now));
            to.Holders++;
            if (!isDown) lac.Quota.GiveTunnel(to.Quota);
            LetGo(lac);
            if (isProven) to.Tally = node.Counters.Refusals.Of(to.HostName, entry.Pattern.Text);
            return to;
        }
    }

    /// <summary>The call's tunnel has gone over to another account.</summary>
    public void Move(CallTicket ticket, LacAccount lac)
    {
        lock (_lock)
        {
            if (ticket.IsOver || ReferenceEquals(ticket.Lac, lac)) return;
            ticket.Lac.Quota.GiveCall(lac.Quota, ticket.IsInSetup);
            ticket.Lac = lac;
        }
    }

    /// <summary>An ICRQ. Not null: refused, and counted. Else <paramref name="ticket"/> is held until <see cref="CallOver"/>.</summary>
    /// <param name="ofTunnel">Calls that the tunnel has.</param>
    /// <param name="isKnown">False: since the tunnel came up, the LAC has gone from <c>tunnels.peers</c>.</param>
    public Refused? TryTakeCall(LacAccount lac, int ofTunnel, bool hasId, out CallTicket? ticket, bool isKnown = true)
    {
        lock (_lock)
        {
            ticket = null;
            var now = node.Clock.Now;
            Step(now);
            var most = Math.Min(lac.Entry.MaxSessions, node.Settings.Sessions.MaxPerTunnel);
            var refused = Closed() is { } closed ? closed
                : !isKnown ? new Refused(RefusalReason.UnknownLac, Words: "no entry of tunnels.peers fits this LAC any more")
                : AdmissionRules.Judge(_state, lac.NeedsRadius, (uint)Random.Shared.Next()) is { } reason ? new Refused(reason)
                : ofTunnel >= most ? new Refused(RefusalReason.TunnelSessions, most)
                : !hasId ? new Refused(RefusalReason.NoIdentifier)
                : Quota.TryTakeCall(_node, lac.Quota, now);
            if (refused is { } no) return Refuse(lac.Tally, no, now);
            ticket = new CallTicket(lac);
            if (ticket.NeedsRadius) _radiusInSetup++;
            node.Counters.Session(+1);
            return null;
        }
    }

    /// <summary>The subscriber is up; more than once does no harm.</summary>
    public void SetupDone(CallTicket ticket)
    {
        lock (_lock)
        {
            if (!ticket.IsInSetup) return;
            ticket.IsInSetup = false;
            if (ticket.NeedsRadius) _radiusInSetup--;
            Quota.EndSetup(_node, ticket.Lac.Quota);
        }
    }

    /// <summary>The call is over, up or not; more than once does no harm.</summary>
    public void CallOver(CallTicket ticket)
    {
        lock (_lock)
        {
            if (ticket.IsOver) return;
            SetupDone(ticket);
            ticket.IsOver = true;
            Quota.ReleaseCall(_node, ticket.Lac.Quota);
            node.Counters.Session(-1);
        }
    }

    private Refused? Closed() => _stopping is { } why ? new Refused(RefusalReason.Stopping, Words: why)
        : _drain is DrainState.Serving ? null
        : new Refused(RefusalReason.Draining, Words: _drain.Reason is { } reason ? $"the LNS is being drained: {reason}" : null);

    /// <summary>The Load and RADIUS at this moment, not as last sampled: a storm fills mailboxes faster than anybody samples.</summary>
    private void Step(Instant now) => _state = AdmissionRules.On(_state, load.Of(meters).Load, Outlook(node.RadiusCondition, now), now, _settings);

    /// <summary>Who is in set-up will ask, if it has not yet: when ten thousand redial in a second, the backlog is still empty as the last of them calls.</summary>
    private RadiusOutlook Outlook(RadiusCondition radius, Instant now)
    {
        var waited = now - radius.OldestLogin ?? TimeSpan.Zero;
        var next = RadiusOutlook.PredictWait(radius.Authentication.Waiting, _radiusInSetup, radius.Workers, RoundTrip(radius));
        return new RadiusOutlook(radius.CanAuthenticate, waited > next ? waited : next);
    }

    /// <summary>Of the servers that are being asked, each by its share; when none is, of all that have answered.</summary>
    private static TimeSpan RoundTrip(RadiusCondition radius)
    {
        var (asked, share, all, count) = (TimeSpan.Zero, 0, TimeSpan.Zero, 0);
        foreach (var server in radius.Servers)
        {
            if (server.IsAccounting || server.SmoothedRoundTrip <= TimeSpan.Zero) continue;
            asked += server.SmoothedRoundTrip * server.Outstanding;
            share += server.Outstanding;
            all += server.SmoothedRoundTrip;
            count++;
        }
        return share > 0 ? asked / share : count > 0 ? all / count : TimeSpan.Zero;
    }

    /// <summary>Who is asked first decides: when RADIUS cannot say, nobody else is asked; and local users go on when they are the first.</summary>
    private bool NeedsRadius(PeerSettings entry) => node.Settings.Links[entry.Link].FirstAsked(node.Settings) == AuthSource.Radius;

    private Refused Refuse(RefusalTally tally, Refused refused, Instant now)
    {
        tally.Count(refused.Reason);
        if (tally.IsUnsaid(refused.Reason)) return refused; // it is in the list
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
        var count = tally.TakeUnsaid(reason, now);
        node.Log.RefusedSince(tally.Lac, count, reason);
    }

    private sealed class LacComparer : IEqualityComparer<(string Entry, string HostName)>
    {
        public static readonly LacComparer Instance = new();

        public bool Equals((string Entry, string HostName) x, (string Entry, string HostName) y) =>
            x.Entry == y.Entry && string.Equals(x.HostName, y.HostName, StringComparison.OrdinalIgnoreCase); // as patterns do

        public int GetHashCode((string Entry, string HostName) key) => StringComparer.OrdinalIgnoreCase.GetHashCode(key.HostName);
    }
}
