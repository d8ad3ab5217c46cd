namespace Akka.LNS.Client;

/// <summary>One call.</summary>
/// <param name="Id">Acct-Session-Id.</param>
/// <param name="Address">Absent: it has none yet.</param>
/// <param name="Lac">Host Name AVP.</param>
/// <param name="LacAddress">Its IP address.</param>
/// <param name="Calling">Calling Number AVP.</param>
/// <param name="Called">Called Number AVP.</param>
/// <param name="TunnelId">Ours.</param>
/// <param name="SessionId">Ours.</param>
/// <param name="State">calling, link, authentication, network, up, closing.</param>
/// <param name="Since">When the call came, UTC.</param>
/// <param name="On">When the user was on, UTC; absent: not yet.</param>
/// <param name="InOctets">IP octets from the subscriber.</param>
public sealed record SessionRow(string Id, string User, string? Address, string Lac, string LacAddress, string Calling, string Called, ushort TunnelId, ushort SessionId,
    string State, DateTimeOffset Since, DateTimeOffset? On, string? Pool, ulong InOctets, ulong InPackets, ulong OutOctets, ulong OutPackets);

/// <param name="Total">That fit the filter; the page has at most limit of them.</param>
public sealed record SessionPage(int Total, int Offset, int Limit, IReadOnlyList<SessionRow> Sessions);

/// <summary>One call, layer by layer. A layer that is not there yet, or did not answer in time, is absent; <see cref="Silent"/> names the latter.</summary>
/// <param name="Path">Absent: the data plane has none for it.</param>
public sealed record SessionDetail(SessionRow Session, SessionLayer? Call, LinkLayer? Link, BundleLayer? Bundle, TunnelLayer? Tunnel, PathLayer? Path, IReadOnlyList<string> Silent);

/// <summary>What the data plane knows beyond the counters of <see cref="SessionRow"/>.</summary>
/// <param name="Drops">IP packets that it dropped.</param>
/// <param name="IdleSeconds">Since the last IP packet, or since the path was opened.</param>
public sealed record PathLayer(ulong Drops, double IdleSeconds);

/// <param name="State">As RFC 2661 section 7.4.2 calls it.</param>
/// <param name="SetupEndsInSeconds">Absent: set up.</param>
public sealed record SessionLayer(string State, ushort PeerSessionId, double? SetupEndsInSeconds);

/// <param name="Method">Authentication; absent: none, or not yet.</param>
/// <param name="AuthenticatedBy">local, radius.</param>
/// <param name="PeerMru">Octets that the subscriber takes.</param>
/// <param name="OurMru">Octets that we take.</param>
/// <param name="PeerAcceptsPfc">Protocol-Field-Compression (RFC 1661 section 6.5).</param>
/// <param name="PeerAcceptsAcfc">Address-and-Control-Field-Compression (RFC 1661 section 6.6).</param>
/// <param name="OurMagic">Magic-Number, hexadecimal.</param>
/// <param name="EchoFailures">Echo-Requests without an answer that end the link.</param>
/// <param name="NextTimerInSeconds">Next echo, retransmission or end of a phase.</param>
/// <param name="SerialNumber">Call Serial Number AVP.</param>
/// <param name="TxSpeed">Bits per second to the subscriber, as the LAC says.</param>
/// <param name="RxSpeed">Bits per second from the subscriber, as the LAC says.</param>
public sealed record LinkLayer(string Phase, string Template, string? Method, string? AuthenticatedBy, string? PeerIdentification, ushort? PeerMru, ushort? OurMru,
    bool? PeerAcceptsPfc, bool? PeerAcceptsAcfc, string? OurMagic, string? PeerMagic, double EchoIntervalSeconds, int EchoFailures, double? NextTimerInSeconds,
    uint SerialNumber, uint TxSpeed, uint RxSpeed);

/// <param name="Interface">l2tp-TUNNEL-SESSION.</param>
/// <param name="Mtu">Octets; absent: IPCP has not opened.</param>
/// <param name="Routes">Behind the subscriber (Framed-Route).</param>
/// <param name="Dns">As told to who asks.</param>
/// <param name="Nbns">As told to who asks.</param>
/// <param name="SessionLimitSeconds">Session-Timeout; absent: none.</param>
/// <param name="IdleLimitSeconds">Idle-Timeout; absent: none.</param>
/// <param name="InterimSeconds">Between two Interim-Updates, before jitter; absent: none are sent.</param>
/// <param name="Attributes">What the Access-Accept or the local user's entry gave, as "Name = value"; never a password or key.</param>
public sealed record BundleLayer(string Interface, string Template, string? Address, string OwnAddress, int? Mtu, bool Forwarding, IReadOnlyList<string> Routes,
    IReadOnlyList<string> Dns, IReadOnlyList<string> Nbns, double? SessionLimitSeconds, double? SessionEndsInSeconds, double? IdleLimitSeconds, double? InterimSeconds, double? NextInterimInSeconds,
    IReadOnlyList<string> Attributes);
