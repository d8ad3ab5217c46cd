using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Tracing;

/// <summary>Subject of a trace.</summary>
public abstract record TraceSubject
{
    private TraceSubject() { }

    /// <summary>
    /// Subscribers by the name that they send, or by a <see cref="Wire.Text.Glob"/> of it: *@realm matches all subscribers of a realm.
    /// Later subscribers match too.
    /// </summary>
    public sealed record User(string Name) : TraceSubject;

    /// <summary>The subscriber that has this address or gets it later.</summary>
    public sealed record Address(Ipv4Address Value) : TraceSubject;

    /// <summary>Calls by their Calling Number AVP, or by a <see cref="Wire.Text.Glob"/> of it. It is known before authentication.</summary>
    public sealed record Calling(string Number) : TraceSubject;

    /// <summary>The control connections of a LAC, by its Host Name, with the messages of all its calls; without PPP.</summary>
    public sealed record Lac(string HostName) : TraceSubject;

    /// <summary>One call, by its Acct-Session-Id.</summary>
    public sealed record Session(string Id) : TraceSubject;
}

/// <summary>One record of a trace.</summary>
/// <param name="Number">Number in the order of the events; grows by one. The records of one call come in this order. Kept records of a
/// call come after later records of other calls.</param>
/// <param name="Session">Acct-Session-Id; null: the record has no call, or the call had no id yet.</param>
public abstract record TraceRecord(long Number, DateTimeOffset At, string? Session)
{
    /// <summary>Number of records lost before this one: the reader was slow, or the limit of records per second was reached.</summary>
    public long LostBefore { get; init; }

    /// <summary>A control message as on the wire.</summary>
    /// <param name="IsAgain">A retransmission: a message with this Ns was seen before.</param>
    public sealed record Control(long Number, DateTimeOffset At, string? Session, UdpFlow Flow, ushort OurPort, bool IsSent, bool IsAgain,
        byte[] Octets) : TraceRecord(Number, At, Session);

    /// <summary>A PPP frame of a control protocol.</summary>
    /// <param name="TunnelId">Tunnel id that the receiver assigned.</param>
    /// <param name="SessionId">Session id that the receiver assigned.</param>
    /// <param name="Payload">Octets after the protocol field.</param>
    public sealed record Ppp(long Number, DateTimeOffset At, string? Session, UdpFlow Flow, ushort OurPort, bool IsSent, ushort TunnelId,
        ushort SessionId, ushort Protocol, byte[] Payload)
        : TraceRecord(Number, At, Session);

    /// <summary>A RADIUS packet of a login or of accounting.</summary>
    public sealed record Radius(long Number, DateTimeOffset At, string? Session, string Server, IPEndPoint Ours, IPEndPoint Theirs,
        bool IsSent, byte[] Octets) : TraceRecord(Number, At, Session);

    /// <summary>A change of state or an action of the node.</summary>
    /// <param name="IsEnd">The call has ended.</param>
    public sealed record Event(long Number, DateTimeOffset At, string? Session, TraceLayer Layer, string Text, bool IsEnd = false)
        : TraceRecord(Number, At, Session);
}

/// <summary>Part of the node that an event is about.</summary>
public enum TraceLayer
{
    /// <summary>The trace itself.</summary>
    Trace,
    Tunnel,
    Session,
    Link,
    Login,
    Bundle,

    /// <summary>Orders for the data plane.</summary>
    Gate,
}
