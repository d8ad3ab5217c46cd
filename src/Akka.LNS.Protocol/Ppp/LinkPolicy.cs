using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp.Authentication;

namespace Akka.LNS.Protocol.Ppp;

public enum LinkRole : byte
{
    /// <summary>The LNS: demands authentication, gives addresses.</summary>
    Server,
    /// <summary>A subscriber: for simulators and load generators.</summary>
    Client,
}

/// <summary>What one link offers, accepts and waits for. Shared by all links of one template: never per-subscriber data for a server.</summary>
public sealed record LinkPolicy
{
    public LinkRole Role { get; init; } = LinkRole.Server;

    /// <summary>Maximum-Receive-Unit we offer: the largest packet, in octets, the peer may send us (RFC 1661 §6.1).</summary>
    public ushort Mru { get; init; } = 1492;

    /// <summary>Largest packet in octets we send, whatever larger MRU the peer offers.</summary>
    public ushort MaxPeerMru { get; init; } = 1500;

    /// <summary>A smaller offer of the peer is answered by a Configure-Nak with this.</summary>
    public ushort MinPeerMru { get; init; } = 128;

    /// <summary>Server: what we demand, best first; empty: no authentication. Client: what we are willing to do, best first.</summary>
    public ImmutableArray<AuthMethod> AuthMethods { get; init; } = [AuthMethod.MsChapV2, AuthMethod.ChapMd5, AuthMethod.Pap];

    /// <summary>Name in our CHAP Challenges (RFC 1994 §4.1).</summary>
    public string ServerName { get; init; } = "lns";

    /// <summary>Client: how it authenticates itself. Server: null.</summary>
    public LinkCredentials? Credentials { get; init; }

    /// <summary>Time between our LCP Echo-Requests; zero: none.</summary>
    public TimeSpan EchoInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Echo-Requests that may stay unanswered; the interval after that many ends the link.</summary>
    public byte EchoFailures { get; init; } = 4;

    /// <summary>Share of <see cref="EchoInterval"/>, 0 to 1, by which each interval is shortened at random, so that echoes do not march in step.</summary>
    public double EchoJitter { get; init; } = 0.2;

    /// <summary>First wait for an answer: short, since our first Configure-Request is usually lost while the client starts its PPP.</summary>
    public TimeSpan FirstRestartInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The restart timer doubles from the first interval up to this one (RFC 1661 §4.6: 3 seconds).</summary>
    public TimeSpan RestartInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Configure-Requests without an answer (RFC 1661 §4.6).</summary>
    public byte MaxConfigure { get; init; } = 10;

    /// <summary>Terminate-Requests without an answer (RFC 1661 §4.6).</summary>
    public byte MaxTerminate { get; init; } = 2;

    /// <summary>Configure-Naks before a Configure-Reject (RFC 1661 §4.6).</summary>
    public byte MaxFailure { get; init; } = 5;

    /// <summary>From the start of the authentication phase to the peer's proof, and again to our answer.</summary>
    public TimeSpan AuthTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From start to the network phase, authentication included.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Acknowledge the peer's Protocol-Field-Compression: we may then send it one octet of protocol (RFC 1661 §6.5).</summary>
    public bool AllowPfc { get; init; } = true;

    /// <summary>Acknowledge the peer's Address-and-Control-Field-Compression (RFC 1661 §6.6).</summary>
    public bool AllowAcfc { get; init; } = true;

    /// <summary>Offer Protocol-Field-Compression: what we receive may have it.</summary>
    public bool OfferPfc { get; init; }

    /// <summary>Offer Address-and-Control-Field-Compression.</summary>
    public bool OfferAcfc { get; init; }

    internal RestartTimers Timers => new(FirstRestartInterval, RestartInterval, MaxConfigure, MaxTerminate);
}

/// <summary>What a link agreed on, given once per network phase.</summary>
/// <param name="PeerMru">Largest packet in octets we may send: the peer's MRU, at most <see cref="LinkPolicy.MaxPeerMru"/>.</param>
/// <param name="OurMru">Largest packet in octets the peer may send.</param>
/// <param name="PeerAcceptsPfc">We may compress the protocol field.</param>
/// <param name="PeerAcceptsAcfc">We may leave out address and control.</param>
/// <param name="OurMagic">0: not negotiated.</param>
/// <param name="Method">null: no authentication.</param>
/// <param name="UserName">null: no authentication.</param>
/// <param name="PeerIdentification">Text of the last LCP Identification so far (RFC 1570 §2.1).</param>
public sealed record LinkOptions(
    ushort PeerMru, ushort OurMru, bool PeerAcceptsPfc, bool PeerAcceptsAcfc, uint OurMagic, uint PeerMagic,
    AuthMethod? Method, string? UserName, string? PeerIdentification);
