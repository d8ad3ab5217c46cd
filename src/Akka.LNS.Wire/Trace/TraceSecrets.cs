using System.Buffers.Binary;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Wire.Trace;

/// <summary>
/// Overwrites secrets with <see cref="Blank"/>. All lengths stay, so every message can still be parsed. Secrets are PAP passwords, CHAP and
/// MS-CHAP responses, the S= of an MS-CHAPv2 Success, and the AVPs Challenge Response and Proxy Authen Response. Unreadable or unnamed
/// parts that could contain one are blanked, and so are RADIUS authenticators, which allow guessing of the shared secret. Challenges stay,
/// because they are useless without a response. Hidden AVPs stay, because they are encrypted.
/// </summary>
public static class TraceSecrets
{
    /// <summary>Replaces each octet of a secret.</summary>
    public const byte Blank = (byte)'*';
    private const int MostDepth = 3; // limit of nested rejected packets

    /// <summary>True: packets of this protocol may contain a password or a response.</summary>
    internal static bool MayHold(ushort protocol) => protocol >= 0xC000 && protocol is not (PppProtocol.Lcp or PppProtocol.Lqr);

    /// <summary>Blanks the secrets of a control message in place.</summary>
    /// <param name="datagram">A whole control message, header included.</param>
    public static void BlankControl(Span<byte> datagram)
    {
        if (!L2tpHeaderView.TryRead(datagram, out var header, out _))
        {
            datagram[Math.Min(datagram.Length, L2tpControlHeader.Length)..].Fill(Blank);
            return;
        }
        ReadOnlySpan<byte> rest = header.Payload;
        while (!rest.IsEmpty)
        {
            var at = datagram.Length - rest.Length;
            if (!AvpView.TryRead(ref rest, out var avp, out _))
            {
                datagram[Math.Min(datagram.Length, at + AvpView.HeaderLength)..].Fill(Blank);
                return;
            }
            if (avp is { VendorId: 0, IsHidden: false } && (AvpType)avp.Type is AvpType.ChallengeResponse or AvpType.ProxyAuthenResponse)
                datagram.Slice(at + AvpView.HeaderLength, avp.Value.Length).Fill(Blank);
        }
    }

    /// <summary>Blanks the secrets of a PPP frame in place.</summary>
    /// <param name="payload">Octets after the protocol field.</param>
    public static void BlankPpp(ushort protocol, Span<byte> payload) => BlankPpp(protocol, payload, 0);

    private static void BlankPpp(ushort protocol, Span<byte> payload, int depth)
    {
        if (protocol != PppProtocol.Lcp && !MayHold(protocol)) return;
        var isReadable = ControlPacketView.TryRead(payload, out var packet, out _);
        if (!isReadable || depth > MostDepth || protocol is not (PppProtocol.Lcp or PppProtocol.Pap or PppProtocol.Chap))
        {
            // its type (RFC 3748 section 4)
            var kept = protocol == PppProtocol.Eap ? ControlPacketView.HeaderLength + 1 : ControlPacketView.HeaderLength;
            payload[Math.Min(payload.Length, kept)..].Fill(Blank);
            return;
        }
        var data = payload[ControlPacketView.HeaderLength..packet.Length];
        switch (protocol, packet.Code)
        {
            case (PppProtocol.Lcp, ControlCode.ProtocolReject) when data.Length >= 2:
                BlankPpp(BinaryPrimitives.ReadUInt16BigEndian(data), data[2..], depth + 1);
                break;
            case (PppProtocol.Lcp, ControlCode.CodeReject): BlankPpp(protocol, data, depth + 1); break;
            case (PppProtocol.Lcp, _): return;
            case (PppProtocol.Pap, PapCode.AuthenticateRequest) when PapRequestView.TryRead(data, out var request, out _):
                data[(2 + request.PeerId.Length)..].Fill(Blank);
                break;
            case (PppProtocol.Pap, PapCode.AuthenticateAck or PapCode.AuthenticateNak): break;
            case (PppProtocol.Chap, ChapCode.Challenge) when ChapValueView.TryRead(data, out _, out _): break;
            case (PppProtocol.Chap, ChapCode.Response) when ChapValueView.TryRead(data, out var value, out _):
                data.Slice(1, value.Value.Length).Fill(Blank);
                break;
            case (PppProtocol.Chap, ChapCode.Success or ChapCode.Failure): BlankChapMessage(data); break;
            default: data.Fill(Blank); break;
        }
        if (protocol != PppProtocol.Lcp) payload[packet.Length..].Fill(Blank); // the padding may contain anything
    }

    /// <summary>Blanks the secrets and authenticators of a RADIUS packet in place.</summary>
    /// <param name="datagram">A whole packet, header included.</param>
    public static void BlankRadius(Span<byte> datagram, RadiusDictionary dictionary)
    {
        if (!RadiusPacketView.TryRead(datagram, out var packet, out _))
        {
            datagram[Math.Min(datagram.Length, RadiusPacketView.AuthenticatorOffset)..].Fill(Blank);
            return;
        }
        datagram.Slice(RadiusPacketView.AuthenticatorOffset, RadiusPacketView.AuthenticatorLength).Fill(Blank);
        var length = packet.Octets.Length;
        for (var at = RadiusPacketView.HeaderLength; at < length; at += datagram[at + 1])
        {
            var octets = datagram.Slice(at, datagram[at + 1]);
            ReadOnlySpan<byte> rest = octets;
            if (AttributeView.TryRead(ref rest, out var attribute, out _))
                BlankAttribute(attribute, octets[AttributeView.HeaderLength..], dictionary);
        }
        datagram[length..].Fill(Blank); // the padding may contain anything
    }

    /// <param name="value">Value of the attribute, changed in place.</param>
    private static void BlankAttribute(AttributeView attribute, Span<byte> value, RadiusDictionary dictionary)
    {
        if (!VendorAttributeView.TryReadVendor(attribute, out var vendor))
        {
            if (attribute.Type is RadiusAttributeType.MessageAuthenticator or RadiusAttributeType.EapMessage
                or RadiusAttributeType.VendorSpecific || dictionary.IsUnseen(0, attribute.Type, value)) value.Fill(Blank);
            return;
        }
        var at = VendorAttributeView.VendorIdLength;
        foreach (var inner in VendorAttributeView.In(attribute))
        {
            var own = value.Slice(at + AttributeView.HeaderLength, inner.Value.Length);
            at += AttributeView.HeaderLength + own.Length;
            if (dictionary.IsUnseen(vendor, inner.Type, own)) own.Fill(Blank);
        }
        value[at..].Fill(Blank); // not the recommended format
    }

    /// <summary>
    /// Blanks the authenticator response (S=) and the challenge of a failure (C=) of MS-CHAPv2, which allow guessing of the password. RFC
    /// 2759 sections 5 and 6.
    /// </summary>
    internal static void BlankChapMessage(Span<byte> message)
    {
        for (var at = 0; at + 2 < message.Length; at++)
        {
            if (message[at + 1] != '=' || message[at] is not ((byte)'S' or (byte)'C') || (at > 0 && message[at - 1] != ' ')) continue;
            for (at += 2; at < message.Length && message[at] != ' '; at++) message[at] = Blank;
        }
    }
}
