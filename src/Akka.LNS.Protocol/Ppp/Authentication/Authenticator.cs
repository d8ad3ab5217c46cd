using System.Text;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>PAP, CHAP and MS-CHAPv2 of the server, and what a client shares with it. RFC 1334, RFC 1994, RFC 2759.</summary>
/// <remarks>Lives for one event of the link, which keeps the time limit of the phase. Only the client authenticates itself.</remarks>
internal ref struct Authenticator(string serverName, RestartTimers timers, Challenger challenger, Instant now)
{
    /// <summary>Longest name or message in octets.</summary>
    internal const int MaxText = 255;
    internal const int HeaderLength = PppFrame.HeaderLength + ControlPacketView.HeaderLength;

    /// <summary>Source of challenges and identifiers, as the event leaves it.</summary>
    public Challenger Challenger = challenger;

    /// <summary>What the event means for the link.</summary>
    public AuthOutcome Outcome;

    /// <summary>When <see cref="Tick"/> repeats a packet.</summary>
    public static Instant NextDeadline(AuthState state) => state switch
    {
        AuthState.WaitResponse w => w.ResendAt,
        AuthState.Client c => c.NextDeadline,
        _ => Instant.Never,
    };

    /// <summary>Server: demands authentication by <paramref name="method"/>.</summary>
    public AuthState Demand(AuthMethod method)
    {
        if (method == AuthMethod.Pap) return AuthState.WaitRequest.Instance;
        var state = new AuthState.WaitResponse(method, Challenger.NextIdentifier(), Challenger.Next(), 1, ResendAfter(0));
        SendChallenge(state);
        return state;
    }

    public AuthState Tick(AuthState state)
    {
        switch (state)
        {
            // the same Challenge with the same Identifier, so that a Response to either of the two is valid
            case AuthState.WaitResponse w when now >= w.ResendAt:
                SendChallenge(w);
                return w with { Sent = Next(w.Sent), ResendAt = ResendAfter(w.Sent) };
            case AuthState.Client c when now >= c.NextDeadline: return c.Tick(ref this);
            default: return state;
        }
    }

    public AuthState Receive(AuthState state, ushort protocol, scoped ControlPacketView packet)
    {
        if (state is AuthState.Client client) return client.Receive(protocol, packet, ref this);
        return protocol == PppProtocol.Pap ? ReceivePap(state, packet) : ReceiveChap(state, packet);
    }

    /// <summary>Server: the verdict is yes.</summary>
    public AuthState Accept(AuthState.Asked asked, string? message, string? msChapSuccess)
    {
        if (asked.Method == AuthMethod.MsChapV2)
        {
            if (msChapSuccess is null)
            {
                return Reject(asked, null, default, new EndReason(EndParty.Radius, EndLayer.Authentication, EndCause.AuthenticationFailed,
                    "the Access-Accept has no MS-CHAP2-Success, which MS-CHAPv2 requires"));
            }
            message = string.IsNullOrEmpty(message) ? msChapSuccess : $"{msChapSuccess} M={message}";
        }
        var answer = Verdict(asked, isGood: true, message);
        Send(answer);
        Outcome.IsDone = true;
        return new AuthState.Accepted(asked.Method, asked.UserName, answer);
    }

    /// <summary>Server: the verdict is no.</summary>
    public AuthState Reject(AuthState.Asked asked, string? message, EndReason why) =>
        Reject(asked, message, asked.Method == AuthMethod.MsChapV2 ? Challenger.Next() : default, why);

    /// <param name="challenge">16 octets for the Failure of MS-CHAPv2, which must have a challenge; empty: zeros.</param>
    private AuthState.Asked Reject(AuthState.Asked asked, string? message, ReadOnlySpan<byte> challenge, EndReason why)
    {
        if (asked.Method == AuthMethod.MsChapV2 && message?.StartsWith("E=", StringComparison.Ordinal) != true)
        {
            var text = challenge.IsEmpty ? new string('0', 32) : Convert.ToHexString(challenge);
            // RFC 2759 section 6: 691 is ERROR_AUTHENTICATION_FAILURE
            message = $"E=691 R=0 C={text} V=3 M={(string.IsNullOrEmpty(message) ? "Access denied" : message)}";
        }
        Send(Verdict(asked, isGood: false, message));
        Outcome.Fault = why;
        return asked;
    }

    internal static byte Next(byte count) => count < byte.MaxValue ? (byte)(count + 1) : count;

    /// <summary>When a packet that was sent so many times, and once more now, is due again; never after Max-Configure.</summary>
    internal readonly Instant ResendAfter(int sent) =>
        sent > 0 && sent + 1 >= timers.MaxConfigure ? Instant.Never : now + timers.After(sent);

    internal AuthState Drop(AuthState state, PppError why)
    {
        Outcome.Dropped = why;
        return state;
    }

    internal void Send(byte[] frame) => Outcome.Frame = frame;

    /// <summary>The frame that tells the peer the verdict.</summary>
    private static byte[] Verdict(AuthState.Asked asked, bool isGood, string? message)
    {
        var text = PeerText.Encode(PeerText.Cut(message, MaxText, out _));
        Span<byte> buffer = stackalloc byte[HeaderLength + 1 + MaxText];
        if (asked.Method == AuthMethod.Pap)
        {
            var code = isGood ? PapCode.AuthenticateAck : PapCode.AuthenticateNak;
            var pap = new ControlPacketWriter(buffer, PppProtocol.Pap, code, asked.Identifier);
            PapMessage.WriteTo(ref pap, text);
            return pap.ToFrame();
        }
        var chap = new ControlPacketWriter(buffer, PppProtocol.Chap, isGood ? ChapCode.Success : ChapCode.Failure, asked.Identifier);
        chap.Octets(text);
        return chap.ToFrame();
    }

    // ---- PAP --------------------------------------------------------------------------------------------------------

    private AuthState ReceivePap(AuthState state, scoped ControlPacketView packet)
    {
        switch (state, packet.Code)
        {
            case (AuthState.WaitRequest, PapCode.AuthenticateRequest):
                if (!PapRequestView.TryRead(packet.Data, out var proof, out var error)) return Drop(state, error);
                var name = PeerText.Decode(proof.PeerId);
                Outcome.Request = new AuthenticationRequest.Pap(name, Encoding.Latin1.GetString(proof.Password));
                return new AuthState.Asked(AuthMethod.Pap, packet.Identifier, name);
            case (AuthState.Asked { Method: AuthMethod.Pap }, PapCode.AuthenticateRequest): return Drop(state, PppError.Duplicate);
            case (AuthState.Accepted { Method: AuthMethod.Pap } a, PapCode.AuthenticateRequest):
                var again = a.Answer.AsSpan().ToArray();
                again[PppFrame.HeaderLength + 1] = packet.Identifier; // a repetition may have a new Identifier (RFC 1334 section 2.2.1)
                Send(again);
                return state;
            default: return Drop(state, PppError.WrongAuthentication);
        }
    }

    // ---- CHAP -------------------------------------------------------------------------------------------------------

    private AuthState ReceiveChap(AuthState state, scoped ControlPacketView packet)
    {
        switch (state, packet.Code)
        {
            case (AuthState.WaitResponse w, ChapCode.Response):
                return packet.Identifier == w.Identifier ? ReceiveResponse(w, packet) : Drop(state, PppError.UnknownIdentifier);
            case (AuthState.Asked { Method: not AuthMethod.Pap }, ChapCode.Response): return Drop(state, PppError.Duplicate);
            case (AuthState.Accepted { Method: not AuthMethod.Pap } a, ChapCode.Response):
                if (packet.Identifier != a.Answer[PppFrame.HeaderLength + 1]) return Drop(state, PppError.UnknownIdentifier);
                Send(a.Answer);
                return state;
            default: return Drop(state, PppError.WrongAuthentication);
        }
    }

    /// <summary>Server: the Response of the subscriber to our Challenge.</summary>
    private AuthState ReceiveResponse(AuthState.WaitResponse w, scoped ControlPacketView packet)
    {
        if (!ChapValueView.TryRead(packet.Data, out var response, out var error)) return Drop(w, error);
        var name = PeerText.Decode(response.Name);
        var value = response.Value;
        if (value.Length != (w.Method == AuthMethod.MsChapV2 ? MsChapV2.ResponseLength : ChapMd5.ResponseLength))
            return Drop(w, PppError.BadValue);
        Outcome.Request = w.Method == AuthMethod.MsChapV2
            ? new AuthenticationRequest.MsChapV2(
                name, w.Identifier, w.Challenge, value[..16].ToArray(), value.Slice(24, 24).ToArray(), value[48])
            : new AuthenticationRequest.Chap(name, w.Identifier, w.Challenge, value.ToArray());
        return new AuthState.Asked(w.Method, w.Identifier, name);
    }

    private void SendChallenge(AuthState.WaitResponse state)
    {
        Span<byte> buffer = stackalloc byte[HeaderLength + 1 + MsChapV2.ChallengeLength + MaxText];
        var writer = new ControlPacketWriter(buffer, PppProtocol.Chap, ChapCode.Challenge, state.Identifier);
        ChapValueView.WriteTo(ref writer, state.Challenge, Encoding.UTF8.GetBytes(serverName));
        Send(writer.ToFrame());
    }
}
