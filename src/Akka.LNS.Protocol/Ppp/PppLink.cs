using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>The phases of a link (RFC 1661 §3.2).</summary>
public enum LinkPhase : byte
{
    Establish,
    Authenticate,
    Network,
    Terminate,
    Dead,
}

/// <summary>Where a link is. Opaque to the shell but for its phase and its end.</summary>
public abstract record LinkState(LinkPolicy Policy)
{
    public abstract LinkPhase Phase { get; }

    /// <summary>A link that still sends.</summary>
    /// <param name="Attempt">Counts the questions asked: an answer to an older one is stale.</param>
    internal abstract record Live(LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt) : LinkState(Policy);

    internal sealed record Establish(LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, Instant GiveUpAt)
        : Live(Policy, Lcp, Challenger, Attempt)
    {
        public override LinkPhase Phase => LinkPhase.Establish;
    }

    /// <param name="GiveUpAt">End of the set-up as a whole.</param>
    /// <param name="AuthGiveUpAt">End of waiting for the peer's proof, or for our verdict.</param>
    internal sealed record Authenticate(
        LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, AuthState Auth, Instant GiveUpAt, Instant AuthGiveUpAt)
        : Live(Policy, Lcp, Challenger, Attempt)
    {
        public override LinkPhase Phase => LinkPhase.Authenticate;
    }

    internal sealed record Network(LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, AuthState Auth)
        : Live(Policy, Lcp, Challenger, Attempt)
    {
        public override LinkPhase Phase => LinkPhase.Network;
    }

    internal sealed record Terminate(LinkPolicy Policy, LcpState Lcp, Challenger Challenger, int Attempt, EndReason Why)
        : Live(Policy, Lcp, Challenger, Attempt)
    {
        public override LinkPhase Phase => LinkPhase.Terminate;
    }

    /// <summary>The end: the shell stops.</summary>
    public sealed record Ended(LinkPolicy Policy, EndReason Why) : LinkState(Policy)
    {
        public override LinkPhase Phase => LinkPhase.Dead;
    }
}

/// <summary>One PPP link: LCP and authentication as one machine (RFC 1661 §3.2). No clock, no I/O, no Akka.</summary>
/// <remarks>
/// The shell gives it every frame of LCP, PAP and CHAP, and before the network phase all others too, which are dropped here as RFC 1661 §3.4 and §3.5
/// demand. In the network phase the bundle owns IPCP and its like; what nobody owns comes back as <see cref="LinkEvent.NetworkProtocolUnknown"/>.
/// <see cref="LinkEffect.Closing"/> comes once, then <see cref="LinkEffect.Ended"/> once.
/// </remarks>
public static class PppLink
{
    /// <summary>Begins a link: our first Configure-Request goes out at once.</summary>
    /// <param name="entropy">At least 16 octets of cryptographic randomness: challenges are made from it, and from nothing else.</param>
    /// <param name="seed">For magic numbers, identifiers and jitter: need not be secret.</param>
    public static Transition<LinkState, LinkEffect> Start(LinkPolicy policy, ReadOnlyMemory<byte> entropy, ulong seed, Instant now)
    {
        if (entropy.Length < Challenger.MinEntropy) throw new ArgumentException($"at least {Challenger.MinEntropy} octets of entropy", nameof(entropy));
        var effects = new EffectBuffer<LinkEffect>();
        var lcp = Lcp.Start(policy, seed);
        var outcome = new LcpOutcome();
        Lcp.Administer(ref lcp, policy, AutomatonEvent.Open, now, ref outcome, ref effects);
        Lcp.Administer(ref lcp, policy, AutomatonEvent.Up, now, ref outcome, ref effects);
        return new(new LinkState.Establish(policy, lcp, Challenger.From(entropy.Span), 0, now + policy.SetupTimeout), effects.ToImmutable());
    }

    public static Transition<LinkState, LinkEffect> On(LinkState state, LinkEvent ev, Instant now)
    {
        var effects = new EffectBuffer<LinkEffect>();
        var next = (state, ev) switch
        {
            (LinkState.Ended, _) => state,
            (LinkState.Live live, LinkEvent.FrameReceived { Protocol: PppProtocol.Lcp } f) => OnLcp(live, f, now, ref effects),
            (LinkState.Authenticate a, LinkEvent.FrameReceived { Protocol: PppProtocol.Pap or PppProtocol.Chap } f) => OnProof(a, f, now, ref effects),
            (LinkState.Network n, LinkEvent.FrameReceived { Protocol: PppProtocol.Pap or PppProtocol.Chap } f) => OnLateProof(n, f, ref effects),
            (LinkState.Network n, LinkEvent.FrameReceived f) => Refuse(n, f.Protocol, f.Payload, ref effects),
            (LinkState.Live live, LinkEvent.FrameReceived) => Drop(live, PppError.WrongPhase, ref effects),

            (LinkState.Authenticate { Auth: AuthState.Asked asked } a, LinkEvent.AuthenticationAccepted y) when y.Attempt == a.Attempt =>
                OnAccepted(a, asked, y, now, ref effects),
            (LinkState.Authenticate { Auth: AuthState.Asked asked } a, LinkEvent.AuthenticationRejected n) when n.Attempt == a.Attempt =>
                OnRefused(a, asked, n.Message, n.Why ?? new EndReason(EndParty.Subscriber, EndLayer.Authentication, EndCause.AuthenticationFailed,
                    string.IsNullOrEmpty(n.Message) ? "wrong name or password" : $"refused: {n.Message}"), now, ref effects),
            (LinkState.Authenticate { Auth: AuthState.Asked asked } a, LinkEvent.AuthenticationUnavailable u) when u.Attempt == a.Attempt =>
                OnRefused(a, asked, "temporarily not available", new EndReason(EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationUnavailable, u.Why),
                    now, ref effects),
            (LinkState.Live live, LinkEvent.AuthenticationAccepted or LinkEvent.AuthenticationRejected or LinkEvent.AuthenticationUnavailable) =>
                Drop(live, PppError.StaleAnswer, ref effects),

            (LinkState.Network n, LinkEvent.NetworkProtocolUnknown u) => Refuse(n, u.Protocol, u.Payload, ref effects),
            (LinkState.Live live, LinkEvent.NetworkProtocolUnknown) => Drop(live, PppError.WrongPhase, ref effects),
            (LinkState.Terminate, LinkEvent.CloseRequested) => state, // it closes already, for an earlier reason
            (LinkState.Live live, LinkEvent.CloseRequested c) => Close(live, c.Why, now, ref effects),
            (LinkState.Network n, LinkEvent.DataSeen) => OnAlive(n),
            (LinkState.Network n, LinkEvent.PeerUnheard) => SayVerdictAgain(n, ref effects),
            (LinkState.Live live, LinkEvent.Tick) => OnTick(live, now, ref effects),
            _ => state,
        };
        return new(next, effects.ToImmutable());
    }

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(LinkState state)
    {
        if (state is not LinkState.Live live) return null;
        var at = Lcp.NextDeadline(live.Lcp);
        at = live switch
        {
            LinkState.Establish e => Min(at, e.GiveUpAt),
            LinkState.Authenticate a => Min(Min(at, Authentication.NextDeadline(a.Auth)), Min(a.GiveUpAt, a.AuthGiveUpAt)),
            _ => at,
        };
        return at == Negotiation.Never ? null : at;
    }

    private static Instant Min(Instant a, Instant b) => a < b ? a : b;

    // ---- LCP --------------------------------------------------------------------------------------------------------

    private static LinkState OnLcp(LinkState.Live live, LinkEvent.FrameReceived frame, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var (lcp, outcome) = (live.Lcp, new LcpOutcome());
        Lcp.Receive(ref lcp, live.Policy, frame.Payload.Span, now, ref outcome, ref effects);
        return Follow(live, lcp, outcome, now, ref effects);
    }

    /// <summary>Moves the link to the phase that LCP has come to.</summary>
    private static LinkState Follow(LinkState.Live live, in LcpState lcp, in LcpOutcome outcome, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var next = live with { Lcp = lcp };
        if (outcome.RejectedProtocol is { } protocol) return OnRejectedProtocol(next, protocol, now, ref effects);
        if (next is LinkState.Terminate t) return outcome.IsFinished ? End(t, ref effects) : t;
        if (outcome.IsTerminatedByPeer)
        {
            var why = new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.UserRequest, "the subscriber hung up");
            // Opened: a pause, so that our Terminate-Ack arrives (RFC 1661 §4.4, zrc). Before that there is nothing to wait for.
            var closing = BeginClose(next, why, ref effects);
            return lcp.Negotiation.State == AutomatonState.Stopping ? closing : End(closing, ref effects);
        }
        if (outcome.Fault is { } fault)
        {
            return lcp.Negotiation.State is AutomatonState.Stopping or AutomatonState.Stopped // the automaton closes by itself
                ? FollowFault(next, fault, outcome.IsFinished, ref effects) : Close(next, fault, now, ref effects);
        }
        if (outcome.IsFinished)
        {
            return End(BeginClose(next, new EndReason(EndParty.Lns, EndLayer.Link, EndCause.NegotiationFailed,
                "LCP came to no agreement: no answer to our last request"), ref effects), ref effects);
        }
        if (outcome.IsDown)
        {
            if (next is LinkState.Network) effects.Add(LinkEffect.RestartNetwork.Instance);
            return new LinkState.Establish(next.Policy, lcp, next.Challenger, next.Attempt, now + next.Policy.SetupTimeout);
        }
        return outcome.IsUp && next is LinkState.Establish e ? BeginAuthentication(e, now, ref effects) : next;
    }

    private static LinkState FollowFault(LinkState.Live live, EndReason why, bool isFinished, ref EffectBuffer<LinkEffect> effects)
    {
        var closing = BeginClose(live, why, ref effects);
        return isFinished ? End(closing, ref effects) : closing;
    }

    private static LinkState OnRejectedProtocol(LinkState.Live live, ushort protocol, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        if (live is LinkState.Authenticate && protocol is PppProtocol.Pap or PppProtocol.Chap)
        {
            return Close(live, new EndReason(EndParty.Subscriber, EndLayer.Authentication, EndCause.NegotiationFailed,
                "the subscriber rejects the authentication protocol it agreed to"), now, ref effects);
        }
        if (live is LinkState.Network) effects.Add(new LinkEffect.ProtocolRejected(protocol));
        return live;
    }

    private static LinkState OnTick(LinkState.Live live, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var giveUp = live switch
        {
            LinkState.Establish e when now >= e.GiveUpAt =>
                new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.SetupTimeout, "LCP did not come up in time"),
            LinkState.Authenticate { Auth: AuthState.Asked } a when now >= a.AuthGiveUpAt || now >= a.GiveUpAt =>
                new EndReason(EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationUnavailable, "no verdict on the subscriber in time"),
            LinkState.Authenticate a when now >= a.AuthGiveUpAt || now >= a.GiveUpAt =>
                new EndReason(EndParty.Subscriber, EndLayer.Authentication, EndCause.SetupTimeout, "the authentication did not finish in time"),
            _ => null,
        };
        if (giveUp is not null) return Close(live, giveUp, now, ref effects);
        if (live is LinkState.Authenticate authenticate)
        {
            var auth = Authentication.Tick(authenticate.Auth, authenticate.Policy, now, ref effects);
            if (!ReferenceEquals(auth, authenticate.Auth)) live = authenticate with { Auth = auth };
        }
        if (now < Lcp.NextDeadline(live.Lcp)) return live;
        var (lcp, outcome) = (live.Lcp, new LcpOutcome());
        Lcp.Tick(ref lcp, live.Policy, now, ref outcome, ref effects);
        return Follow(live, lcp, outcome, now, ref effects);
    }

    private static LinkState.Network OnAlive(LinkState.Network network)
    {
        if (network.Lcp.EchoOutstanding == 0) return network;
        var lcp = network.Lcp;
        Lcp.NoteAlive(ref lcp);
        return network with { Lcp = lcp };
    }

    private static LinkState.Live Refuse(LinkState.Live live, ushort protocol, ReadOnlyMemory<byte> payload, ref EffectBuffer<LinkEffect> effects)
    {
        var lcp = live.Lcp;
        Lcp.RejectProtocol(ref lcp, protocol, payload.Span, ref effects);
        return live with { Lcp = lcp };
    }

    private static LinkState.Live Drop(LinkState.Live live, PppError why, ref EffectBuffer<LinkEffect> effects)
    {
        effects.Add(new LinkEffect.Dropped(why));
        return live;
    }

    // ---- authentication ---------------------------------------------------------------------------------------------

    private static LinkState BeginAuthentication(LinkState.Establish e, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var challenger = e.Challenger;
        AuthState auth = AuthState.NotNeeded.Instance;
        if (e.Policy.Role == LinkRole.Server && e.Lcp.AuthIndex < e.Policy.AuthMethods.Length)
            auth = Authentication.Demand(e.Policy, e.Policy.AuthMethods[e.Lcp.AuthIndex], ref challenger, now, ref effects);
        else if (e.Policy.Role == LinkRole.Client && e.Lcp.Demanded is { } method)
            auth = Authentication.Prove(e.Policy, method, ref challenger, now, ref effects);
        var next = new LinkState.Authenticate(e.Policy, e.Lcp, challenger, e.Attempt, auth, e.GiveUpAt, now + e.Policy.AuthTimeout);
        return auth is AuthState.NotNeeded ? BeginNetwork(next, auth, now, ref effects) : next;
    }

    private static LinkState OnProof(LinkState.Authenticate a, LinkEvent.FrameReceived frame, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var (challenger, outcome) = (a.Challenger, new AuthOutcome());
        var auth = Authentication.Receive(a.Auth, a.Policy, frame.Protocol, frame.Payload.Span, ref challenger, ref outcome, ref effects);
        var next = ReferenceEquals(auth, a.Auth) ? a : a with { Auth = auth, Challenger = challenger };
        if (outcome.Request is { } request)
        {
            next = next with { Attempt = next.Attempt + 1, AuthGiveUpAt = now + next.Policy.AuthTimeout };
            effects.Add(new LinkEffect.AuthenticateRequested(next.Attempt, request));
        }
        return Follow(next, outcome, now, ref effects);
    }

    private static LinkState OnAccepted(
        LinkState.Authenticate a, AuthState.Asked asked, LinkEvent.AuthenticationAccepted answer, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var outcome = new AuthOutcome();
        var auth = Authentication.Accept(asked, answer.Message, answer.MsChapSuccess, ref outcome, ref effects);
        return Follow(a with { Auth = auth }, outcome, now, ref effects);
    }

    private static LinkState OnRefused(
        LinkState.Authenticate a, AuthState.Asked asked, string? message, EndReason why, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var (challenger, outcome) = (a.Challenger, new AuthOutcome());
        var challenge = asked.Method == AuthMethod.MsChapV2 ? challenger.Next() : [];
        var auth = Authentication.Reject(asked, message, challenge, why, ref outcome, ref effects);
        return Follow(a with { Auth = auth, Challenger = challenger }, outcome, now, ref effects);
    }

    private static LinkState Follow(LinkState.Authenticate a, in AuthOutcome outcome, Instant now, ref EffectBuffer<LinkEffect> effects) =>
        outcome.Fault is { } fault ? Close(a, fault, now, ref effects) : outcome.IsDone ? BeginNetwork(a, a.Auth, now, ref effects) : a;

    /// <summary>The peer did not hear our verdict and proves itself again (or, to a client, a new Challenge).</summary>
    private static LinkState.Network OnLateProof(LinkState.Network n, LinkEvent.FrameReceived frame, ref EffectBuffer<LinkEffect> effects)
    {
        var (challenger, outcome) = (n.Challenger, new AuthOutcome());
        var auth = Authentication.Receive(n.Auth, n.Policy, frame.Protocol, frame.Payload.Span, ref challenger, ref outcome, ref effects);
        return n with { Auth = auth, Challenger = challenger };
    }

    /// <summary>A Success that was lost leaves the peer of CHAP waiting; a peer of PAP asks again by itself. Who heard it ignores the second.</summary>
    private static LinkState.Network SayVerdictAgain(LinkState.Network n, ref EffectBuffer<LinkEffect> effects)
    {
        if (n.Auth is AuthState.Accepted { Method: not AuthMethod.Pap } accepted) effects.Add(new LinkEffect.SendFrame(accepted.Answer));
        return n;
    }

    private static LinkState.Network BeginNetwork(LinkState.Authenticate a, AuthState auth, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var lcp = a.Lcp;
        Lcp.StartEcho(ref lcp, a.Policy, now);
        var (method, user) = auth switch
        {
            AuthState.Accepted s => ((AuthMethod?)s.Method, (string?)s.UserName),
            AuthState.Welcome c => ((AuthMethod?)c.Method, a.Policy.Credentials?.UserName),
            _ => (default(AuthMethod?), default(string)),
        };
        effects.Add(new LinkEffect.NetworkPhase(new LinkOptions(
            Math.Min(lcp.PeerMru, a.Policy.MaxPeerMru), lcp.OurMru, (lcp.Flags & LcpFlags.PeerPfc) != 0, (lcp.Flags & LcpFlags.PeerAcfc) != 0,
            lcp.OurMagic, lcp.PeerMagic, method, user, lcp.PeerIdentification)));
        return new LinkState.Network(a.Policy, lcp, a.Challenger, a.Attempt, auth);
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /// <summary>Says Closing and sends the Terminate-Request; Ended follows its acknowledgement, or its last time-out.</summary>
    private static LinkState Close(LinkState.Live live, EndReason why, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        var closing = BeginClose(live, why, ref effects);
        var (lcp, outcome) = (closing.Lcp, new LcpOutcome());
        Lcp.Administer(ref lcp, closing.Policy, AutomatonEvent.Close, now, ref outcome, ref effects);
        lcp.EchoAt = Negotiation.Never;
        closing = closing with { Lcp = lcp };
        return outcome.IsFinished || lcp.Negotiation.State == AutomatonState.Closed ? End(closing, ref effects) : closing;
    }

    private static LinkState.Terminate BeginClose(LinkState.Live live, EndReason why, ref EffectBuffer<LinkEffect> effects)
    {
        effects.Add(new LinkEffect.Closing(why));
        return new LinkState.Terminate(live.Policy, live.Lcp, live.Challenger, live.Attempt, why);
    }

    private static LinkState.Ended End(LinkState.Terminate t, ref EffectBuffer<LinkEffect> effects)
    {
        effects.Add(new LinkEffect.Ended(t.Why));
        return new LinkState.Ended(t.Policy, t.Why);
    }
}
