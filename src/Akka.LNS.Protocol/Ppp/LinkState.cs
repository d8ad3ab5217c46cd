using Akka.LNS.Protocol.Ppp.Authentication;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>Phase of a link. RFC 1661 section 3.2.</summary>
public enum LinkPhase : byte
{
    Establish,
    Authenticate,
    Network,
    Terminate,
    Dead,
}

/// <summary>State of a <see cref="PppLink"/>. The shell sees its phase and its end.</summary>
public abstract record LinkState(LinkPolicy Policy)
{
    public abstract LinkPhase Phase { get; }

    /// <summary>A link that still sends.</summary>
    /// <param name="Attempt">Number of the last authentication request: an answer to an older one is stale.</param>
    /// <param name="Setup">What the call may still use.</param>
    internal abstract record Live(LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, LinkSetup Setup)
        : LinkState(Policy);

    internal sealed record Establish(LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, LinkSetup Setup)
        : Live(Policy, Lcp, Challenger, Attempt, Setup)
    {
        public override LinkPhase Phase => LinkPhase.Establish;
    }

    /// <param name="AuthGiveUpAt">End of the wait for the peer's proof, or for the verdict.</param>
    internal sealed record Authenticate(
        LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, LinkSetup Setup, AuthState Auth, Instant AuthGiveUpAt)
        : Live(Policy, Lcp, Challenger, Attempt, Setup)
    {
        public override LinkPhase Phase => LinkPhase.Authenticate;
    }

    internal sealed record Network(
        LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, LinkSetup Setup, AuthState Auth)
        : Live(Policy, Lcp, Challenger, Attempt, Setup)
    {
        public override LinkPhase Phase => LinkPhase.Network;
    }

    internal sealed record Terminate(
        LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, LinkSetup Setup, EndReason Why)
        : Live(Policy, Lcp, Challenger, Attempt, Setup)
    {
        public override LinkPhase Phase => LinkPhase.Terminate;
    }

    /// <summary>The end: the shell stops.</summary>
    public sealed record Ended(LinkPolicy Policy, EndReason Why) : LinkState(Policy)
    {
        public override LinkPhase Phase => LinkPhase.Dead;
    }
}
