using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Tracing;

/// <summary>Whose conversation is traced.</summary>
public abstract record TraceSubject
{
    private TraceSubject() { }

    /// <summary>
    /// By the name that a subscriber gives itself, or a <see cref="Wire.Text.Glob"/> of it: *@realm is everybody of a realm. Who it fits
    /// need not be there yet.
    /// </summary>
    public sealed record User(string Name) : TraceSubject;

    /// <summary>By the address that a subscriber has or will get.</summary>
    public sealed record Address(Ipv4Address Value) : TraceSubject;

    /// <summary>The control connections of a LAC, by its Host Name, with the messages of all its calls; without PPP.</summary>
    public sealed record Lac(string HostName) : TraceSubject;

    /// <summary>One call, by its Acct-Session-Id.</summary>
    public sealed record Session(string Id) : TraceSubject;
}

/// <summary>One thing that was said or happened.</summary>
/// <param name="Number">In the order in which it happened; grows by one. Records of one call come in it; what was kept of a call comes
/// behind what others said meanwhile.</param>
/// <param name="Session">Acct-Session-Id; null: of no call, or of one that was not known yet.</param>
public abstract record TraceRecord(long Number, DateTimeOffset At, string? Session)
{
    /// <summary>So many records before this one were lost: the reader was slow, or there were more in a second than are allowed.</summary>
    public long LostBefore { get; init; }

    /// <summary>A control message as it was on the wire.</summary>
    /// <param name="IsAgain">One with this Ns was there before: it was sent again.</param>
    public sealed record Control(long Number, DateTimeOffset At, string? Session, UdpFlow Flow, ushort OurPort, bool IsSent, bool IsAgain,
        byte[] Octets) : TraceRecord(Number, At, Session);

    /// <summary>A PPP frame that is no data.</summary>
    /// <param name="TunnelId">As the receiver calls it.</param>
    /// <param name="SessionId">As the receiver calls it.</param>
    /// <param name="Payload">Behind the protocol field.</param>
    public sealed record Ppp(long Number, DateTimeOffset At, string? Session, UdpFlow Flow, ushort OurPort, bool IsSent, ushort TunnelId,
        ushort SessionId, ushort Protocol, byte[] Payload)
        : TraceRecord(Number, At, Session);

    /// <summary>A RADIUS packet of a login or of accounting.</summary>
    public sealed record Radius(long Number, DateTimeOffset At, string? Session, string Server, IPEndPoint Ours, IPEndPoint Theirs,
        bool IsSent, byte[] Octets) : TraceRecord(Number, At, Session);

    /// <summary>A state changed, or the node did something.</summary>
    /// <param name="IsEnd">The call is over.</param>
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
