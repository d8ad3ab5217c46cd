using Akka.LNS.Protocol.Ppp.Authentication;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>Options of ours that the peer rejected, and options of the peer that we acknowledged.</summary>
[Flags]
internal enum LcpFlags : byte
{
    None = 0,
    OmitMru = 1,
    OmitMagic = 2,
    OmitPfc = 4,
    OmitAcfc = 8,
    PeerPfc = 16,
    PeerAcfc = 32,
}

/// <summary>State of LCP of one link: some 150 octets.</summary>
internal record struct LcpState
{
    public OptionNegotiation Negotiation;
    public SplitMix Random;
    public uint OurMagic;
    public uint PeerMagic;
    public ushort OurMru;
    public ushort PeerMru;
    public LcpFlags Flags;
    /// <summary>Server: index of the method that we demand, in the methods of the policy.</summary>
    public byte AuthIndex;
    /// <summary>Server: bit n is set when method n was demanded before.</summary>
    public byte AuthTried;
    /// <summary>Client: the method that the peer demands.</summary>
    public AuthMethod? Demanded;
    /// <summary>How often our own Magic-Number came back.</summary>
    public byte Loops;
    public byte EchoOutstanding;
    public Instant EchoAt;
    public string? PeerIdentification;
}

/// <summary>What one event at LCP means for the link.</summary>
internal struct LcpOutcome
{
    /// <summary>This-Layer-Down.</summary>
    public bool IsDown;
    /// <summary>This-Layer-Up.</summary>
    public bool IsUp;
    /// <summary>This-Layer-Finished.</summary>
    public bool IsFinished;
    /// <summary>Not null: the peer sent a Terminate-Request, and this is its reason.</summary>
    public EndReason? TerminatedByPeer;
    /// <summary>Not null: the link must close.</summary>
    public EndReason? Fault;
    /// <summary>Not null: the peer rejected this protocol.</summary>
    public ushort? RejectedProtocol;
}
