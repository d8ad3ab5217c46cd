using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tracing;

/// <summary>The control connection that a message belongs to.</summary>
/// <param name="Id">Our tunnel id; 0: the tunnel was refused.</param>
/// <param name="Lac">Host Name.</param>
/// <param name="Secret">Secret to decode hidden session ids; null: none.</param>
internal sealed record TracedTunnel(ushort Id, UdpFlow Flow, string Lac, string? Secret);

/// <summary>One control message. Only the fields that could be decoded are set.</summary>
/// <param name="Session">Session id of the header, which the receiver assigned.</param>
/// <param name="Assigned">Assigned Session ID of the sender; 0: none.</param>
/// <param name="Type">0: a ZLB, or unreadable.</param>
internal readonly record struct TracedMessage(
    TracedTunnel Tunnel, ushort OurPort, bool IsSent, byte[] Octets, ushort Ns, ushort Session, ushort Assigned, MessageType Type)
{
    public bool IsOfCall => Session != 0 || ControlMessage.BelongsToCall(Type);

    /// <param name="ourPort">UDP port of the LNS.</param>
    public static TracedMessage Read(TracedTunnel tunnel, ushort ourPort, bool isSent, ReadOnlySpan<byte> datagram)
    {
        var seen = new TracedMessage(tunnel, ourPort, isSent, datagram.ToArray(), 0, 0, 0, default);
        if (!L2tpHeaderView.TryRead(datagram, out var header, out _)) return seen;
        seen = seen with { Ns = header.Ns, Session = header.SessionId.Value };
        if (header.Payload.IsEmpty) return seen;
        var secret = tunnel.Secret is { } s ? System.Text.Encoding.UTF8.GetBytes(s) : [];
        if (!ControlMessage.TryParse(header.Payload, secret, out var message, out var fault))
            return seen with { Type = fault.Type, Assigned = fault.AssignedSessionId.Value };
        return seen with
        {
            Type = message.Type,
            Assigned = message switch
            {
                ControlMessage.Icrq m => m.AssignedSessionId.Value,
                ControlMessage.Icrp m => m.AssignedSessionId.Value,
                ControlMessage.Cdn m => m.AssignedSessionId.Value,
                _ => 0,
            },
        };
    }
}
