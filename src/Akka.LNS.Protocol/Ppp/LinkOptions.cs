using Akka.LNS.Protocol.Ppp.Authentication;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>What the two sides of a link agreed on, once for each network phase.</summary>
/// <param name="PeerMru">Largest packet in octets that we send: the MRU of the peer, at most <see cref="LinkPolicy.MaxPeerMru"/>.</param>
/// <param name="OurMru">Largest packet in octets that the peer sends.</param>
/// <param name="PeerAcceptsPfc">We may compress the protocol field.</param>
/// <param name="PeerAcceptsAcfc">We may omit address and control.</param>
/// <param name="OurMagic">0: not negotiated.</param>
/// <param name="PeerMagic">0: not negotiated.</param>
/// <param name="Method">null: no authentication.</param>
/// <param name="UserName">null: no authentication.</param>
/// <param name="PeerIdentification">Text of the last LCP Identification so far. RFC 1570 section 2.1.</param>
/// <param name="Pace">Shortest time between two copies of a request, from the round trips of LCP; zero: nothing is known.</param>
public sealed record LinkOptions(
    ushort PeerMru, ushort OurMru, bool PeerAcceptsPfc, bool PeerAcceptsAcfc, uint OurMagic, uint PeerMagic,
    AuthMethod? Method, string? UserName, string? PeerIdentification, TimeSpan Pace = default);
