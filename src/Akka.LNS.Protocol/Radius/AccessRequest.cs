using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Writes Access-Requests, and the Status-Server probe.</summary>
public static class AccessRequest
{
    private const uint ServiceTypeFramed = 2;
    private const uint FramedProtocolPpp = 1;

    /// <summary>Writes the Access-Request of a login.</summary>
    /// <remarks>
    /// A retransmission to the same server has the same octets. Another server has another secret, and needs a packet of its own.
    /// </remarks>
    /// <param name="authenticator">16 unpredictable octets (RFC 2865 section 3).</param>
    /// <returns>Octets written; 0 when the request does not fit into a packet, or a password has more than 128 octets.</returns>
    public static int Write(Span<byte> buffer, byte identifier, ReadOnlySpan<byte> authenticator, ReadOnlySpan<byte> secret,
        LoginRequest login)
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

    /// <summary>Writes a Status-Server probe (RFC 5997 section 3).</summary>
    /// <returns>Octets written.</returns>
    public static int WriteStatusServer(
        Span<byte> buffer, byte identifier, ReadOnlySpan<byte> authenticator, ReadOnlySpan<byte> secret, string nasIdentifier)
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
                if (ms.NtResponse.Length == 24) ms.NtResponse.Span.CopyTo(response[26..]); // after eight reserved octets
                writer.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChap2Response, response);
                break;
        }
    }

    /// <summary>Ident, Flags, Peer-Challenge 16, Reserved 8, Response 24 (RFC 2548 section 2.3.2).</summary>
    private const int MsChap2ResponseLength = 50;
}
