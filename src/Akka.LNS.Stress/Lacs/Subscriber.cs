namespace Akka.LNS.Stress.Lacs;

/// <summary>Phase of a session.</summary>
internal enum SubscriberPhase : byte
{
    Idle,
    /// <summary>ICRQ is sent or waits for the window.</summary>
    Calling,
    /// <summary>ICRP is received; ICCN waits for the window.</summary>
    Connecting,
    Lcp,
    Authenticate,
    Network,
    Up,
    /// <summary>Terminate-Request is sent.</summary>
    Closing,
    /// <summary>Ended on request.</summary>
    Down,
    /// <summary>Did not come up, or ended unexpectedly.</summary>
    Failed,
}

/// <summary>Results of the negotiation and states of the subscriber.</summary>
[Flags]
internal enum SubscriberFlags : ushort
{
    None = 0,
    /// <summary>The LNS acknowledged the Configure-Request of the subscriber.</summary>
    OursAcked = 1,
    /// <summary>The subscriber acknowledged the Configure-Request of the LNS.</summary>
    TheirsAcked = 2,
    WithoutMru = 4,
    WithoutMagic = 8,
    /// <summary>The LNS demands no authentication.</summary>
    WithoutAuth = 16,
    /// <summary>The subscriber is in the timer wheel.</summary>
    Timed = 32,
    WasUp = 64,
    /// <summary>The subscriber should be up.</summary>
    Wanted = 128,
    /// <summary>In the queue of the next calls.</summary>
    Queued = 256,
    /// <summary>Hangs up after a Terminate-Ack.</summary>
    HangsUp = 512,
}

/// <summary>A subscriber and its call: one array element, no object.</summary>
internal struct Subscriber
{
    /// <summary>Start of the call in Stopwatch ticks.</summary>
    public long StartedAt;
    /// <summary>Time of the next retransmission, or of the next call while down, in Stopwatch ticks.</summary>
    public long ResendAt;
    /// <summary>Time of the first password or response in Stopwatch ticks; 0: none yet.</summary>
    public long ProvedAt;
    public uint Address;
    public uint Magic;
    /// <summary>Session id of the LAC for this call, or for the last.</summary>
    public ushort Local;
    /// <summary>Session id of the LNS.</summary>
    public ushort Peer;
    public ushort Mru;
    public SubscriberPhase Phase;
    public SubscriberFlags Flags;
    /// <summary>Identifier of the last Configure-Request, Authenticate-Request or Terminate-Request.</summary>
    public byte Identifier;
    /// <summary>Number of calls in a row that failed.</summary>
    public byte Refusals;

    public readonly bool Has(SubscriberFlags flags) => (Flags & flags) == flags;
    public readonly bool IsInSetup => Phase is > SubscriberPhase.Idle and < SubscriberPhase.Up;
}
