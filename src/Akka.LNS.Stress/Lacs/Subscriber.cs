namespace Akka.LNS.Stress.Lacs;

/// <summary>Where a session is.</summary>
internal enum SubscriberPhase : byte
{
    Idle,
    /// <summary>ICRQ is out, or waits for the window.</summary>
    Calling,
    /// <summary>ICRP is here, ICCN waits for the window.</summary>
    Connecting,
    Lcp,
    Authenticate,
    Network,
    Up,
    /// <summary>Terminate-Request is out.</summary>
    Closing,
    /// <summary>Ended as we wished.</summary>
    Down,
    /// <summary>Never came up, or ended when we did not wish it.</summary>
    Failed,
}

/// <summary>What both sides have agreed to, and what the LNS refused to hear of.</summary>
[Flags]
internal enum SubscriberFlags : byte
{
    None = 0,
    /// <summary>The LNS acknowledged our Configure-Request.</summary>
    OursAcked = 1,
    /// <summary>We acknowledged the LNS's.</summary>
    TheirsAcked = 2,
    WithoutMru = 4,
    WithoutMagic = 8,
    /// <summary>The LNS wants no authentication.</summary>
    WithoutAuth = 16,
    /// <summary>A look at the clock is already arranged.</summary>
    Timed = 32,
    WasUp = 64,
}

/// <summary>A call and the subscriber behind it: one array element, no object.</summary>
internal struct Subscriber
{
    /// <summary>When the call began, and when IPCP opened: Stopwatch ticks.</summary>
    public long StartedAt;
    public long UpAt;
    /// <summary>When the last PPP request goes out again.</summary>
    public long ResendAt;
    public uint Address;
    public uint Magic;
    /// <summary>The LNS's session id.</summary>
    public ushort Peer;
    public ushort Mru;
    public SubscriberPhase Phase;
    public SubscriberFlags Flags;
    /// <summary>Of our last Configure-Request, Authenticate-Request or Terminate-Request.</summary>
    public byte Identifier;

    public readonly bool Has(SubscriberFlags flags) => (Flags & flags) == flags;
    public readonly bool IsInSetup => Phase is > SubscriberPhase.Idle and < SubscriberPhase.Up;
}
