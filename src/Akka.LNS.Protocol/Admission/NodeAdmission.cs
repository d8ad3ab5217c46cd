using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Protocol.Admission;

/// <summary>
/// Decides for each SCCRQ and ICRQ whether the node accepts it: drain and stop first, then Load and RADIUS (<see cref="AdmissionRules"/>),
/// then the limits of tunnel, LAC and node (<see cref="Quota"/>). Counts accepted tunnels and calls until their end.
/// </summary>
/// <remarks>
/// Not a state record: it has one owner, which changes it in place and is responsible for mutual exclusion. It holds plain data.
/// </remarks>
public sealed class NodeAdmission(AdmissionSettings settings, QuotaLimits limits, Instant now)
{
    /// <summary>Maximum number of LACs without a tunnel whose call rate is kept, about 300 octets each.</summary>
    private const int MaxResting = 1024;

    /// <summary>
    /// Time from ICRQ in which the login of a call is expected. After it a call without a login is silent: it asks nothing of RADIUS, so it
    /// does not count there.
    /// </summary>
    public static readonly TimeSpan LoginSoon = TimeSpan.FromSeconds(3);

    private readonly Quota _node = new(limits, now);
    private readonly Dictionary<(string Entry, string HostName), LacAccount> _lacs = new(LacComparer.Instance);
    private readonly RestingQuotas<(string Entry, string HostName)> _resting = new(MaxResting, LacComparer.Instance);
    private AdmissionSettings _settings = settings;
    private readonly Queue<CallTicket> _young = new(); // calls whose login is expected, in the order of ICRQ
    private int _expected, _expectingLacs; // sum of ExpectedLogins, and LACs that have some
    private int _radiusCapacity = int.MaxValue; // logins that RADIUS answers in half of MaxLoginWait
    private string? _stopping;

    /// <summary>Latch, share and state of RADIUS at the last <see cref="Observe"/>.</summary>
    public AdmissionState State { get; private set; }

    /// <summary>State of the drain. A node that drains or is drained accepts no tunnel and no call.</summary>
    public DrainState Drain { get; set; } = DrainState.Serving.Instance;

    /// <summary>Why the data plane does not forward; null: it does. While it does not, the node accepts no tunnel and no call.</summary>
    public string? PlaneFailure { get; set; }

    /// <summary>Calls between ICRQ and the end of their set-up.</summary>
    public int InSetup => _node.InSetup;

    /// <summary>Reason why new calls are refused, all or a random share; null: they are accepted.</summary>
    public RefusalReason? Reason => Closed?.Reason ?? (State.IsRadiusDown ? RefusalReason.RadiusUnavailable
        : State.IsShut || State.Share > 0 ? RefusalReason.Load
        : State.IsRadiusSlow ? RefusalReason.RadiusSlow
        : null);

    /// <summary>The node stops. From now on it accepts no tunnel and no call.</summary>
    /// <param name="why">Text for the LACs.</param>
    public void Stop(string why) => _stopping = why;

    /// <summary>Applies the current Load and state of RADIUS.</summary>
    public void Observe(long load, in RadiusObservation radius, Instant now)
    {
        while (_young.TryPeek(out var oldest) && oldest.SilentAt <= now)
        {
            _young.Dequeue();
            if (oldest.Login == ExpectedLogin.Soon) Expect(oldest, ExpectedLogin.None);
        }
        State = AdmissionRules.On(State, load, RadiusOutlook.Of(radius, _expected, now), now, _settings);
        _radiusCapacity = RadiusOutlook.Capacity(radius, _settings.MaxLoginWait / 2);
    }

    /// <summary>Changes thresholds and limits of the node. Existing tunnels and calls continue, even above a new limit.</summary>
    public void Change(AdmissionSettings settings, QuotaLimits limits, Instant now)
    {
        _settings = settings;
        _node.Change(limits, now);
    }

    /// <summary>The refusal of a LAC without an entry in <c>tunnels.peers</c>.</summary>
    public Refused RefuseStranger() => _stopping is null ? new Refused(RefusalReason.UnknownLac) : Closed!.Value;

    /// <summary>The account of a LAC with a tunnel; null: the LAC has none.</summary>
    public LacAccount? Find(string entry, string hostName) => _lacs.GetValueOrDefault((entry, hostName));

    /// <summary>
    /// A new account for a LAC without a tunnel. Its call rate continues from its last tunnel. An accepted tunnel keeps the account.
    /// </summary>
    public LacAccount Open(LacPolicy policy, string hostName, Instant now)
    {
        var quota = _resting.Find((policy.Entry, hostName));
        quota?.Change(policy.Limits, now);
        return new LacAccount(policy, hostName, quota ?? new Quota(policy.Limits, now));
    }

    /// <summary>Decides about an SCCRQ. Null: it is accepted, and <paramref name="lac"/> is held until <see cref="TunnelGone"/>.</summary>
    /// <remarks>A tunnel counts against the limits from <see cref="TunnelOpened"/> on: forged SCCRQs use up no limit.</remarks>
    /// <param name="hasId">A tunnel id is free.</param>
    /// <param name="random">16 random bits.</param>
    public Refused? TryTakeTunnel(LacAccount lac, bool hasId, uint random)
    {
        var refused = Closed is { } closed ? closed
            // the state of RADIUS is ignored here: each call is decided on its own
            : AdmissionRules.Judge(State, needsRadius: false, random) is { } reason ? new Refused(reason)
            : !hasId ? new Refused(RefusalReason.NoIdentifier)
            : Quota.JudgeTunnel(_node, lac.Quota);
        if (refused is null) Hold(lac);
        return refused;
    }

    /// <summary>
    /// A tunnel of the LAC is established: it counts until <see cref="TunnelDown"/>, and counters may use the Host Name of the LAC.
    /// Not null: more tunnels than a limit allows were in set-up, and this one must end.
    /// </summary>
    public Refused? TunnelOpened(LacAccount lac)
    {
        Prove(lac);
        return Quota.TryTakeTunnel(_node, lac.Quota);
    }

    private void Prove(LacAccount lac)
    {
        lac.IsProven = true;
        Quota.Prove(_node, lac.Quota);
    }

    /// <summary>A tunnel that was established is down. It may linger, but it no longer counts against the limits.</summary>
    public void TunnelDown(LacAccount lac) => Quota.ReleaseTunnel(_node, lac.Quota);

    /// <summary>A tunnel has ended. Comes after <see cref="TunnelDown"/>, if that comes.</summary>
    public void TunnelGone(LacAccount lac, Instant now)
    {
        if (--lac.Holders > 0) return;
        _lacs.Remove(KeyOf(lac));
        _resting.Keep(KeyOf(lac), lac.Quota, now);
    }

    /// <summary>Changes the settings of a LAC with a tunnel, under the same key of <c>tunnels.peers</c>.</summary>
    public static void Change(LacAccount lac, LacPolicy policy, Instant now)
    {
        lac.Policy = policy;
        lac.Quota.Change(policy.Limits, now);
    }

    /// <summary>
    /// Another key of <c>tunnels.peers</c> matches the LAC now. Moves one of its tunnels to that account, even above its limit.
    /// </summary>
    /// <param name="isProven">The tunnel is established.</param>
    /// <param name="isCounted">The tunnel counts: between <see cref="TunnelOpened"/> and <see cref="TunnelDown"/>.</param>
    public LacAccount Move(LacAccount lac, LacPolicy policy, bool isProven, bool isCounted, Instant now)
    {
        var to = Find(policy.Entry, lac.HostName) ?? Open(policy, lac.HostName, now);
        Hold(to);
        if (isCounted) Quota.GiveTunnel(_node, lac.Quota, to.Quota);
        TunnelGone(lac, now);
        if (isProven) Prove(to);
        return to;
    }

    /// <summary>The tunnel of a call was moved to another account.</summary>
    public void Move(CallTicket ticket, LacAccount lac)
    {
        if (ticket.IsOver || ReferenceEquals(ticket.Lac, lac)) return;
        Quota.GiveCall(_node, ticket.Lac.Quota, lac.Quota, ticket.IsInSetup);
        var login = ticket.Login;
        Expect(ticket, ExpectedLogin.None);
        ticket.Lac = lac;
        Expect(ticket, login);
    }

    /// <summary>Decides about an ICRQ. Null: it is accepted, and <paramref name="ticket"/> is held until <see cref="CallOver"/>.</summary>
    /// <param name="inTunnel">Number of calls in the tunnel.</param>
    /// <param name="maxPerTunnel">Limit of sessions in one tunnel of the node.</param>
    /// <param name="isKnown">False: the LAC was removed from <c>tunnels.peers</c> after the tunnel came up.</param>
    /// <param name="hasId">A session id of the tunnel is free.</param>
    /// <param name="random">16 random bits.</param>
    /// <param name="oldestLogin">Time since which the oldest login of the LAC waits for a worker; null: none waits for long.</param>
    public Refused? TryTakeCall(LacAccount lac, int inTunnel, int maxPerTunnel, bool isKnown, bool hasId, uint random, Instant now,
        out CallTicket? ticket, Instant? oldestLogin = null)
    {
        ticket = null;
        var most = Math.Min(lac.Policy.MaxSessions, maxPerTunnel);
        var refused = Closed is { } closed ? closed
            : !isKnown ? new Refused(RefusalReason.UnknownLac, Words: "no tunnels.peers entry matches this LAC any more")
            : AdmissionRules.Judge(State, lac.Policy.NeedsRadius, random) is { } reason
                && Judge(lac, reason, random, oldestLogin, now) is { } no ? no
            : inTunnel >= most ? new Refused(RefusalReason.TunnelSessions, most)
            : !hasId ? new Refused(RefusalReason.NoIdentifier)
            : Quota.TryTakeCall(_node, lac.Quota, now);
        if (refused is not null) return refused;
        ticket = new CallTicket(lac);
        if (!ticket.NeedsRadius) return null;
        ticket.SilentAt = now + LoginSoon;
        _young.Enqueue(ticket);
        Expect(ticket, ExpectedLogin.Soon);
        return null;
    }

    /// <summary>RADIUS is asked for the login of a call.</summary>
    public void LoginAsked(CallTicket ticket)
    {
        if (!ticket.IsOver) Expect(ticket, ExpectedLogin.Asked);
    }

    /// <summary>The login of a call has its answer.</summary>
    public void LoginAnswered(CallTicket ticket) => Expect(ticket, ExpectedLogin.None);

    /// <summary>The subscriber of a call is up. Idempotent.</summary>
    public void SetupDone(CallTicket ticket)
    {
        if (!ticket.IsInSetup) return;
        ticket.IsInSetup = false;
        if (ticket.Login == ExpectedLogin.Soon) Expect(ticket, ExpectedLogin.None);
        Quota.EndSetup(_node, ticket.Lac.Quota);
    }

    /// <summary>A call has ended, established or not. Idempotent.</summary>
    /// <returns>False: it had ended already.</returns>
    public bool CallOver(CallTicket ticket)
    {
        if (ticket.IsOver) return false;
        SetupDone(ticket);
        Expect(ticket, ExpectedLogin.None);
        ticket.IsOver = true;
        Quota.ReleaseCall(_node, ticket.Lac.Quota);
        return true;
    }

    private Refused? Closed => _stopping is { } why ? new Refused(RefusalReason.Stopping, Words: why)
        : Drain is DrainState.Serving ? PlaneFailure is { } fault
            ? new Refused(RefusalReason.DataPlane, Words: $"the LNS cannot forward: {fault}") : null
        : new Refused(RefusalReason.Draining, Words: Drain.Reason is { } reason ? $"the LNS is being drained: {reason}" : null);

    /// <summary>
    /// RADIUS is slow as a whole. A LAC below its share of the logins gets in, unless its own logins wait too: workers serve the LACs in
    /// turn, so the logins of another LAC do not delay it for as long.
    /// </summary>
    private Refused? Judge(LacAccount lac, RefusalReason reason, uint random, Instant? oldestLogin, Instant now)
    {
        if (reason != RefusalReason.RadiusSlow) return new Refused(reason);
        var users = _expectingLacs + (lac.ExpectedLogins == 0 ? 1 : 0);
        var share = new FairShare(_radiusCapacity, _expected, lac.ExpectedLogins, users);
        if (!share.Admits || now - oldestLogin >= _settings.MaxLoginWait / 2) return new Refused(reason, Share: share.Words);
        return AdmissionRules.Judge(State, needsRadius: false, random) is { } other ? new Refused(other) : null;
    }

    private void Expect(CallTicket ticket, ExpectedLogin next)
    {
        var by = (next == ExpectedLogin.None ? 0 : 1) - (ticket.Login == ExpectedLogin.None ? 0 : 1);
        ticket.Login = next;
        if (by == 0) return;
        var had = ticket.Lac.ExpectedLogins > 0;
        _expected += by;
        ticket.Lac.ExpectedLogins += by;
        if (had != ticket.Lac.ExpectedLogins > 0) _expectingLacs += by;
    }

    private void Hold(LacAccount lac)
    {
        if (lac.Holders++ > 0) return;
        _lacs.Add(KeyOf(lac), lac);
        _resting.Forget(KeyOf(lac));
    }

    private static (string Entry, string HostName) KeyOf(LacAccount lac) => (lac.Policy.Entry, lac.HostName);
}
