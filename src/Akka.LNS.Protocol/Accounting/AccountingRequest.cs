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
    /// <param name="omitted">Attributes that were left out so that the record fits, for the log; empty: none. They go in this order: the
    /// texts of mpd, Connect-Info, the tunnel, then Class from the last one on. All others are always sent.</param>
    /// <param name="withMessageAuthenticator">Adds a Message-Authenticator. FreeRADIUS verifies it; other servers ignore it.</param>
    /// <returns>Number of octets written; 0: the record does not fit into the buffer.</returns>
    public static int Write(Span<byte> buffer, byte identifier, ReadOnlySpan<byte> secret, AccountingRecord record, DateTimeOffset now,
        out string omitted, bool withMessageAuthenticator = true)
    {
        omitted = "";
        var classes = record.Session.Classes;
        var length = Write(buffer, identifier, secret, record, now, withMessageAuthenticator);
        if (length > 0) return length;
        var nas = record.Session.Nas with { Link = "", PeerIdent = "" };
        var less = record with { Session = record.Session with { Nas = nas, Bundle = "", Interface = "", InterfaceIndex = 0 } };
        for (var step = 0; step < 3 + classes.Length; step++)
        {
            if (step == 1) nas = nas with { ConnectInfo = "" };
            else if (step == 2) nas = nas with { Tunnel = null };
            var kept = step <= 2 ? classes : classes[..(classes.Length - (step - 2))];
            less = less with { Session = less.Session with { Nas = nas, Classes = kept } };
            length = Write(buffer, identifier, secret, less, now, withMessageAuthenticator, withCauseText: false);
            if (length == 0) continue;
            omitted = (step switch { 0 => "mpd-*", 1 => "mpd-*, Connect-Info", _ => "mpd-*, Connect-Info, Tunnel-*" })
                + (kept.Length < classes.Length ? $", {classes.Length - kept.Length} of {classes.Length} Class" : "");
            return length;
        }
        return 0;
    }

    private static int Write(Span<byte> buffer, byte identifier, ReadOnlySpan<byte> secret, AccountingRecord record, DateTimeOffset now,
        bool withMessageAuthenticator, bool withCauseText = true)
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
            if (record.Cause is { } why) WriteCause(ref writer, why, withCauseText);
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
        if (record is { Kind: AccountingKind.Stop, Cause: { } cause }) WriteCause(ref writer, cause, withCauseText);
        return writer.Finish(secret);
    }

    private static void WriteCause(ref RadiusPacketWriter writer, EndReason cause, bool withText)
    {
        writer.UInt32(RadiusAttributeType.AcctTerminateCause, (uint)AcctTerminateCause.From(cause));
        if (withText) writer.VendorText(RadiusVendor.Mpd, MpdAttributeType.TermCause, cause.ToString());
    }

    private static uint Seconds(TimeSpan span) => (uint)Math.Clamp(span.Ticks / TimeSpan.TicksPerSecond, 0, uint.MaxValue);
}
