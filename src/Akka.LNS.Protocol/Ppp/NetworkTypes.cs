using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>What IPCP offers and accepts. Shared by all bundles of one template.</summary>
public sealed record IpcpPolicy
{
    public LinkRole Role { get; init; } = LinkRole.Server;

    /// <summary>Server: our own address. Client: the address to ask for, normally none.</summary>
    public Ipv4Address LocalAddress { get; init; }

    /// <summary>Given when asked for (RFC 1877 §1.1); none: the option is rejected.</summary>
    public Ipv4Address PrimaryDns { get; init; }
    public Ipv4Address SecondaryDns { get; init; }
    public Ipv4Address PrimaryNbns { get; init; }
    public Ipv4Address SecondaryNbns { get; init; }

    /// <summary>Client only: ask for name servers.</summary>
    public bool AskDns { get; init; }

    /// <inheritdoc cref="LinkPolicy.FirstRestartInterval"/>
    public TimeSpan FirstRestartInterval { get; init; } = TimeSpan.FromSeconds(1);
    /// <inheritdoc cref="LinkPolicy.RestartInterval"/>
    public TimeSpan RestartInterval { get; init; } = TimeSpan.FromSeconds(3);
    public byte MaxConfigure { get; init; } = 10;
    public byte MaxTerminate { get; init; } = 2;
    public byte MaxFailure { get; init; } = 5;

    /// <summary>From start (or restart) to Opened.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What can happen to a network control protocol (<see cref="Ipcp"/>).</summary>
public abstract record NetworkEvent
{
    /// <param name="Payload">What follows the protocol field. Not kept after the call.</param>
    public sealed record FrameReceived(ReadOnlyMemory<byte> Payload) : NetworkEvent;

    /// <summary>Close in order: Terminate-Request, then Ended.</summary>
    public sealed record CloseRequested(EndReason Why) : NetworkEvent;

    /// <summary>No link carries it at the moment (LCP renegotiates): wait for <see cref="LowerUp"/>.</summary>
    public sealed record LowerDown : NetworkEvent
    {
        public static readonly LowerDown Instance = new();
    }

    /// <summary>A link carries it again: negotiate anew.</summary>
    public sealed record LowerUp : NetworkEvent
    {
        public static readonly LowerUp Instance = new();
    }

    /// <summary>The peer does not do this protocol (LCP Protocol-Reject).</summary>
    public sealed record ProtocolRejected : NetworkEvent
    {
        public static readonly ProtocolRejected Instance = new();
    }

    public sealed record Tick : NetworkEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the shell of a network control protocol must do, in order.</summary>
public abstract record NetworkEffect
{
    /// <summary>A whole PPP frame (FF 03, protocol, packet).</summary>
    public sealed record SendFrame(byte[] Frame) : NetworkEffect;

    /// <summary>Packets may pass.</summary>
    public sealed record Opened(NegotiatedIp Ip) : NetworkEffect;

    /// <summary>Packets must not pass any more; one for each <see cref="Opened"/>.</summary>
    public sealed record Closed : NetworkEffect
    {
        public static readonly Closed Instance = new();
    }

    /// <summary>This protocol is done, and sends nothing more. Once.</summary>
    public sealed record Ended(EndReason Why) : NetworkEffect;

    /// <summary>Server: the peer answers nothing. Perhaps it does not know that it may, for the verdict on its login was lost: the link says it again.</summary>
    public sealed record Unheard : NetworkEffect
    {
        public static readonly Unheard Instance = new();
    }

    public sealed record Dropped(PppError Why) : NetworkEffect;
}

/// <summary>Addresses that IPCP agreed on.</summary>
/// <param name="Local">Ours; none when the peer rejected it.</param>
/// <param name="Peer">The other side's.</param>
/// <param name="PrimaryDns">Server: what the peer took; client: what we were given.</param>
public sealed record NegotiatedIp(
    Ipv4Address Local, Ipv4Address Peer, Ipv4Address PrimaryDns, Ipv4Address SecondaryDns, Ipv4Address PrimaryNbns, Ipv4Address SecondaryNbns);
