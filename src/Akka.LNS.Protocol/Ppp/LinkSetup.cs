namespace Akka.LNS.Protocol.Ppp;

/// <summary>
/// What a call may use: time until the subscriber is up, negotiations of LCP, logins. A new negotiation renews nothing before the
/// subscriber was up.
/// </summary>
/// <param name="EndsAt">End of LCP and authentication. It counts from the start of LCP of the call.</param>
/// <param name="Negotiations">Negotiations of LCP since the start, or since the subscriber was up.</param>
/// <param name="Logins">Logins of the call. They are never forgotten.</param>
/// <param name="IsUp">A network protocol is Opened, or was Opened since the last negotiation of LCP.</param>
internal readonly record struct LinkSetup(Instant EndsAt, byte Negotiations, byte Logins, bool IsUp)
{
    /// <summary>Negotiations of LCP before the subscriber is up. A peer behind a slow path needs two or three.</summary>
    private const byte MaxNegotiations = 10;

    public static LinkSetup Begin(LinkPolicy policy, Instant now) => new(now + policy.SetupTimeout, 1, 0, false);

    /// <summary>The peer negotiates LCP again.</summary>
    public LinkSetup Renegotiate(LinkPolicy policy, Instant now) => IsUp
        ? this with { EndsAt = now + policy.SetupTimeout, Negotiations = 1, IsUp = false }
        : this with { Negotiations = (byte)Math.Min(Negotiations + 1, byte.MaxValue) };

    public LinkSetup Login() => this with { Logins = (byte)Math.Min(Logins + 1, byte.MaxValue) };

    /// <summary>Why the peer may not negotiate LCP again; null: it may.</summary>
    public EndReason? Excess(Instant now) =>
        now >= EndsAt ? new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.SetupTimeout, "LCP not open in time")
        : Negotiations <= MaxNegotiations ? null
        : new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.NegotiationFailed,
            $"the subscriber negotiated LCP {MaxNegotiations} times and is not up");

    /// <summary>Why no further login is allowed; null: it is.</summary>
    public EndReason? ExcessLogin(LinkPolicy policy) => Logins < policy.MaxLogins ? null : new EndReason(
        EndParty.Subscriber, EndLayer.Authentication, EndCause.AuthenticationFailed, $"{Logins} logins in one call");
}
