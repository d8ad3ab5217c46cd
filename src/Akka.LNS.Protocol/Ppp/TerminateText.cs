using System.Buffers.Binary;
using System.Collections.Frozen;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>Text in the data of a Terminate-Request: what ours says, and what a known text of a peer means. RFC 1661 section 5.5.</summary>
internal static class TerminateText
{
    /// <summary>Octets of text that are sent or read.</summary>
    private const int MaxOctets = 128;

    /// <summary>Second word of the data of a Terminate-Request from Windows, between Magic-Number and error code.</summary>
    private const uint WindowsMark = 0x003CCD74;

    /// <summary>Texts of pppd and its descendants, and what they mean.</summary>
    private static readonly FrozenDictionary<string, EndCause> Known = new Dictionary<string, EndCause>(StringComparer.OrdinalIgnoreCase)
    {
        ["User request"] = EndCause.UserRequest,
        ["Peer not responding"] = EndCause.EchoTimeout,
        ["Link inactive"] = EndCause.IdleTimeout,
        ["Connect time expired"] = EndCause.SessionTimeout,
        ["Traffic limit"] = EndCause.SessionTimeout,
        ["Authentication failed"] = EndCause.AuthenticationFailed,
        ["Failed to authenticate ourselves to peer"] = EndCause.AuthenticationFailed,
        ["peer refused to authenticate"] = EndCause.NegotiationFailed,
        ["No network protocols running"] = EndCause.NegotiationFailed,
        ["MPPE required but peer negotiation failed"] = EndCause.NegotiationFailed,
        ["MPPE required but peer refused"] = EndCause.NegotiationFailed,
        ["MPPE required but not available"] = EndCause.NegotiationFailed,
        ["MPPE disabled by peer"] = EndCause.NegotiationFailed,
        ["Could not determine local IP address"] = EndCause.NegotiationFailed,
        ["Could not determine remote IP address"] = EndCause.NegotiationFailed,
        ["Unauthorized remote IP address"] = EndCause.NegotiationFailed,
        ["Refused our IP address"] = EndCause.NegotiationFailed,
        ["Callback required"] = EndCause.NegotiationFailed,
        ["Call me back, please"] = EndCause.NegotiationFailed,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The end that a Terminate-Request of the peer asks for.</summary>
    /// <param name="what">What the peer did, in words. Its text follows.</param>
    /// <param name="data">Data of the Terminate-Request.</param>
    public static EndReason Read(EndLayer layer, string what, ReadOnlySpan<byte> data)
    {
        var (cause, text) = Meaning(data);
        return new EndReason(EndParty.Subscriber, layer, cause, text.Length == 0 ? what : $"{what}: {text}");
    }

    private static (EndCause Cause, string Text) Meaning(ReadOnlySpan<byte> data)
    {
        if (data.Length == 12 && BinaryPrimitives.ReadUInt32BigEndian(data[4..]) == WindowsMark)
        {
            var error = BinaryPrimitives.ReadUInt32BigEndian(data[8..]);
            return error == 0 ? (EndCause.UserRequest, "") : (OfWindows(error), $"Windows error {error}");
        }
        while (!data.IsEmpty && data[^1] == 0) data = data[..^1];
        var text = PeerText.Show(data[..Math.Min(data.Length, MaxOctets)]).Trim();
        if (text.Length > MaxOctets) text = PeerText.Show(data[..(MaxOctets / 4)]).Trim(); // octets that are no text
        return (Known.GetValueOrDefault(text, EndCause.UserRequest), text);
    }

    /// <summary>Cause of an error code of the Windows remote access service.</summary>
    private static EndCause OfWindows(uint error) => error switch
    {
        691 => EndCause.AuthenticationFailed, // ERROR_AUTHENTICATION_FAILURE
        718 => EndCause.EchoTimeout, // ERROR_PPP_TIMEOUT
        // no PPP control protocols, not converging, encryption: the two sides do not agree
        720 or 732 or 733 or 734 or 741 or 742 => EndCause.NegotiationFailed,
        _ => EndCause.UserRequest,
    };

    /// <summary>A Terminate-Request whose data is the reason in short words.</summary>
    /// <param name="maxFrame">Size of the largest frame in octets that the peer receives.</param>
    /// <param name="why">Null: no data.</param>
    public static byte[] Request(ushort protocol, byte identifier, int maxFrame, EndReason? why)
    {
        Span<byte> buffer = stackalloc byte[Math.Min(maxFrame, PppFrame.HeaderLength + ControlPacketView.HeaderLength + MaxOctets)];
        var writer = new ControlPacketWriter(buffer, protocol, ControlCode.TerminateRequest, identifier);
        if (why is not null)
        {
            Span<byte> text = stackalloc byte[MaxOctets];
            writer.Octets(text[..PeerText.Encode(WordsOf(why), text)]);
        }
        return writer.ToFrame();
    }

    /// <summary>
    /// The reason for the subscriber. What failed in a login, and texts that name servers, LACs or addresses of the network, stay with the
    /// operator.
    /// </summary>
    private static string WordsOf(EndReason why) => why switch
    {
        { Cause: EndCause.AuthenticationFailed or EndCause.AuthenticationUnavailable or EndCause.InternalError } => why.Cause.ToWords(),
        { Cause: EndCause.NoAddress or EndCause.DataPlaneFailed } => why.Cause.ToWords(),
        { By: EndParty.Radius, Cause: EndCause.AdministrativeReset } => why.Cause.ToWords(), // it names the client of RFC 5176
        _ => why.Text,
    };
}
