namespace Akka.LNS.Client;

/// <summary>One call.</summary>
/// <param name="Id">Acct-Session-Id.</param>
/// <param name="User">Name of the session: that of the Access-Accept, else the one that the subscriber sent.</param>
/// <param name="Address">Address of the subscriber; absent: not assigned yet.</param>
/// <param name="Lac">Host Name AVP.</param>
/// <param name="LacAddress">IP address of the LAC.</param>
/// <param name="Calling">Calling Number AVP.</param>
/// <param name="Called">Called Number AVP.</param>
/// <param name="TunnelId">Tunnel ID of the LNS.</param>
/// <param name="SessionId">Session ID of the LNS.</param>
/// <param name="State">calling, link, authentication, network, up, closing.</param>
/// <param name="Since">When the ICRQ arrived, UTC.</param>
/// <param name="On">When the subscriber came up, UTC; absent: not yet.</param>
/// <param name="InOctets">IP octets from the subscriber.</param>
/// <param name="InPackets">IP packets from the subscriber.</param>
/// <param name="OutOctets">IP octets to the subscriber.</param>
/// <param name="OutPackets">IP packets to the subscriber.</param>
public sealed record SessionRow(
    string Id, string User, string? Address, string Lac, string LacAddress, string Calling, string Called, ushort TunnelId,
    ushort SessionId, string State, DateTimeOffset Since, DateTimeOffset? On, string? Pool, ulong InOctets, ulong InPackets,
    ulong OutOctets, ulong OutPackets)
{
    /// <summary>Name that the subscriber sent; absent: the same as User. The session is found by both.</summary>
    public string? TypedUser { get; init; }
}

/// <summary>One page of sessions.</summary>
/// <param name="Total">Number of sessions that match the filter. The page has at most <paramref name="Limit"/> of them.</param>
public sealed record SessionPage(int Total, int Offset, int Limit, IReadOnlyList<SessionRow> Sessions);

/// <summary>One call, layer by layer. A layer that does not exist yet, or did not answer in time, is absent.</summary>
/// <param name="Path">Absent: the data plane has no path for the call.</param>
/// <param name="Silent">Names of the layers that did not answer in time.</param>
public sealed record SessionDetail(
    SessionRow Session, SessionLayer? Call, LinkLayer? Link, BundleLayer? Bundle, TunnelLayer? Tunnel, PathLayer? Path,
    IReadOnlyList<string> Silent);

/// <summary>State of the path in the data plane, in addition to the counters of <see cref="SessionRow"/>.</summary>
/// <param name="Drops">IP packets that the data plane dropped.</param>
/// <param name="IdleSeconds">Time since the last IP packet, or since the path was opened.</param>
public sealed record PathLayer(ulong Drops, double IdleSeconds);

/// <summary>The L2TP session of a call.</summary>
/// <param name="State">State of the call. RFC 2661 section 7.4.2.</param>
/// <param name="PeerSessionId">Session ID of the LAC.</param>
/// <param name="SetupEndsInSeconds">Time until the set-up is given up; absent: the session is established.</param>
public sealed record SessionLayer(string State, ushort PeerSessionId, double? SetupEndsInSeconds);

/// <summary>The PPP link of a call.</summary>
/// <param name="Method">Authentication protocol; absent: none, or not negotiated yet.</param>
/// <param name="AuthenticatedBy">local, radius.</param>
/// <param name="PeerMru">Maximum-Receive-Unit of the subscriber in octets.</param>
/// <param name="OurMru">Maximum-Receive-Unit of the LNS in octets.</param>
/// <param name="PeerAcceptsPfc">Protocol-Field-Compression. RFC 1661 section 6.5.</param>
/// <param name="PeerAcceptsAcfc">Address-and-Control-Field-Compression. RFC 1661 section 6.6.</param>
/// <param name="OurMagic">Magic-Number of the LNS, hexadecimal.</param>
/// <param name="PeerMagic">Magic-Number of the subscriber, hexadecimal.</param>
/// <param name="EchoFailures">Number of consecutive Echo-Requests without an answer that ends the link.</param>
/// <param name="NextTimerInSeconds">Time until the next echo, retransmission or end of a phase.</param>
/// <param name="SerialNumber">Call Serial Number AVP.</param>
/// <param name="TxSpeed">Speed to the subscriber in bits per second, as the LAC reports it.</param>
/// <param name="RxSpeed">Speed from the subscriber in bits per second, as the LAC reports it.</param>
public sealed record LinkLayer(
    string Phase, string Template, string? Method, string? AuthenticatedBy, string? PeerIdentification, ushort? PeerMru, ushort? OurMru,
    bool? PeerAcceptsPfc, bool? PeerAcceptsAcfc, string? OurMagic, string? PeerMagic, double EchoIntervalSeconds, int EchoFailures,
    double? NextTimerInSeconds, uint SerialNumber, uint TxSpeed, uint RxSpeed);

/// <summary>The network of a subscriber.</summary>
/// <param name="Interface">l2tp-TUNNEL-SESSION.</param>
/// <param name="Mtu">Octets; absent: IPCP is not open.</param>
/// <param name="Routes">Networks routed to the subscriber (Framed-Route, Framed-IP-Netmask).</param>
/// <param name="Dns">DNS servers that the LNS offers to the subscriber.</param>
/// <param name="Nbns">NBNS servers that the LNS offers to the subscriber.</param>
/// <param name="SessionLimitSeconds">Session-Timeout; absent: none.</param>
/// <param name="IdleLimitSeconds">Idle-Timeout; absent: none.</param>
/// <param name="InterimSeconds">Interval of Interim-Updates before jitter; absent: none are sent.</param>
/// <param name="Attributes">
/// Attributes of the Access-Accept or of the local user's entry, as "Name = value". They contain no password and no key.
/// </param>
/// <param name="Warnings">Problems with the address and the routes: "ROUTE: sentence". A refused route is here and not in Routes.</param>
public sealed record BundleLayer(
    string Interface, string Template, string? Address, string OwnAddress, int? Mtu, bool Forwarding, IReadOnlyList<string> Routes,
    IReadOnlyList<string> Dns, IReadOnlyList<string> Nbns, double? SessionLimitSeconds, double? SessionEndsInSeconds,
    double? IdleLimitSeconds, double? InterimSeconds, double? NextInterimInSeconds, IReadOnlyList<string> Attributes,
    IReadOnlyList<string>? Warnings = null);
