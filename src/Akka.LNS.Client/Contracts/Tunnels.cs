namespace Akka.LNS.Client;

/// <summary>One control connection.</summary>
/// <param name="Id">Tunnel ID of the LNS.</param>
/// <param name="Lac">Host Name AVP.</param>
/// <param name="LacAddress">Address and port of the LAC.</param>
/// <param name="OwnAddress">Address and port of the LNS.</param>
/// <param name="State">opening, up, closing.</param>
/// <param name="Since">When the SCCRQ arrived, UTC.</param>
/// <param name="Sessions">Sessions now.</param>
/// <param name="CallsEver">Calls since the tunnel was set up.</param>
public sealed record TunnelRow(
    ushort Id, string Lac, string LacAddress, string OwnAddress, string State, DateTimeOffset Since, int Sessions, long CallsEver);

/// <summary>One page of tunnels.</summary>
public sealed record TunnelPage(int Total, int Offset, int Limit, IReadOnlyList<TunnelRow> Tunnels);

/// <summary>One tunnel with its details.</summary>
/// <param name="Layer">Absent: the tunnel did not answer in time.</param>
public sealed record TunnelDetail(TunnelRow Tunnel, TunnelLayer? Layer);

/// <summary>Details of a control connection.</summary>
/// <param name="State">State of the control connection. RFC 2661 section 7.2.1.</param>
/// <param name="PeerTunnelId">Tunnel ID of the LAC.</param>
/// <param name="Peer">Entry of lns.tunnels.peers that matches the LAC.</param>
/// <param name="Vendor">Vendor Name AVP.</param>
/// <param name="ReceiveWindow">Receive Window Size of the LAC in messages.</param>
/// <param name="Authenticated">The LAC has proved a shared secret.</param>
/// <param name="HeardSecondsAgo">Time since the last message from the LAC.</param>
public sealed record TunnelLayer(
    string State, ushort PeerTunnelId, string Peer, string LinkTemplate, string? Vendor, int? ReceiveWindow, bool Authenticated,
    double HeardSecondsAgo, double HelloIntervalSeconds, double? NextTimerInSeconds);
