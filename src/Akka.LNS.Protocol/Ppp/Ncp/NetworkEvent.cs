namespace Akka.LNS.Protocol.Ppp.Ncp;

/// <summary>An event at the <see cref="NetworkLayer"/> of a bundle.</summary>
public abstract record NetworkEvent
{
    /// <summary>A frame of a network control protocol.</summary>
    /// <param name="Payload">What follows the protocol field. <see cref="NetworkEffect.ProtocolUnknown"/> refers to it.</param>
    public sealed record FrameReceived(ushort Protocol, ReadOnlyMemory<byte> Payload) : NetworkEvent;

    /// <summary>No link carries the network layer at the moment, because LCP negotiates anew: wait for <see cref="LowerUp"/>.</summary>
    public sealed record LowerDown : NetworkEvent
    {
        public static readonly LowerDown Instance = new();
    }

    /// <summary>A link carries the network layer: negotiate.</summary>
    public sealed record LowerUp : NetworkEvent
    {
        public static readonly LowerUp Instance = new();
    }

    /// <summary>The peer rejected this protocol by an LCP Protocol-Reject.</summary>
    public sealed record ProtocolRejected(ushort Protocol) : NetworkEvent;

    public sealed record Tick : NetworkEvent
    {
        public static readonly Tick Instance = new();
    }
}
