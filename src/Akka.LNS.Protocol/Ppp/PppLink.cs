namespace Akka.LNS.Protocol.Ppp;

/// <summary>Where a link is (RFC 1661 §3.2). Opaque to the shell but for its kind.</summary>
public abstract record LinkState(LinkPolicy Policy)
{
    /// <summary>The end: the shell stops.</summary>
    public sealed record Ended(LinkPolicy Policy, EndReason Why) : LinkState(Policy);
}

/// <summary>One PPP link: LCP and authentication as one machine (RFC 1661 §3.2). No clock, no I/O, no Akka.</summary>
public static class PppLink
{
    /// <summary>Begins a link: our first Configure-Request goes out at once.</summary>
    /// <param name="entropy">At least 16 octets of cryptographic randomness: challenges are made from it, and from nothing else.</param>
    /// <param name="seed">For magic numbers, identifiers and jitter: need not be secret.</param>
    public static Transition<LinkState, LinkEffect> Start(LinkPolicy policy, ReadOnlyMemory<byte> entropy, ulong seed, Instant now) =>
        new(new LinkState.Ended(policy, new EndReason(EndParty.Lns, EndLayer.Link, EndCause.InternalError, $"{entropy.Length} {seed} {now}")));

    public static Transition<LinkState, LinkEffect> On(LinkState state, LinkEvent ev, Instant now) => new(state);

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(LinkState state) => null;
}
