using System.Text;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>How the subscriber proved itself, with the octets that the server needs to check it.</summary>
public abstract record LoginProof
{
    private LoginProof() { }

    /// <summary>What a PPP link asks to have checked.</summary>
    public static LoginProof From(AuthenticationRequest request) => request switch
    {
        AuthenticationRequest.Pap p => new Pap(Encoding.Latin1.GetBytes(p.Password)),
        AuthenticationRequest.Chap c => new ChapMd5(c.Identifier, c.Challenge, c.Response),
        AuthenticationRequest.MsChapV2 m => new MsChapV2(m.Identifier, m.AuthenticatorChallenge, m.PeerChallenge, m.NtResponse, m.Flags),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.GetType().Name, "no such authentication"), // a new method was added to PPP only
    };

    /// <summary>PAP (RFC 1334): the password as it came.</summary>
    public sealed record Pap(ReadOnlyMemory<byte> Password) : LoginProof
    {
        public override string ToString() => "Pap { *** }";
    }

    /// <summary>CHAP with MD5 (RFC 1994): Identifier, our Challenge, the 16 octets of the Response.</summary>
    public sealed record ChapMd5(byte Identifier, ReadOnlyMemory<byte> Challenge, ReadOnlyMemory<byte> Response) : LoginProof
    {
        public override string ToString() => "ChapMd5 { *** }";
    }

    /// <summary>MS-CHAPv2 (RFC 2759): our challenge (16), the peer's (16), NT-Response (24), Flags.</summary>
    public sealed record MsChapV2(byte Identifier, ReadOnlyMemory<byte> AuthenticatorChallenge, ReadOnlyMemory<byte> PeerChallenge,
        ReadOnlyMemory<byte> NtResponse, byte Flags) : LoginProof
    {
        public override string ToString() => "MsChapV2 { *** }";
    }
}

/// <summary>The tunnel a session came in by, in the words of RFC 2868: for Access-Request and accounting alike.</summary>
/// <param name="ClientEndpoint">Address of the LAC.</param>
/// <param name="ServerEndpoint">Our address in this tunnel.</param>
/// <param name="ClientAuthId">Host Name that the LAC gave.</param>
/// <param name="ServerAuthId">Host Name that we gave.</param>
/// <param name="Connection">Acct-Tunnel-Connection (RFC 2867 section 4.1): what names this call, e.g. the Call Serial Number.</param>
public sealed record TunnelAttributes(string ClientEndpoint, string ServerEndpoint, string ClientAuthId, string ServerAuthId, string Connection);

/// <summary>What tells the server which NAS and port asks: the same in Access-Request and accounting of a session.</summary>
/// <param name="NasIdentifier">Name of the group (never of the host), NAS-Identifier.</param>
/// <param name="Port">Number of the session on this node.</param>
/// <param name="NasPortId">The same as text, e.g. "l2tp/4711/815".</param>
/// <param name="ConnectInfo">Speeds as text (RFC 2869 section 5.11), e.g. "100000000/40000000"; empty: not sent.</param>
/// <param name="Link">mpd-link.</param>
/// <param name="PeerIdent">LCP Identification text of the peer, mpd-peer-ident; empty: not sent.</param>
public sealed record NasPort(string NasIdentifier, Ipv4Address? NasIpAddress, UInt128? NasIpv6Address, uint Port, string NasPortId,
    string CalledStationId, string CallingStationId, string ConnectInfo, string Link, string PeerIdent, TunnelAttributes? Tunnel)
{
    /// <summary>NAS-Port-Type Virtual (RFC 2865 section 5.41).</summary>
    public const uint NasPortTypeVirtual = 5;
}

/// <summary>All that an Access-Request says (PEERS.md section 2.2, column AR).</summary>
public sealed record LoginRequest(string UserName, LoginProof Proof, string AcctSessionId, NasPort Nas)
{
    /// <summary>The same request with the user name without its realm.</summary>
    /// <remarks>The hash of MS-CHAPv2 covers the name as the subscriber sent it, without a DOMAIN\ before it (RFC 2759 section 4): user@realm stays.</remarks>
    public LoginRequest WithoutRealm()
    {
        var name = RealmOfUser.Of(UserName);
        return Proof is LoginProof.MsChapV2 && !name.IsPrefix ? this : this with { UserName = name.User };
    }
}

/// <summary>The Access-Request of a login.</summary>
public static class AccessRequest
{
    private const uint ServiceTypeFramed = 2;
    private const uint FramedProtocolPpp = 1;

    /// <summary>
    /// Writes the packet. A retransmission to the same server sends the same octets again; another server, having another secret, needs its own.
    /// </summary>
    /// <param name="authenticator">16 unpredictable octets (RFC 2865 section 3).</param>
    /// <returns>Octets written; 0 when the request cannot be said in a packet (a password of more than 128 octets).</returns>
    public static int Write(Span<byte> buffer, byte identifier, ReadOnlySpan<byte> authenticator, ReadOnlySpan<byte> secret, LoginRequest login)
    {
        var writer = RadiusPacketWriter.Request(buffer, RadiusCode.AccessRequest, identifier, authenticator);
        writer.Text(RadiusAttributeType.UserName, login.UserName);
        WriteProof(ref writer, secret, login.Proof);
        writer.UInt32(RadiusAttributeType.ServiceType, ServiceTypeFramed);
        writer.UInt32(RadiusAttributeType.FramedProtocol, FramedProtocolPpp);
        writer.Text(RadiusAttributeType.AcctSessionId, login.AcctSessionId);
        NasPortWriter.Write(ref writer, login.Nas);
        return writer.Finish(secret);
    }

    /// <summary>A Status-Server probe (RFC 5997 section 3).</summary>
    public static int WriteStatusServer(Span<byte> buffer, byte identifier, ReadOnlySpan<byte> authenticator, ReadOnlySpan<byte> secret, string nasIdentifier)
    {
        var writer = RadiusPacketWriter.Request(buffer, RadiusCode.StatusServer, identifier, authenticator);
        writer.Text(RadiusAttributeType.NasIdentifier, nasIdentifier);
        return writer.Finish(secret);
    }

    private static void WriteProof(ref RadiusPacketWriter writer, ReadOnlySpan<byte> secret, LoginProof proof)
    {
        switch (proof)
        {
            case LoginProof.Pap pap:
                writer.Password(pap.Password.Span, secret);
                break;
            case LoginProof.ChapMd5 chap:
                writer.ChapPassword(chap.Identifier, chap.Response.Span);
                writer.Octets(RadiusAttributeType.ChapChallenge, chap.Challenge.Span);
                break;
            case LoginProof.MsChapV2 ms:
                writer.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChapChallenge, ms.AuthenticatorChallenge.Span);
                Span<byte> response = stackalloc byte[MsChap2ResponseLength];
                response.Clear();
                response[0] = ms.Identifier;
                response[1] = ms.Flags;
                if (ms.PeerChallenge.Length == 16) ms.PeerChallenge.Span.CopyTo(response[2..]);
                if (ms.NtResponse.Length == 24) ms.NtResponse.Span.CopyTo(response[26..]); // eight reserved octets are between them
                writer.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChap2Response, response);
                break;
        }
    }

    /// <summary>Ident, Flags, Peer-Challenge 16, Reserved 8, Response 24 (RFC 2548 section 2.3.2).</summary>
    private const int MsChap2ResponseLength = 50;
}

/// <summary>The attributes that name NAS, port and tunnel.</summary>
internal static class NasPortWriter
{
    private const byte Tag = 0; // one tunnel: no grouping (RFC 2868 section 3.1)
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
