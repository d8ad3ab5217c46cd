namespace Akka.LNS.Protocol.Ppp;

/// <summary>
/// What a call may use: time until the subscriber is up, negotiations of LCP, logins. A new negotiation renews nothing before the
/// subscriber was up.
/// </summary>
/// <param name="EndsAt">End of LCP and authentication. It counts from the start of LCP of the call.</param>
/// <param name="Negotiations">Negotiations of LCP since the start, or since the subscriber was up.</param>
/// <param name="Logins">Logins of the call since its start, or since the subscriber was up for <see cref="Lasting"/>.</param>
/// <param name="UpSince">
/// Time at which a network protocol was Opened first since the last negotiation of LCP. <see cref="Instant.Never"/>: none was.
/// </param>
internal readonly record struct LinkSetup(Instant EndsAt, byte Negotiations, byte Logins, Instant UpSince)
{
    /// <summary>Negotiations of LCP before the subscriber is up. A peer behind a slow path needs two or three.</summary>
    private const byte MaxNegotiations = 10;

    /// <summary>
    /// Time up after which earlier logins are forgotten: the limit of logins is for those that follow one another at once. With it, a
    /// call makes at most one login in this time, and <see cref="LinkPolicy.MaxLogins"/> at the worst.
    /// </summary>
    internal static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);

    public static LinkSetup Begin(LinkPolicy policy, Instant now) => new(now + policy.SetupTimeout, 1, 0, Instant.Never);

    /// <summary>The peer negotiates LCP again.</summary>
    public LinkSetup Renegotiate(LinkPolicy policy, Instant now) => UpSince != Instant.Never
        ? new(now + policy.SetupTimeout, 1, now - UpSince >= Lasting ? (byte)0 : Logins, Instant.Never)
        : this with { Negotiations = (byte)Math.Min(Negotiations + 1, byte.MaxValue) };

    public LinkSetup Login() => this with { Logins = (byte)Math.Min(Logins + 1, byte.MaxValue) };

    /// <summary>A network protocol is Opened, perhaps not for the first time.</summary>
    public LinkSetup Up(Instant now) => UpSince == Instant.Never ? this with { UpSince = now } : this;

    /// <summary>Why the peer may not negotiate LCP again; null: it may.</summary>
    public EndReason? Excess(Instant now) =>
        now >= EndsAt ? new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.SetupTimeout, "LCP not open in time")
        : Negotiations <= MaxNegotiations ? null
        : new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.NegotiationFailed,
            $"the subscriber negotiated LCP {MaxNegotiations} times and is not up");

    /// <summary>Why no further login is allowed; null: it is.</summary>
    public EndReason? ExcessLogin(LinkPolicy policy) => Logins < policy.MaxLogins ? null : new EndReason(
        EndParty.Subscriber, EndLayer.Authentication, EndCause.AuthenticationFailed,
        $"{Logins} logins in one call, and the subscriber was not up for {Lasting.TotalSeconds:0} s after any of them");
}
