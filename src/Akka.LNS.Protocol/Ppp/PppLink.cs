using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>One PPP link: LCP and authentication as one machine. RFC 1661 section 3.2. No clock, no I/O, no Akka.</summary>
/// <remarks>
/// The shell gives it every frame of LCP, PAP and CHAP. Before the network phase it also gives all other frames, and the link drops them
/// (RFC 1661 sections 3.4 and 3.5). In the network phase the bundle runs the network control protocols (<see cref="Ncp.NetworkLayer"/>); a
/// frame of any other protocol comes back as <see cref="LinkEvent.NetworkProtocolUnknown"/>. <see cref="LinkEffect.Closing"/> comes once,
/// then <see cref="LinkEffect.Ended"/> once.
/// </remarks>
public static class PppLink
{
    /// <summary>Begins a link: our first Configure-Request goes out at once.</summary>
    /// <param name="entropy">At least 16 octets of cryptographic randomness: the only source of challenges.</param>
    /// <param name="seed">For magic numbers, identifiers and jitter: need not be secret.</param>
    public static Transition<LinkState, LinkEffect> Start(LinkPolicy policy, ReadOnlyMemory<byte> entropy, ulong seed, Instant now)
    {
        if (entropy.Length < Challenger.MinEntropy)
            throw new ArgumentException($"at least {Challenger.MinEntropy} octets of entropy", nameof(entropy));
        var effects = new EffectBuffer<LinkEffect>();
        var lcp = new Lcp.Turn(Lcp.Create(policy, seed), policy, now, ref effects);
        lcp.Open();
        var state = new LinkState.Establish(policy, lcp.State, Challenger.From(entropy.Span), 0, LinkSetup.Begin(policy, now));
        return new(state, effects.ToImmutable());
    }

    public static Transition<LinkState, LinkEffect> On(LinkState state, LinkEvent ev, Instant now)
    {
        if (state is not LinkState.Live live) return new(state);
        var turn = new Turn(now);
        var next = turn.On(live, ev);
        return new(next, turn.Effects);
    }

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(LinkState state)
    {
        if (state is not LinkState.Live live) return null;
        var at = Lcp.NextDeadline(live.Lcp);
        at = live switch
        {
            LinkState.Establish e => Min(at, e.Setup.EndsAt),
            LinkState.Authenticate a => Min(Min(at, Authenticator.NextDeadline(a.Auth)), Min(a.Setup.EndsAt, a.AuthGiveUpAt)),
            _ => at,
        };
        return at == Instant.Never ? null : at;
    }

    private static Instant Min(Instant a, Instant b) => a < b ? a : b;

    /// <summary>One event on its way through the link. Lives for one call of <see cref="PppLink.On"/>.</summary>
    private ref struct Turn(Instant now)
    {
        private EffectBuffer<LinkEffect> _effects;

        internal readonly ImmutableArray<LinkEffect> Effects => _effects.ToImmutable();

        internal LinkState On(LinkState.Live state, LinkEvent ev) => (state, ev) switch
        {
            (_, LinkEvent.FrameReceived { Protocol: PppProtocol.Lcp } f) => OnLcp(state, f),
            (LinkState.Authenticate a, LinkEvent.FrameReceived { Protocol: PppProtocol.Pap or PppProtocol.Chap } f) => OnProof(a, f),
            (LinkState.Network n, LinkEvent.FrameReceived { Protocol: PppProtocol.Pap or PppProtocol.Chap } f) => OnLateProof(n, f),
            (LinkState.Network n, LinkEvent.FrameReceived f) => RejectProtocol(n, f.Protocol, f.Payload),
            (_, LinkEvent.FrameReceived) => Drop(state, PppError.WrongPhase),

            (LinkState.Authenticate { Auth: AuthState.Asked asked } a, LinkEvent.AuthenticationAccepted y) when y.Attempt == a.Attempt =>
                OnAccepted(a, asked, y),
            (LinkState.Authenticate { Auth: AuthState.Asked asked } a, LinkEvent.AuthenticationRejected n) when n.Attempt == a.Attempt =>
                OnRefused(a, asked, n.Message, n.Why ?? new EndReason(EndParty.Subscriber, EndLayer.Authentication,
                    EndCause.AuthenticationFailed, string.IsNullOrEmpty(n.Message) ? "wrong name or password" : $"refused: {n.Message}")),
            (LinkState.Authenticate { Auth: AuthState.Asked asked } a, LinkEvent.AuthenticationUnavailable u) when u.Attempt == a.Attempt =>
                OnRefused(a, asked, "temporarily not available",
                    new EndReason(EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationUnavailable, u.Why)),
            (_, LinkEvent.AuthenticationAccepted or LinkEvent.AuthenticationRejected or LinkEvent.AuthenticationUnavailable) =>
                Drop(state, PppError.StaleAnswer),

            (LinkState.Network n, LinkEvent.NetworkProtocolUnknown u) => RejectProtocol(n, u.Protocol, u.Payload),
            (_, LinkEvent.NetworkProtocolUnknown) => Drop(state, PppError.WrongPhase),
            (LinkState.Terminate, LinkEvent.CloseRequested) => state, // the first reason counts
            (_, LinkEvent.CloseRequested c) => Close(state, c.Why),
            (LinkState.Network n, LinkEvent.PeerUnheard) => RepeatVerdict(n),
            (LinkState.Network n, LinkEvent.NetworkOpened) => n with { Setup = n.Setup.Up(now) },
            (_, LinkEvent.Tick) => OnTick(state),
            _ => state,
        };

        private LinkState.Live Drop(LinkState.Live live, PppError why)
        {
            _effects.Add(new LinkEffect.Dropped(why));
            return live;
        }

        // ---- LCP ----------------------------------------------------------------------------------------------------

        private LinkState OnLcp(LinkState.Live live, LinkEvent.FrameReceived frame)
        {
            var lcp = new Lcp.Turn(live.Lcp, live.Policy, now, ref _effects, (live as LinkState.Terminate)?.Why);
            lcp.Receive(frame.Payload.Span);
            return Follow(live, lcp.State, lcp.Outcome);
        }

        /// <summary>Moves the link to the phase that LCP has reached.</summary>
        private LinkState Follow(LinkState.Live live, in LcpState lcp, in LcpOutcome outcome)
        {
            var next = live with { Lcp = lcp };
            if (outcome.RejectedProtocol is { } protocol) return OnRejectedProtocol(next, protocol);
            if (next is LinkState.Terminate t) return outcome.IsFinished ? End(t) : t;
            if (outcome.TerminatedByPeer is { } hungUp)
            {
                var closing = BeginClose(next, hungUp);
                // While Opened the link waits, so that our Terminate-Ack arrives (RFC 1661 section 4.4, zrc). Before that it ends at once.
                return lcp.Negotiation.State == AutomatonState.Stopping ? closing : End(closing);
            }
            if (outcome.Fault is { } fault)
            {
                if (lcp.Negotiation.State is not (AutomatonState.Stopping or AutomatonState.Stopped)) return Close(next, fault);
                var closing = BeginClose(next, fault); // the automaton closes by itself
                return outcome.IsFinished ? End(closing) : closing;
            }
            if (outcome.IsFinished)
            {
                return End(BeginClose(next, new EndReason(EndParty.Lns, EndLayer.Link, EndCause.NegotiationFailed,
                    "LCP did not converge: no answer to the last request")));
            }
            if (outcome.IsDown)
            {
                if (next is LinkState.Network) _effects.Add(LinkEffect.RestartNetwork.Instance);
                var setup = next.Setup.Renegotiate(next.Policy, now);
                var again = new LinkState.Establish(next.Policy, lcp, next.Challenger, next.Attempt, setup);
                return setup.Excess(now) is { } excess ? Close(again, excess) : again;
            }
            return outcome.IsUp && next is LinkState.Establish e ? BeginAuthentication(e) : next;
        }

        private LinkState OnRejectedProtocol(LinkState.Live live, ushort protocol)
        {
            if (live is LinkState.Authenticate && protocol is PppProtocol.Pap or PppProtocol.Chap)
            {
                return Close(live, new EndReason(EndParty.Subscriber, EndLayer.Authentication, EndCause.NegotiationFailed,
                    "the subscriber rejected the authentication protocol that it had accepted"));
            }
            if (live is LinkState.Network) _effects.Add(new LinkEffect.ProtocolRejected(protocol));
            return live;
        }

        private LinkState OnTick(LinkState.Live live)
        {
            var giveUp = live switch
            {
                LinkState.Establish e when now >= e.Setup.EndsAt =>
                    new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.SetupTimeout, "LCP not open in time"),
                LinkState.Authenticate { Auth: AuthState.Asked } a when now >= a.AuthGiveUpAt || now >= a.Setup.EndsAt => new EndReason(
                    EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationUnavailable, "no authentication result in time"),
                LinkState.Authenticate a when now >= a.AuthGiveUpAt || now >= a.Setup.EndsAt => new EndReason(
                    EndParty.Subscriber, EndLayer.Authentication, EndCause.SetupTimeout, "authentication not finished in time"),
                _ => null,
            };
            if (giveUp is not null) return Close(live, giveUp);
            if (live is LinkState.Authenticate authenticate)
            {
                var turn = NewAuthenticator(live);
                var auth = turn.Tick(authenticate.Auth);
                Take(turn.Outcome);
                if (!ReferenceEquals(auth, authenticate.Auth)) live = authenticate with { Auth = auth };
            }
            if (now < Lcp.NextDeadline(live.Lcp)) return live;
            var lcp = new Lcp.Turn(live.Lcp, live.Policy, now, ref _effects, (live as LinkState.Terminate)?.Why);
            lcp.Tick();
            return Follow(live, lcp.State, lcp.Outcome);
        }

        private LinkState.Network RejectProtocol(LinkState.Network network, ushort protocol, ReadOnlyMemory<byte> payload)
        {
            var lcp = new Lcp.Turn(network.Lcp, network.Policy, now, ref _effects);
            lcp.RejectProtocol(protocol, payload.Span);
            return network with { Lcp = lcp.State };
        }

        // ---- authentication -----------------------------------------------------------------------------------------

        private readonly Authenticator NewAuthenticator(LinkState.Live live) =>
            new(live.Policy.ServerName, live.Policy.Timers.At(live.Lcp.Negotiation.Pace), live.Challenger, now);

        private void Take(in AuthOutcome outcome)
        {
            if (outcome.Frame is { } frame) _effects.Add(new LinkEffect.SendFrame(frame));
            if (outcome.Dropped != PppError.None) _effects.Add(new LinkEffect.Dropped(outcome.Dropped));
        }

        private LinkState BeginAuthentication(LinkState.Establish e)
        {
            var turn = NewAuthenticator(e);
            AuthState auth = AuthState.NotNeeded.Instance;
            if (e.Policy.Role == LinkRole.Server && e.Lcp.AuthIndex < e.Policy.AuthMethods.Length)
            {
                if (e.Setup.ExcessLogin(e.Policy) is { } excess) return Close(e, excess);
                auth = turn.Demand(e.Policy.AuthMethods[e.Lcp.AuthIndex]);
            }
            else if (e.Lcp.Demanded is { } method && e.Policy.Credentials is { } credentials)
                auth = credentials.Prove(method, ref turn);
            Take(turn.Outcome);
            var authGiveUpAt = now + e.Policy.AuthTimeout;
            var next = new LinkState.Authenticate(e.Policy, e.Lcp, turn.Challenger, e.Attempt, e.Setup, auth, authGiveUpAt);
            return auth is AuthState.NotNeeded ? BeginNetwork(next) : next;
        }

        private LinkState OnProof(LinkState.Authenticate a, LinkEvent.FrameReceived frame)
        {
            if (!OptionNegotiation.TryRead(frame.Payload.Span, out var packet, out var error)) return Drop(a, error);
            var turn = NewAuthenticator(a);
            var auth = turn.Receive(a.Auth, frame.Protocol, packet);
            Take(turn.Outcome);
            var next = ReferenceEquals(auth, a.Auth) ? a : a with { Auth = auth, Challenger = turn.Challenger };
            if (turn.Outcome.Request is { } request)
            {
                next = next with
                {
                    Attempt = next.Attempt + 1,
                    AuthGiveUpAt = now + next.Policy.AuthTimeout,
                    Setup = next.Setup.Login(),
                };
                _effects.Add(new LinkEffect.AuthenticateRequested(next.Attempt, request));
            }
            return Follow(next, turn.Outcome);
        }

        private LinkState OnAccepted(LinkState.Authenticate a, AuthState.Asked asked, LinkEvent.AuthenticationAccepted answer)
        {
            var turn = NewAuthenticator(a);
            var auth = turn.Accept(asked, answer.Message, answer.MsChapSuccess);
            Take(turn.Outcome);
            return Follow(a with { Auth = auth }, turn.Outcome);
        }

        private LinkState OnRefused(LinkState.Authenticate a, AuthState.Asked asked, string? message, EndReason why)
        {
            var turn = NewAuthenticator(a);
            var auth = turn.Reject(asked, message, why);
            Take(turn.Outcome);
            return Follow(a with { Auth = auth, Challenger = turn.Challenger }, turn.Outcome);
        }

        private LinkState Follow(LinkState.Authenticate a, in AuthOutcome outcome) =>
            outcome.Fault is { } fault ? Close(a, fault) : outcome.IsDone ? BeginNetwork(a) : a;

        /// <summary>A packet of PAP or CHAP after the verdict: the verdict was lost, or the server sends one more Challenge.</summary>
        private LinkState.Live OnLateProof(LinkState.Network n, LinkEvent.FrameReceived frame)
        {
            if (!OptionNegotiation.TryRead(frame.Payload.Span, out var packet, out var error)) return Drop(n, error);
            var turn = NewAuthenticator(n);
            var auth = turn.Receive(n.Auth, frame.Protocol, packet);
            Take(turn.Outcome);
            return n with { Auth = auth, Challenger = turn.Challenger };
        }

        /// <summary>Repeats the Success of CHAP: a lost one leaves the peer waiting. A peer of PAP repeats its request itself.</summary>
        private LinkState.Network RepeatVerdict(LinkState.Network n)
        {
            if (n.Auth is AuthState.Accepted { Method: not AuthMethod.Pap } accepted)
                _effects.Add(new LinkEffect.SendFrame(accepted.Answer));
            return n;
        }

        private LinkState.Network BeginNetwork(LinkState.Authenticate a)
        {
            var lcp = a.Lcp;
            Lcp.StartEcho(ref lcp, a.Policy, now);
            var (method, user) = a.Auth switch
            {
                AuthState.Accepted s => ((AuthMethod?)s.Method, (string?)s.UserName),
                AuthState.Client c => ((AuthMethod?)c.Method, a.Policy.Credentials?.UserName),
                _ => (default(AuthMethod?), default(string)),
            };
            _effects.Add(new LinkEffect.NetworkPhase(new LinkOptions(
                Math.Min(lcp.PeerMru, a.Policy.MaxPeerMru), lcp.OurMru,
                (lcp.Flags & LcpFlags.PeerPfc) != 0, (lcp.Flags & LcpFlags.PeerAcfc) != 0,
                lcp.OurMagic, lcp.PeerMagic, method, user, lcp.PeerIdentification, lcp.Negotiation.Pace)));
            return new LinkState.Network(a.Policy, lcp, a.Challenger, a.Attempt, a.Setup, a.Auth);
        }

        // ---- the end ------------------------------------------------------------------------------------------------

        /// <summary>Sends the Terminate-Request; <see cref="LinkEffect.Ended"/> follows its acknowledgement or its last timeout.</summary>
        private LinkState Close(LinkState.Live live, EndReason why)
        {
            var closing = BeginClose(live, why);
            var lcp = new Lcp.Turn(closing.Lcp, closing.Policy, now, ref _effects, why);
            lcp.Close();
            closing = closing with { Lcp = lcp.State };
            return lcp.Outcome.IsFinished || lcp.State.Negotiation.State == AutomatonState.Closed ? End(closing) : closing;
        }

        /// <summary>
        /// The reason comes before the frames of its event: the peer that gets one may hang up, and its CDN has another reason.
        /// </summary>
        private LinkState.Terminate BeginClose(LinkState.Live live, EndReason why)
        {
            _effects.AddFirst(new LinkEffect.Closing(why));
            return new LinkState.Terminate(live.Policy, live.Lcp, live.Challenger, live.Attempt, live.Setup, why);
        }

        private LinkState.Ended End(LinkState.Terminate t)
        {
            _effects.Add(new LinkEffect.Ended(t.Why));
            return new LinkState.Ended(t.Policy, t.Why);
        }
    }
}
