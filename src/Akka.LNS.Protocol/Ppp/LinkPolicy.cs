using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp.Authentication;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>Side of a link.</summary>
public enum LinkRole : byte
{
    /// <summary>The LNS: demands authentication, gives addresses.</summary>
    Server,
    /// <summary>A subscriber: for tests and load generators.</summary>
    Client,
}

/// <summary>What a link offers and accepts, and how long it waits. Shared by all links of one template.</summary>
public sealed record LinkPolicy
{
    public LinkRole Role { get; init; } = LinkRole.Server;

    /// <summary>Maximum-Receive-Unit in our request: the largest packet in octets that the peer may send. RFC 1661 section 6.1.</summary>
    public ushort Mru { get; init; } = 1492;

    /// <summary>Largest packet in octets that we send. A larger MRU of the peer does not raise it.</summary>
    public ushort MaxPeerMru { get; init; } = 1500;

    /// <summary>Smallest MRU of the peer in octets. A smaller one gets a Configure-Nak with this value.</summary>
    public ushort MinPeerMru { get; init; } = 128;

    /// <summary>Server: methods that it demands, best first; empty: no login. Client: methods that it accepts, best first.</summary>
    public ImmutableArray<AuthMethod> AuthMethods { get; init; } = [AuthMethod.MsChapV2, AuthMethod.ChapMd5, AuthMethod.Pap];

    /// <summary>Name in our CHAP Challenges. RFC 1994 section 4.1.</summary>
    public string ServerName { get; init; } = "lns";

    /// <summary>Client: how it authenticates itself. Server: null.</summary>
    public LinkCredentials? Credentials { get; init; }

    /// <summary>Time between our LCP Echo-Requests; zero: no echoes.</summary>
    public TimeSpan EchoInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Echo-Requests that may stay unanswered. The interval after the last of them ends the link.</summary>
    public byte EchoFailures { get; init; } = 4;

    /// <summary>Largest share of <see cref="EchoInterval"/>, 0 to 0.9, by which each interval is shortened at random.</summary>
    /// <remarks>It spreads the echoes of many links that began together.</remarks>
    public double EchoJitter { get; init; } = 0.2;

    /// <summary>First restart interval. It is short because the first Configure-Request is often lost while the client starts.</summary>
    public TimeSpan FirstRestartInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Last restart interval: the restart timer doubles from the first to this one. RFC 1661 section 4.6.</summary>
    public TimeSpan RestartInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Configure-Requests without an answer before the negotiation fails. RFC 1661 section 4.6.</summary>
    public byte MaxConfigure { get; init; } = 10;

    /// <summary>Terminate-Requests without an answer before the end. RFC 1661 section 4.6.</summary>
    public byte MaxTerminate { get; init; } = 2;

    /// <summary>Configure-Naks before a Configure-Reject. RFC 1661 section 4.6.</summary>
    public byte MaxFailure { get; init; } = 5;

    /// <summary>Time from the start of the authentication phase to the peer's proof, and again from the proof to the verdict.</summary>
    public TimeSpan AuthTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time from the start of LCP of the call to the network phase. A new negotiation begins it anew only after the subscriber
    /// was up.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Logins of one call that follow one another: a further one ends it. Each negotiation of LCP needs a login. A subscriber that
    /// was up for a minute begins with none.</summary>
    public byte MaxLogins { get; init; } = 5;

    /// <summary>Acknowledge Protocol-Field-Compression of the peer: we may then send one octet of protocol. RFC 1661 section 6.5.</summary>
    public bool AllowPfc { get; init; } = true;

    /// <summary>Acknowledge Address-and-Control-Field-Compression of the peer. RFC 1661 section 6.6.</summary>
    public bool AllowAcfc { get; init; } = true;

    /// <summary>Offer Protocol-Field-Compression: the peer may then send one octet of protocol.</summary>
    public bool OfferPfc { get; init; }

    /// <summary>Offer Address-and-Control-Field-Compression.</summary>
    public bool OfferAcfc { get; init; }

    internal RestartTimers Timers => new(FirstRestartInterval, RestartInterval, MaxConfigure, MaxTerminate);
}
