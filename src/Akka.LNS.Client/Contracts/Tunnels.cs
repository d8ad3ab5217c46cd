namespace Akka.LNS.Client;

/// <summary>One control connection.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Lac">Host Name AVP.</param>
/// <param name="LacAddress">Address and port.</param>
/// <param name="State">opening, up, closing.</param>
/// <param name="Since">When its SCCRQ came, UTC.</param>
/// <param name="Sessions">Now.</param>
/// <param name="CallsEver">Calls since it is there.</param>
public sealed record TunnelRow(ushort Id, string Lac, string LacAddress, string OwnAddress, string State, DateTimeOffset Since, int Sessions, long CallsEver);

public sealed record TunnelPage(int Total, int Offset, int Limit, IReadOnlyList<TunnelRow> Tunnels);

/// <param name="Layer">Absent: the tunnel's actor did not answer in time.</param>
public sealed record TunnelDetail(TunnelRow Tunnel, TunnelLayer? Layer);

/// <param name="State">As RFC 2661 section 7.2.1 calls it.</param>
/// <param name="Peer">The entry of lns.tunnels.peers that it came by.</param>
/// <param name="Vendor">Vendor Name AVP.</param>
/// <param name="ReceiveWindow">Messages that the LAC takes at a time.</param>
/// <param name="Authenticated">By a shared secret.</param>
/// <param name="HeardSecondsAgo">Since the LAC last sent anything.</param>
public sealed record TunnelLayer(string State, ushort PeerTunnelId, string Peer, string LinkTemplate, string? Vendor, int? ReceiveWindow, bool Authenticated,
    double HeardSecondsAgo, double HelloIntervalSeconds, double? NextTimerInSeconds);
