using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>State of the authentication of a link. Drops challenges and responses as soon as they are not needed.</summary>
internal abstract record AuthState
{
    /// <summary>Neither side demands authentication.</summary>
    public sealed record NotNeeded : AuthState
    {
        public static readonly NotNeeded Instance = new();
    }

    /// <summary>Server: waits for the Authenticate-Request of PAP.</summary>
    public sealed record WaitRequest : AuthState
    {
        public static readonly WaitRequest Instance = new();
    }

    /// <summary>Server: waits for the Response to a Challenge.</summary>
    public sealed record WaitResponse(AuthMethod Method, byte Identifier, byte[] Challenge, byte Sent, Instant ResendAt) : AuthState;

    /// <summary>Server: waits for the verdict of the shell.</summary>
    public sealed record Asked(AuthMethod Method, byte Identifier, string UserName) : AuthState;

    /// <summary>Server: accepted.</summary>
    /// <param name="Answer">The frame that answers a repeated request again. RFC 1994 section 4.1, RFC 1334 section 2.2.</param>
    public sealed record Accepted(AuthMethod Method, string UserName, byte[] Answer) : AuthState;

    /// <summary>A client authenticates itself: <see cref="LinkCredentials"/> began it.</summary>
    public abstract record Client(AuthMethod Method) : AuthState
    {
        /// <summary>When <see cref="Tick"/> repeats a packet.</summary>
        public virtual Instant NextDeadline => Instant.Never;

        /// <summary>Repeats a packet without an answer, from <see cref="NextDeadline"/> on.</summary>
        public virtual AuthState Tick(ref Authenticator turn) => this;

        public abstract AuthState Receive(ushort protocol, scoped ControlPacketView packet, ref Authenticator turn);
    }
}

/// <summary>What one event at the authentication means for the link.</summary>
internal struct AuthOutcome
{
    /// <summary>Not null: send this frame, before anything else.</summary>
    public byte[]? Frame;
    /// <summary>Not None: the packet was dropped.</summary>
    public PppError Dropped;
    /// <summary>The authentication has succeeded.</summary>
    public bool IsDone;
    /// <summary>Not null: close the link.</summary>
    public EndReason? Fault;
    /// <summary>Not null: the shell must find the verdict and return it as an event.</summary>
    public AuthenticationRequest? Request;
}
