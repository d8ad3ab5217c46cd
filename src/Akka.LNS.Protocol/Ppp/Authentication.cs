using System.Text;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>Where the authentication of a link is. Challenges and responses are let go as soon as they are not needed.</summary>
internal abstract record AuthState
{
    /// <summary>Nobody asked for it.</summary>
    public sealed record NotNeeded : AuthState
    {
        public static readonly NotNeeded Instance = new();
    }

    /// <summary>Server: for the Authenticate-Request of PAP.</summary>
    public sealed record WaitRequest : AuthState
    {
        public static readonly WaitRequest Instance = new();
    }

    /// <summary>Server: a Challenge is out.</summary>
    public sealed record WaitResponse(AuthMethod Method, byte Identifier, byte[] Challenge, byte Sent, Instant ResendAt) : AuthState;

    /// <summary>Server: somebody else is deciding.</summary>
    public sealed record Asked(AuthMethod Method, byte Identifier, string UserName) : AuthState;

    /// <summary>Server: accepted. <paramref name="Answer"/> is the frame that a repeated request gets again (RFC 1994 §4.1, RFC 1334 §2.2).</summary>
    public sealed record Accepted(AuthMethod Method, string UserName, byte[] Answer) : AuthState;

    /// <summary>Client: PAP is out.</summary>
    public sealed record SentRequest(byte Identifier, byte Sent, Instant ResendAt) : AuthState;

    /// <summary>Client: for the server's Challenge, or for its verdict.</summary>
    public sealed record WaitChallenge(AuthMethod Method) : AuthState;

    /// <summary>Client: the Response is out. For MS-CHAPv2 the three are kept until the server has proven itself.</summary>
    public sealed record SentResponse(AuthMethod Method, byte Identifier, byte[] Challenge, byte[] PeerChallenge, byte[] Response) : AuthState;

    /// <summary>Client: welcome.</summary>
    public sealed record Welcome(AuthMethod Method) : AuthState;
}

/// <summary>What one event means for the link.</summary>
internal struct AuthOutcome
{
    public bool IsDone;
    /// <summary>Not null: close the link.</summary>
    public EndReason? Fault;
    /// <summary>Not null: ask, and answer by an event.</summary>
    public AuthenticationRequest? Request;
}

/// <summary>PAP (RFC 1334), CHAP (RFC 1994) and MS-CHAPv2 (RFC 2759): the authenticator, and the peer that answers.</summary>
/// <remarks>The time-out of the whole phase is the link's. Server and client never both authenticate: one direction is enough here.</remarks>
internal static class Authentication
{
    private const int MaxMessage = 255;

    public static Instant NextDeadline(AuthState state) => state switch
    {
        AuthState.WaitResponse w => w.ResendAt,
        AuthState.SentRequest s => s.ResendAt,
        _ => Negotiation.Never,
    };

    /// <summary>Server: demand <paramref name="method"/>.</summary>
    public static AuthState Demand(LinkPolicy policy, AuthMethod method, ref Challenger challenger, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        if (method == AuthMethod.Pap) return AuthState.WaitRequest.Instance;
        var state = new AuthState.WaitResponse(method, challenger.NextIdentifier(), challenger.Next(), 1, now + Wait(policy, 0));
        SendChallenge(policy, state, ref effects);
        return state;
    }

    /// <summary>Client: prove by <paramref name="method"/>.</summary>
    public static AuthState Prove(LinkPolicy policy, AuthMethod method, ref Challenger challenger, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        if (method != AuthMethod.Pap) return new AuthState.WaitChallenge(method);
        var state = new AuthState.SentRequest(challenger.NextIdentifier(), 1, now + Wait(policy, 0));
        SendPap(policy, state.Identifier, ref effects);
        return state;
    }

    public static AuthState Tick(AuthState state, LinkPolicy policy, Instant now, ref EffectBuffer<LinkEffect> effects)
    {
        switch (state)
        {
            // The same Challenge again, with its Identifier: a Response to either is valid, whichever was slow.
            case AuthState.WaitResponse w when now >= w.ResendAt:
                SendChallenge(policy, w, ref effects);
                return w with { Sent = Inc(w.Sent), ResendAt = w.Sent + 1 >= policy.MaxConfigure ? Negotiation.Never : now + Wait(policy, w.Sent) };
            case AuthState.SentRequest s when now >= s.ResendAt:
                SendPap(policy, s.Identifier, ref effects);
                return s with { Sent = Inc(s.Sent), ResendAt = s.Sent + 1 >= policy.MaxConfigure ? Negotiation.Never : now + Wait(policy, s.Sent) };
            default: return state;
        }
    }

    public static AuthState Receive(
        AuthState state, LinkPolicy policy, ushort protocol, ReadOnlySpan<byte> payload, ref Challenger challenger, ref AuthOutcome outcome,
        ref EffectBuffer<LinkEffect> effects)
    {
        if (!ControlPacketView.TryRead(payload, out var packet, out var error) || packet.Length > Lcp.MaxPacket)
            return Drop(state, error == PppError.None ? PppError.TooLong : error, ref effects);
        return protocol == PppProtocol.Pap
            ? ReceivePap(state, policy, packet, ref outcome, ref effects)
            : ReceiveChap(state, policy, packet, ref challenger, ref outcome, ref effects);
    }

    /// <summary>Server: the answer is yes.</summary>
    public static AuthState Accept(AuthState.Asked asked, string? message, string? msChapSuccess, ref AuthOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (asked.Method == AuthMethod.MsChapV2)
        {
            if (msChapSuccess is null)
            {
                return Reject(asked, null, default, new EndReason(EndParty.Radius, EndLayer.Authentication, EndCause.AuthenticationFailed,
                    "accepted without the proof that MS-CHAPv2 demands of the server"), ref outcome, ref effects);
            }
            message = string.IsNullOrEmpty(message) ? msChapSuccess : $"{msChapSuccess} M={message}";
        }
        var answer = Verdict(asked, isGood: true, message);
        effects.Add(new LinkEffect.SendFrame(answer));
        outcome.IsDone = true;
        return new AuthState.Accepted(asked.Method, asked.UserName, answer);
    }

    /// <summary>Server: the answer is no.</summary>
    /// <param name="challenge">16 octets that a Failure of MS-CHAPv2 must name, though no retry is allowed (RFC 2759 §6); default: zeros.</param>
    public static AuthState Reject(
        AuthState.Asked asked, string? message, ReadOnlySpan<byte> challenge, EndReason why, ref AuthOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (asked.Method == AuthMethod.MsChapV2 && message?.StartsWith("E=", StringComparison.Ordinal) != true)
        {
            var text = challenge.IsEmpty ? new string('0', 32) : Convert.ToHexString(challenge);
            message = $"E=691 R=0 C={text} V=3 M={(string.IsNullOrEmpty(message) ? "Access denied" : message)}"; // ERROR_AUTHENTICATION_FAILURE
        }
        effects.Add(new LinkEffect.SendFrame(Verdict(asked, isGood: false, message)));
        outcome.Fault = why;
        return asked;
    }

    private static TimeSpan Wait(LinkPolicy p, int sent) => new NegotiationTimers(p.FirstRestartInterval, p.RestartInterval, 0, 0).After(sent);
    private static byte Inc(byte count) => count < byte.MaxValue ? (byte)(count + 1) : count;

    private static AuthState Drop(AuthState state, PppError why, ref EffectBuffer<LinkEffect> effects)
    {
        effects.Add(new LinkEffect.Dropped(why));
        return state;
    }

    // ---- PAP --------------------------------------------------------------------------------------------------------

    private static AuthState ReceivePap(
        AuthState state, LinkPolicy policy, in ControlPacketView packet, ref AuthOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        switch (state, packet.Code)
        {
            case (AuthState.WaitRequest, PapCode.AuthenticateRequest):
                if (!PapRequestView.TryRead(packet.Data, out var proof, out var error)) return Drop(state, error, ref effects);
                var name = PeerText.Decode(proof.PeerId);
                outcome.Request = new AuthenticationRequest.Pap(name, Encoding.Latin1.GetString(proof.Password));
                return new AuthState.Asked(AuthMethod.Pap, packet.Identifier, name);
            case (AuthState.Asked { Method: AuthMethod.Pap }, PapCode.AuthenticateRequest):
                return Drop(state, PppError.Duplicate, ref effects);
            case (AuthState.Accepted { Method: AuthMethod.Pap } a, PapCode.AuthenticateRequest):
                var again = a.Answer.AsSpan().ToArray();
                again[PppFrame.HeaderLength + 1] = packet.Identifier; // a repetition may count on (RFC 1334 §2.2.1)
                effects.Add(new LinkEffect.SendFrame(again));
                return state;
            case (AuthState.SentRequest s, PapCode.AuthenticateAck) when packet.Identifier == s.Identifier:
                outcome.IsDone = true;
                return new AuthState.Welcome(AuthMethod.Pap);
            case (AuthState.SentRequest s, PapCode.AuthenticateNak) when packet.Identifier == s.Identifier:
                PapMessage.TryRead(packet.Data, out var message, out _);
                outcome.Fault = Refused(message);
                return state;
            case (AuthState.SentRequest, PapCode.AuthenticateAck or PapCode.AuthenticateNak): return Drop(state, PppError.UnknownIdentifier, ref effects);
            case (AuthState.Welcome { Method: AuthMethod.Pap }, PapCode.AuthenticateAck): return Drop(state, PppError.Duplicate, ref effects);
            default: return Drop(state, PppError.WrongAuthentication, ref effects);
        }
    }

    private static void SendPap(LinkPolicy policy, byte identifier, ref EffectBuffer<LinkEffect> effects)
    {
        var credentials = policy.Credentials ?? new LinkCredentials("", "");
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength + 2 + 255 + 255];
        var writer = new ControlPacketWriter(buffer, PppProtocol.Pap, PapCode.AuthenticateRequest, identifier);
        PapRequestView.WriteTo(ref writer, Encoding.UTF8.GetBytes(credentials.UserName), Encoding.UTF8.GetBytes(credentials.Password));
        effects.Add(new LinkEffect.SendFrame(writer.ToFrame()));
    }

    // ---- CHAP -------------------------------------------------------------------------------------------------------

    private static AuthState ReceiveChap(
        AuthState state, LinkPolicy policy, in ControlPacketView packet, ref Challenger challenger, ref AuthOutcome outcome,
        ref EffectBuffer<LinkEffect> effects)
    {
        switch (state, packet.Code)
        {
            case (AuthState.WaitResponse w, ChapCode.Response):
                return packet.Identifier == w.Identifier
                    ? Respond(w, packet, ref outcome, ref effects) : Drop(state, PppError.UnknownIdentifier, ref effects);
            case (AuthState.Asked { Method: not AuthMethod.Pap }, ChapCode.Response): return Drop(state, PppError.Duplicate, ref effects);
            case (AuthState.Accepted { Method: not AuthMethod.Pap } a, ChapCode.Response):
                if (packet.Identifier != a.Answer[PppFrame.HeaderLength + 1]) return Drop(state, PppError.UnknownIdentifier, ref effects);
                effects.Add(new LinkEffect.SendFrame(a.Answer));
                return state;
            case (AuthState.WaitChallenge w, ChapCode.Challenge): return AnswerChallenge(state, policy, w.Method, packet, ref challenger, ref effects);
            case (AuthState.SentResponse s, ChapCode.Challenge): return AnswerChallenge(state, policy, s.Method, packet, ref challenger, ref effects);
            case (AuthState.Welcome { Method: not AuthMethod.Pap } w, ChapCode.Challenge): // the server asks once more; nothing is awaited of it
                AnswerChallenge(state, policy, w.Method, packet, ref challenger, ref effects);
                return state;
            case (AuthState.SentResponse s, ChapCode.Success or ChapCode.Failure) when packet.Identifier != s.Identifier:
                return Drop(state, PppError.UnknownIdentifier, ref effects);
            case (AuthState.SentResponse, ChapCode.Failure):
                outcome.Fault = Refused(packet.Data);
                return state;
            case (AuthState.SentResponse s, ChapCode.Success): return Succeed(s, policy, packet, ref outcome);
            case (AuthState.Welcome { Method: not AuthMethod.Pap }, ChapCode.Success): return Drop(state, PppError.Duplicate, ref effects);
            default: return Drop(state, PppError.WrongAuthentication, ref effects);
        }
    }

    /// <summary>Server: the subscriber's Response to our Challenge.</summary>
    private static AuthState Respond(AuthState.WaitResponse w, in ControlPacketView packet, ref AuthOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (!ChapValueView.TryRead(packet.Data, out var response, out var error)) return Drop(w, error, ref effects);
        var name = PeerText.Decode(response.Name);
        var value = response.Value;
        if (value.Length != (w.Method == AuthMethod.MsChapV2 ? MsChapV2.ResponseLength : ChapMd5.ResponseLength))
            return Drop(w, PppError.BadValue, ref effects);
        outcome.Request = w.Method == AuthMethod.MsChapV2
            ? new AuthenticationRequest.MsChapV2(name, w.Identifier, w.Challenge, value[..16].ToArray(), value.Slice(24, 24).ToArray(), value[48])
            : new AuthenticationRequest.Chap(name, w.Identifier, w.Challenge, value.ToArray());
        return new AuthState.Asked(w.Method, w.Identifier, name);
    }

    private static void SendChallenge(LinkPolicy policy, AuthState.WaitResponse state, ref EffectBuffer<LinkEffect> effects)
    {
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength + 1 + 16 + 255];
        var writer = new ControlPacketWriter(buffer, PppProtocol.Chap, ChapCode.Challenge, state.Identifier);
        ChapValueView.WriteTo(ref writer, state.Challenge, Encoding.UTF8.GetBytes(policy.ServerName));
        effects.Add(new LinkEffect.SendFrame(writer.ToFrame()));
    }

    /// <summary>Client: prove it. The same Challenge again gets the same proof.</summary>
    private static AuthState AnswerChallenge(
        AuthState state, LinkPolicy policy, AuthMethod method, in ControlPacketView packet, ref Challenger challenger, ref EffectBuffer<LinkEffect> effects)
    {
        if (!ChapValueView.TryRead(packet.Data, out var challenge, out var error)) return Drop(state, error, ref effects);
        if (method == AuthMethod.MsChapV2 && challenge.Value.Length != MsChapV2.ChallengeLength) return Drop(state, PppError.BadValue, ref effects);
        var credentials = policy.Credentials ?? new LinkCredentials("", "");
        var name = Encoding.UTF8.GetBytes(credentials.UserName);
        AuthState.SentResponse next;
        if (state is AuthState.SentResponse before && before.Identifier == packet.Identifier && challenge.Value.SequenceEqual(before.Challenge))
        {
            next = before;
        }
        else if (method == AuthMethod.MsChapV2)
        {
            var (ours, theirs, response) = (challenger.Next(), challenge.Value.ToArray(), new byte[MsChapV2.NtResponseLength]);
            MsChapV2.GenerateNtResponse(theirs, ours, MsChapV2.WithoutDomain(name), credentials.Password, response);
            next = new AuthState.SentResponse(method, packet.Identifier, theirs, ours, response);
        }
        else
        {
            var response = new byte[ChapMd5.ResponseLength];
            ChapMd5.Response(packet.Identifier, Encoding.UTF8.GetBytes(credentials.Password), challenge.Value, response);
            next = new AuthState.SentResponse(method, packet.Identifier, challenge.Value.ToArray(), [], response);
        }

        Span<byte> value = stackalloc byte[MsChapV2.ResponseLength];
        value.Clear();
        if (method == AuthMethod.MsChapV2)
        {
            next.PeerChallenge.CopyTo(value);
            next.Response.CopyTo(value[24..]);
        }
        else
        {
            next.Response.CopyTo(value);
            value = value[..ChapMd5.ResponseLength];
        }
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength + 1 + MsChapV2.ResponseLength + 255];
        var writer = new ControlPacketWriter(buffer, PppProtocol.Chap, ChapCode.Response, packet.Identifier);
        ChapValueView.WriteTo(ref writer, value, name);
        effects.Add(new LinkEffect.SendFrame(writer.ToFrame()));
        return next;
    }

    /// <summary>Client: welcome; with MS-CHAPv2 only when the server proved itself as well (RFC 2759 §5).</summary>
    private static AuthState Succeed(AuthState.SentResponse s, LinkPolicy policy, in ControlPacketView packet, ref AuthOutcome outcome)
    {
        if (s.Method == AuthMethod.MsChapV2 && policy.Credentials is { } credentials)
        {
            var name = MsChapV2.WithoutDomain(Encoding.UTF8.GetBytes(credentials.UserName));
            if (!MsChapV2.CheckAuthenticatorResponse(credentials.Password, s.Response, s.PeerChallenge, s.Challenge, name, PeerText.Decode(packet.Data)))
            {
                outcome.Fault = new EndReason(EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationFailed, "the server could not prove itself");
                return s;
            }
        }
        outcome.IsDone = true;
        return new AuthState.Welcome(s.Method);
    }

    private static EndReason Refused(ReadOnlySpan<byte> message) => new(EndParty.Peer, EndLayer.Authentication, EndCause.AuthenticationFailed,
        message.IsEmpty ? "the server refused us" : $"the server refused us: {PeerText.Decode(message)}");

    private static byte[] Verdict(AuthState.Asked asked, bool isGood, string? message)
    {
        var text = Encoding.UTF8.GetBytes(message ?? "");
        if (text.Length > MaxMessage) text = text[..MaxMessage];
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength + 1 + MaxMessage];
        if (asked.Method == AuthMethod.Pap)
        {
            var pap = new ControlPacketWriter(buffer, PppProtocol.Pap, isGood ? PapCode.AuthenticateAck : PapCode.AuthenticateNak, asked.Identifier);
            PapMessage.WriteTo(ref pap, text);
            return pap.ToFrame();
        }
        var chap = new ControlPacketWriter(buffer, PppProtocol.Chap, isGood ? ChapCode.Success : ChapCode.Failure, asked.Identifier);
        chap.Octets(text);
        return chap.ToFrame();
    }
}
