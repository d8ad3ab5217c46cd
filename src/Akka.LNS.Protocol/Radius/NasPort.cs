using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Tunnel of a session, for Access-Request and accounting (RFC 2868).</summary>
/// <param name="ClientEndpoint">Address of the LAC.</param>
/// <param name="ServerEndpoint">Address of the LNS in this tunnel.</param>
/// <param name="ClientAuthId">Host Name of the LAC.</param>
/// <param name="ServerAuthId">Host Name of the LNS.</param>
/// <param name="Connection">Acct-Tunnel-Connection (RFC 2867 section 4.1): a name of the call, for example the Call Serial Number.</param>
public sealed record TunnelAttributes(string ClientEndpoint, string ServerEndpoint, string ClientAuthId, string ServerAuthId,
    string Connection);

/// <summary>NAS and port of a session, the same in its Access-Request and accounting.</summary>
/// <param name="NasIdentifier">NAS-Identifier: the name of the group, never of the host.</param>
/// <param name="Port">Number of the session on this node.</param>
/// <param name="NasPortId">The same as text, see <see cref="PortName"/>.</param>
/// <param name="ConnectInfo">Speeds as text (RFC 2869 section 5.11), for example "100000000/40000000"; empty: not sent.</param>
/// <param name="Link">mpd-link.</param>
/// <param name="PeerIdent">mpd-peer-ident: the LCP Identification text of the subscriber; empty: not sent.</param>
public sealed record NasPort(string NasIdentifier, Ipv4Address? NasIpAddress, UInt128? NasIpv6Address, uint Port, string NasPortId,
    string CalledStationId, string CallingStationId, string ConnectInfo, string Link, string PeerIdent, TunnelAttributes? Tunnel)
{
    /// <summary>NAS-Port-Type Virtual (RFC 2865 section 5.41).</summary>
    public const uint NasPortTypeVirtual = 5;
}
