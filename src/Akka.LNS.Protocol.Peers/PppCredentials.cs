using System.Text;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Peers;

/// <summary>User name and password of a client, which authenticates itself by PAP, CHAP or MS-CHAPv2. Its text never shows the
/// password.</summary>
public sealed record PppCredentials(string UserName, string Password) : LinkCredentials(UserName)
{
    public override string ToString() => $"{nameof(PppCredentials)} {{ UserName = {UserName} }}";

    internal override AuthState Prove(AuthMethod method, ref Authenticator turn)
    {
        if (method != AuthMethod.Pap) return new ChapClient.WaitChallenge(method, this);
        var state = new PapClient.SentRequest(this, turn.Challenger.NextIdentifier(), 1, turn.ResendAfter(0));
        PapClient.SendRequest(state, ref turn);
        return state;
    }

    internal static EndReason Refused(ReadOnlySpan<byte> message) => new(EndParty.Peer, EndLayer.Authentication,
        EndCause.AuthenticationFailed, message.IsEmpty ? "the server refused us" : $"the server refused us: {PeerText.Decode(message)}");
}

/// <summary>PAP of a client. RFC 1334 section 2.</summary>
internal static class PapClient
{
    /// <summary>Waits for the answer to its Authenticate-Request.</summary>
    /// <param name="Sent">Authenticate-Requests sent.</param>
    internal sealed record SentRequest(PppCredentials Credentials, byte Identifier, byte Sent, Instant ResendAt)
        : AuthState.Client(AuthMethod.Pap)
    {
        public override Instant NextDeadline => ResendAt;

        public override AuthState Tick(ref Authenticator turn)
        {
            SendRequest(this, ref turn);
            return this with { Sent = Authenticator.Next(Sent), ResendAt = turn.ResendAfter(Sent) };
        }

        public override AuthState Receive(ushort protocol, scoped ControlPacketView packet, ref Authenticator turn)
        {
            if (protocol != PppProtocol.Pap || packet.Code is not (PapCode.AuthenticateAck or PapCode.AuthenticateNak))
                return turn.Drop(this, PppError.WrongAuthentication);
            if (packet.Identifier != Identifier) return turn.Drop(this, PppError.UnknownIdentifier);
            if (packet.Code == PapCode.AuthenticateAck)
            {
                turn.Outcome.IsDone = true;
                return LoggedIn.Instance;
            }
            PapMessage.TryRead(packet.Data, out var message, out _);
            turn.Outcome.Fault = PppCredentials.Refused(message);
            return this;
        }
    }

    /// <summary>The server has accepted the password.</summary>
    internal sealed record LoggedIn() : AuthState.Client(AuthMethod.Pap)
    {
        public static readonly LoggedIn Instance = new();

        public override AuthState Receive(ushort protocol, scoped ControlPacketView packet, ref Authenticator turn) => turn.Drop(this,
            protocol == PppProtocol.Pap && packet.Code == PapCode.AuthenticateAck ? PppError.Duplicate : PppError.WrongAuthentication);
    }

    internal static void SendRequest(SentRequest state, ref Authenticator turn)
    {
        Span<byte> buffer = stackalloc byte[Authenticator.HeaderLength + 2 + Authenticator.MaxText + Authenticator.MaxText];
        var writer = new ControlPacketWriter(buffer, PppProtocol.Pap, PapCode.AuthenticateRequest, state.Identifier);
        var (name, password) = (state.Credentials.UserName, state.Credentials.Password);
        PapRequestView.WriteTo(ref writer, PeerText.Encode(name), Encoding.UTF8.GetBytes(password));
        turn.Send(writer.ToFrame());
    }
}

/// <summary>CHAP with MD5 and MS-CHAPv2 of a client. RFC 1994, RFC 2759.</summary>
internal static class ChapClient
{
    /// <summary>Waits for the Challenge of the server.</summary>
    internal sealed record WaitChallenge(AuthMethod Method, PppCredentials Credentials) : AuthState.Client(Method)
    {
        public override AuthState Receive(ushort protocol, scoped ControlPacketView packet, ref Authenticator turn) =>
            IsChallenge(protocol, packet) ? Answer(this, Credentials, null, packet, ref turn)
            : turn.Drop(this, PppError.WrongAuthentication);
    }

    /// <summary>Waits for the answer to its Response. The octets serve to check the proof of an MS-CHAPv2 server.</summary>
    internal sealed record SentResponse(
        AuthMethod Method, PppCredentials Credentials, byte Identifier, byte[] Challenge, byte[] PeerChallenge, byte[] Response)
        : AuthState.Client(Method)
    {
        public override AuthState Receive(ushort protocol, scoped ControlPacketView packet, ref Authenticator turn)
        {
            if (IsChallenge(protocol, packet)) return Answer(this, Credentials, this, packet, ref turn);
            if (protocol != PppProtocol.Chap || packet.Code is not (ChapCode.Success or ChapCode.Failure))
                return turn.Drop(this, PppError.WrongAuthentication);
            if (packet.Identifier != Identifier) return turn.Drop(this, PppError.UnknownIdentifier);
            if (packet.Code == ChapCode.Failure) turn.Outcome.Fault = PppCredentials.Refused(packet.Data);
            else if (!IsProof(packet.Data))
            {
                turn.Outcome.Fault = new EndReason(EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationFailed,
                    "wrong authenticator response from the server");
            }
            else
            {
                turn.Outcome.IsDone = true;
                return new LoggedIn(Method, Credentials);
            }
            return this;
        }

        /// <summary>With MS-CHAPv2 the server must prove itself as well. RFC 2759 section 5.</summary>
        private bool IsProof(ReadOnlySpan<byte> message) => Method != AuthMethod.MsChapV2 || MsChapV2.CheckAuthenticatorResponse(
            Credentials.Password, Response, PeerChallenge, Challenge, MsChapV2.WithoutDomain(PeerText.Encode(Credentials.UserName)),
            PeerText.Decode(message));
    }

    /// <summary>The server has accepted the Response. It may demand another one at any time; the client stays accepted.</summary>
    internal sealed record LoggedIn(AuthMethod Method, PppCredentials Credentials) : AuthState.Client(Method)
    {
        public override AuthState Receive(ushort protocol, scoped ControlPacketView packet, ref Authenticator turn)
        {
            var isSuccess = protocol == PppProtocol.Chap && packet.Code == ChapCode.Success;
            if (IsChallenge(protocol, packet)) Answer(this, Credentials, null, packet, ref turn);
            else turn.Drop(this, isSuccess ? PppError.Duplicate : PppError.WrongAuthentication);
            return this;
        }
    }

    private static bool IsChallenge(ushort protocol, scoped ControlPacketView packet) =>
        protocol == PppProtocol.Chap && packet.Code == ChapCode.Challenge;

    /// <summary>Answers a Challenge. The same Challenge again gets the same Response.</summary>
    /// <param name="last">The last Response; null: none, or none that counts.</param>
    private static AuthState Answer(
        AuthState.Client state, PppCredentials credentials, SentResponse? last, scoped ControlPacketView packet, ref Authenticator turn)
    {
        if (!ChapValueView.TryRead(packet.Data, out var challenge, out var error)) return turn.Drop(state, error);
        var isMs = state.Method == AuthMethod.MsChapV2;
        if (isMs && challenge.Value.Length != MsChapV2.ChallengeLength) return turn.Drop(state, PppError.BadValue);
        var user = PeerText.Encode(credentials.UserName);
        var next = last is not null && last.Identifier == packet.Identifier && challenge.Value.SequenceEqual(last.Challenge) ? last
            : Respond(state.Method, credentials, packet.Identifier, challenge.Value.ToArray(), isMs ? turn.Challenger.Next() : []);

        Span<byte> value = stackalloc byte[MsChapV2.ResponseLength];
        value.Clear();
        next.PeerChallenge.CopyTo(value);
        next.Response.CopyTo(value[(isMs ? 24 : 0)..]); // RFC 2759 section 4: 16 octets of challenge, 8 of zero, 24 of response, flags
        Span<byte> buffer = stackalloc byte[Authenticator.HeaderLength + 1 + MsChapV2.ResponseLength + Authenticator.MaxText];
        var writer = new ControlPacketWriter(buffer, PppProtocol.Chap, ChapCode.Response, packet.Identifier);
        ChapValueView.WriteTo(ref writer, isMs ? value : value[..ChapMd5.ResponseLength], user);
        turn.Send(writer.ToFrame());
        return next;
    }

    private static SentResponse Respond(AuthMethod method, PppCredentials credentials, byte identifier, byte[] challenge, byte[] ours)
    {
        var response = new byte[method == AuthMethod.MsChapV2 ? MsChapV2.NtResponseLength : ChapMd5.ResponseLength];
        if (method == AuthMethod.MsChapV2)
        {
            var name = MsChapV2.WithoutDomain(PeerText.Encode(credentials.UserName));
            MsChapV2.GenerateNtResponse(challenge, ours, name, credentials.Password, response);
        }
        else ChapMd5.Response(identifier, Encoding.UTF8.GetBytes(credentials.Password), challenge, response);
        return new SentResponse(method, credentials, identifier, challenge, ours, response);
    }
}
