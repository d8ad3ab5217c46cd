using Akka.LNS.Wire.Radius;
using static Akka.LNS.Wire.Trace.MessageText;

namespace Akka.LNS.Wire.Trace;

/// <summary>Names a RADIUS packet and its attributes.</summary>
public static class RadiusText
{
    /// <summary>Describes any octets. An unreadable packet is named with the reason.</summary>
    public static MessageText Describe(ReadOnlySpan<byte> datagram, RadiusDictionary dictionary)
    {
        if (!RadiusPacketView.TryRead(datagram, out var packet, out var error))
            return new MessageText("radius", $"unreadable ({error}), {Size(datagram.Length)}", []);
        var details = new List<string>();
        foreach (var attribute in packet.Attributes) Describe(attribute, dictionary, details);
        return new MessageText("radius", Invariant($"{NameOf(packet.Code)} id {packet.Identifier}"), details);
    }

    private static void Describe(AttributeView attribute, RadiusDictionary dictionary, List<string> details)
    {
        if (attribute.Type is RadiusAttributeType.ChapChallenge or RadiusAttributeType.EapMessage
            or RadiusAttributeType.MessageAuthenticator)
        {
            var name = dictionary.Find(0, attribute.Type)?.Name ?? Invariant($"Attr-{attribute.Type}");
            details.Add($"{name}, {Size(attribute.Value.Length)}");
            return;
        }
        var isKnown = VendorAttributeView.TryReadVendor(attribute, out var vendor) || dictionary.Find(0, attribute.Type) is not null;
        foreach (var inner in VendorAttributeView.In(attribute)) isKnown &= dictionary.Find(vendor, inner.Type) is not null;
        // the value of an attribute without a name could be a key
        details.Add(isKnown ? dictionary.Render(attribute)
            : vendor == 0 ? Invariant($"Attr-{attribute.Type}, {Size(attribute.Value.Length)}")
            : Invariant($"attribute of vendor {vendor} without a name, {Size(attribute.Value.Length)}"));
    }

    private static string NameOf(RadiusCode code) => code switch
    {
        RadiusCode.AccessRequest => "Access-Request",
        RadiusCode.AccessAccept => "Access-Accept",
        RadiusCode.AccessReject => "Access-Reject",
        RadiusCode.AccountingRequest => "Accounting-Request",
        RadiusCode.AccountingResponse => "Accounting-Response",
        RadiusCode.AccessChallenge => "Access-Challenge",
        RadiusCode.StatusServer => "Status-Server",
        RadiusCode.DisconnectRequest => "Disconnect-Request",
        RadiusCode.DisconnectAck => "Disconnect-ACK",
        RadiusCode.DisconnectNak => "Disconnect-NAK",
        RadiusCode.CoaRequest => "CoA-Request",
        RadiusCode.CoaAck => "CoA-ACK",
        RadiusCode.CoaNak => "CoA-NAK",
        _ => Invariant($"code {(byte)code}"),
    };
}
