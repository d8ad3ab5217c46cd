using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>A request for the RADIUS servers. It waits in the backlog of <see cref="RadiusRouter"/> until a worker is free.</summary>
/// <param name="Deadline">Time after which no packet is sent.</param>
internal abstract record RadiusWork(Instant Deadline)
{
    public abstract RadiusClass Class { get; }

    /// <summary>Access-Request or Accounting-Request.</summary>
    public abstract RadiusCode Code { get; }

    /// <summary>Subscriber, with the realm; empty: a record of the node.</summary>
    public abstract string UserName { get; }

    /// <summary>Acct-Session-Id for traces; empty: a record of the node.</summary>
    public abstract string AcctSessionId { get; }

    /// <summary>Host Name of the LAC of a login; empty for accounting.</summary>
    public virtual string Lac => "";

    /// <summary>Writes the packet, with its authenticator.</summary>
    /// <param name="withoutRealm">The server gets the user name without the realm.</param>
    /// <returns>Octets written; 0 when the request does not fit into a packet.</returns>
    public abstract int Write(Span<byte> packet, byte identifier, ReadOnlySpan<byte> secret, bool withoutRealm, DateTimeOffset utcNow);

    /// <summary>Sends the answer of a server to the sender of the request.</summary>
    /// <param name="answer">The verified answer.</param>
    public abstract void Answered(RadiusPacketView answer);

    /// <summary>Informs the sender of the request that no server answered.</summary>
    public abstract void Failed(RequestFailure failure);
}
