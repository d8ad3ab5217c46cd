using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Writes the attributes of NAS, port and tunnel.</summary>
internal static class NasPortWriter
{
    private const byte Tag = 0; // one tunnel needs no groups (RFC 2868 section 3.1)
    private const uint TunnelTypeL2tp = 3;
    private const uint MediumIpv4 = 1;
    private const uint MediumIpv6 = 2;

    internal static void Write(ref RadiusPacketWriter writer, NasPort nas)
    {
        writer.Text(RadiusAttributeType.NasIdentifier, nas.NasIdentifier);
        if (nas.NasIpAddress is { } v4) writer.Ipv4(RadiusAttributeType.NasIpAddress, v4);
        if (nas.NasIpv6Address is { } v6) writer.Ipv6(RadiusAttributeType.NasIpv6Address, v6);
        writer.UInt32(RadiusAttributeType.NasPort, nas.Port);
        writer.UInt32(RadiusAttributeType.NasPortType, NasPort.NasPortTypeVirtual);
        writer.Text(RadiusAttributeType.NasPortId, nas.NasPortId);
        writer.Text(RadiusAttributeType.CalledStationId, nas.CalledStationId);
        writer.Text(RadiusAttributeType.CallingStationId, nas.CallingStationId);
        writer.Text(RadiusAttributeType.ConnectInfo, nas.ConnectInfo);
        if (nas.Tunnel is { } tunnel)
        {
            writer.TaggedUInt24(RadiusAttributeType.TunnelType, Tag, TunnelTypeL2tp);
            writer.TaggedUInt24(RadiusAttributeType.TunnelMediumType, Tag, tunnel.ClientEndpoint.Contains(':') ? MediumIpv6 : MediumIpv4);
            writer.TaggedText(RadiusAttributeType.TunnelClientEndpoint, Tag, tunnel.ClientEndpoint);
            writer.TaggedText(RadiusAttributeType.TunnelServerEndpoint, Tag, tunnel.ServerEndpoint);
            writer.TaggedText(RadiusAttributeType.TunnelClientAuthId, Tag, tunnel.ClientAuthId);
            writer.TaggedText(RadiusAttributeType.TunnelServerAuthId, Tag, tunnel.ServerAuthId);
            writer.Text(RadiusAttributeType.AcctTunnelConnection, tunnel.Connection);
        }
        writer.VendorText(RadiusVendor.Mpd, MpdAttributeType.Link, nas.Link);
        writer.VendorText(RadiusVendor.Mpd, MpdAttributeType.PeerIdent, nas.PeerIdent);
    }
}
