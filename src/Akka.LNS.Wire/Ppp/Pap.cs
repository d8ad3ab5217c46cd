namespace Akka.LNS.Wire.Ppp;

/// <summary>
/// A checked view of the data of a PAP Authenticate-Request: two octet strings, each after its length. RFC 1334 section 2.2.1.
/// </summary>
public readonly ref struct PapRequestView
{
    private PapRequestView(ReadOnlySpan<byte> peerId, ReadOnlySpan<byte> password)
    {
        PeerId = peerId;
        Password = password;
    }

    public ReadOnlySpan<byte> PeerId { get; }
    public ReadOnlySpan<byte> Password { get; }

    public static bool TryRead(ReadOnlySpan<byte> data, out PapRequestView view, out PppError error)
    {
        view = default;
        error = PppError.Truncated;
        if (data.IsEmpty || data[0] >= data.Length) return false;
        var name = data.Slice(1, data[0]);
        var rest = data[(1 + name.Length)..];
        if (rest.IsEmpty || rest[0] >= rest.Length) return false;
        error = PppError.None;
        view = new PapRequestView(name, rest.Slice(1, rest[0]));
        return true;
    }

    /// <summary>Writes name and password, each cut at 255 octets.</summary>
    public static void WriteTo(ref ControlPacketWriter writer, scoped ReadOnlySpan<byte> peerId, scoped ReadOnlySpan<byte> password)
    {
        PapMessage.WriteTo(ref writer, peerId);
        PapMessage.WriteTo(ref writer, password);
    }
}

/// <summary>Message of a PAP Authenticate-Ack or -Nak (RFC 1334 section 2.2.2).</summary>
public static class PapMessage
{
    /// <summary>Reads the message. It is empty if the peer omits the length octet, as some peers do.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> message, out PppError error)
    {
        message = default;
        error = !data.IsEmpty && data[0] >= data.Length ? PppError.Truncated : PppError.None;
        if (error != PppError.None) return false;
        if (!data.IsEmpty) message = data.Slice(1, data[0]);
        return true;
    }

    /// <summary>Writes one length octet and the text, cut at 255 octets.</summary>
    public static void WriteTo(ref ControlPacketWriter writer, scoped ReadOnlySpan<byte> message)
    {
        if (message.Length > 255) message = message[..255];
        writer.Octet((byte)message.Length);
        writer.Octets(message);
    }
}
