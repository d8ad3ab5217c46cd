using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp.Ncp;

/// <summary>What the shell of the <see cref="NetworkLayer"/> must do, in order.</summary>
public abstract record NetworkEffect
{
    /// <summary>Send a whole PPP frame (FF 03, protocol, packet).</summary>
    public sealed record SendFrame(byte[] Frame) : NetworkEffect;

    /// <summary>Packets of <see cref="NetworkProtocol.Data"/> may pass.</summary>
    public sealed record Opened(NetworkProtocol Protocol, NegotiatedOptions Options) : NetworkEffect;

    /// <summary>Packets of <see cref="NetworkProtocol.Data"/> must not pass any more; one for each <see cref="Opened"/>.</summary>
    public sealed record Closed(NetworkProtocol Protocol) : NetworkEffect;

    /// <summary>One protocol is over and sends nothing more. Once for each protocol.</summary>
    public sealed record Ended(NetworkProtocol Protocol, EndReason Why) : NetworkEffect;

    /// <summary>All protocols are over: close the link. Once, after the last <see cref="Ended"/> and with its reason.</summary>
    public sealed record NoneLeft(EndReason Why) : NetworkEffect;

    /// <summary>The bundle does not run this protocol: the link sends a Protocol-Reject. RFC 1661 section 5.7.</summary>
    public sealed record ProtocolUnknown(ushort Protocol, ReadOnlyMemory<byte> Payload) : NetworkEffect;

    /// <summary>Server: the peer has answered nothing. The verdict on its login may be lost, so the link repeats it.</summary>
    public sealed record Unheard : NetworkEffect
    {
        public static readonly Unheard Instance = new();
    }

    /// <summary>A packet was dropped: count it.</summary>
    public sealed record Dropped(PppError Why) : NetworkEffect;
}

/// <summary>What the two sides agreed on by a network control protocol.</summary>
public abstract record NegotiatedOptions;
