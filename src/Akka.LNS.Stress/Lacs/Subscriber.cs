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
internal enum SubscriberFlags : ushort
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
    /// <summary>It is to be up.</summary>
    Wanted = 128,
    /// <summary>In the queue of those that call next.</summary>
    Queued = 256,
}

/// <summary>A call and the subscriber behind it: one array element, no object.</summary>
internal struct Subscriber
{
    /// <summary>When the call began: Stopwatch ticks, as the others.</summary>
    public long StartedAt;
    /// <summary>When the last PPP request goes out again; while down: when it calls again.</summary>
    public long ResendAt;
    /// <summary>When the first proof of the password left; 0: not yet.</summary>
    public long ProvedAt;
    public uint Address;
    public uint Magic;
    /// <summary>Our session id of this call, or of the last.</summary>
    public ushort Local;
    /// <summary>The LNS's session id.</summary>
    public ushort Peer;
    public ushort Mru;
    public SubscriberPhase Phase;
    public SubscriberFlags Flags;
    /// <summary>Of our last Configure-Request, Authenticate-Request or Terminate-Request.</summary>
    public byte Identifier;
    /// <summary>Calls in a row that did not come up.</summary>
    public byte Refusals;

    public readonly bool Has(SubscriberFlags flags) => (Flags & flags) == flags;
    public readonly bool IsInSetup => Phase is > SubscriberPhase.Idle and < SubscriberPhase.Up;
}
