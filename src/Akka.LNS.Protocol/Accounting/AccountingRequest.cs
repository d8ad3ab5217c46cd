using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>Writes the Accounting-Request of a record. RFC 2866 section 4.1.</summary>
public static class AccountingRequest
{
    private const uint ServiceTypeFramed = 2;
    private const uint FramedProtocolPpp = 1;

    /// <summary>Writes the packet.</summary>
    /// <param name="now">The time, UTC. The time since the event becomes Acct-Delay-Time, so each attempt needs a new identifier. RFC 2866
    /// section 5.2.</param>
    /// <param name="withMessageAuthenticator">Adds a Message-Authenticator. FreeRADIUS verifies it; other servers ignore it.</param>
    /// <returns>Number of octets written; 0: the record does not fit into the buffer.</returns>
    public static int Write(Span<byte> buffer, byte identifier, ReadOnlySpan<byte> secret, AccountingRecord record, DateTimeOffset now,
        bool withMessageAuthenticator = true)
    {
        var writer = RadiusPacketWriter.SignedRequest(buffer, RadiusCode.AccountingRequest, identifier, withMessageAuthenticator);
        var session = record.Session;
        writer.UInt32(RadiusAttributeType.AcctStatusType, (uint)record.Kind);
        writer.Text(RadiusAttributeType.AcctSessionId, session.AcctSessionId);
        writer.UInt32(RadiusAttributeType.EventTimestamp, (uint)record.OccurredUtc.ToUnixTimeSeconds());
        writer.UInt32(RadiusAttributeType.AcctDelayTime, Seconds(now - record.OccurredUtc));
        NasPortWriter.Write(ref writer, session.Nas);
        if (record.Kind is AccountingKind.On or AccountingKind.Off)
        {
            if (record.Cause is { } why) WriteCause(ref writer, why);
            return writer.Finish(secret);
        }
        writer.Text(RadiusAttributeType.UserName, session.UserName);
        writer.UInt32(RadiusAttributeType.ServiceType, ServiceTypeFramed);
        writer.UInt32(RadiusAttributeType.FramedProtocol, FramedProtocolPpp);
        writer.UInt32(RadiusAttributeType.AcctAuthentic, (uint)session.Authentic);
        if (session.FramedIpAddress is { } address) writer.Ipv4(RadiusAttributeType.FramedIpAddress, address);
        if (session.FramedIpNetmask is { } netmask) writer.Ipv4(RadiusAttributeType.FramedIpNetmask, netmask);
        writer.Text(RadiusAttributeType.AcctMultiSessionId, session.MultiSessionId);
        writer.UInt32(RadiusAttributeType.AcctLinkCount, record.LinkCount);
        foreach (var octets in session.Classes) writer.Octets(RadiusAttributeType.Class, octets.Span);
        writer.VendorText(RadiusVendor.Mpd, MpdAttributeType.Bundle, session.Bundle);
        writer.VendorText(RadiusVendor.Mpd, MpdAttributeType.Interface, session.Interface);
        if (session.InterfaceIndex != 0) writer.VendorUInt32(RadiusVendor.Mpd, MpdAttributeType.InterfaceIndex, session.InterfaceIndex);
        if (record.Kind is AccountingKind.Interim or AccountingKind.Stop)
        {
            var counters = record.Counters;
            writer.UInt32(RadiusAttributeType.AcctSessionTime, Seconds(record.SessionTime));
            writer.Counter(RadiusAttributeType.AcctInputOctets, RadiusAttributeType.AcctInputGigawords, counters.InputOctets);
            writer.Counter(RadiusAttributeType.AcctOutputOctets, RadiusAttributeType.AcctOutputGigawords, counters.OutputOctets);
            writer.UInt32(RadiusAttributeType.AcctInputPackets, (uint)counters.InputPackets); // it wraps: packets have no Gigawords
            writer.UInt32(RadiusAttributeType.AcctOutputPackets, (uint)counters.OutputPackets);
        }
        if (record is { Kind: AccountingKind.Stop, Cause: { } cause }) WriteCause(ref writer, cause);
        return writer.Finish(secret);
    }

    private static void WriteCause(ref RadiusPacketWriter writer, EndReason cause)
    {
        writer.UInt32(RadiusAttributeType.AcctTerminateCause, (uint)AcctTerminateCause.From(cause));
        writer.VendorText(RadiusVendor.Mpd, MpdAttributeType.TermCause, cause.ToString());
    }

    private static uint Seconds(TimeSpan span) => (uint)Math.Clamp(span.Ticks / TimeSpan.TicksPerSecond, 0, uint.MaxValue);
}
