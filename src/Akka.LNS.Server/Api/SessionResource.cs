using System.Globalization;
using Akka.LNS.Actors;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Client;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

internal static class Seconds
{
    public static double Of(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
    public static double? Of(TimeSpan? span) => span is { } there ? Of(there) : null;
}

internal static class SessionResource
{
    /// <summary>An actor that is slower is left out of the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(RouteGroupBuilder v1) => v1.MapGet("/sessions/{id}", Get).WithName("getSession").WithSummary("One call, layer by layer");

    private static async Task<Results<Ok<SessionDetail>, ProblemHttpResult>> Get(string id, LnsNode node)
    {
        if (node.Calls.Find(id) is not { } call) return Problem.NotFound($"there is no session '{id}'");
        var found = await node.DescribeAsync(call, Patience);
        return TypedResults.Ok(new SessionDetail(SessionRow.Of(call, node.Plane),
            found.Session is { } s ? new SessionLayer(s.State, s.PeerSessionId, Seconds.Of(s.SetupEndsIn)) : null,
            found.Link is { } l ? Of(l) : null,
            found.Bundle is { } b ? Of(b) : null,
            found.Tunnel is { } t ? TunnelLayer.Of(t) : null, found.Silent));
    }

    private static LinkLayer Of(LinkDescription link)
    {
        var o = link.Options;
        return new LinkLayer(link.Phase.ToString(), link.Template, o?.Method?.ToString(), By(link.AuthenticatedBy), o?.PeerIdentification ?? link.PeerIdentification,
            o?.PeerMru, o?.OurMru, o?.PeerAcceptsPfc, o?.PeerAcceptsAcfc, Hex(o?.OurMagic), Hex(o?.PeerMagic),
            Seconds.Of(link.Policy.EchoInterval), link.Policy.EchoFailures, Seconds.Of(link.NextTimerIn), link.SerialNumber, link.TxSpeed, link.RxSpeed);
    }

    private static BundleLayer Of(BundleDescription bundle)
    {
        var p = bundle.Ipcp;
        return new BundleLayer(bundle.Interface, bundle.Template, bundle.Address?.ToString(), p.LocalAddress.ToString(), bundle.Mtu == 0 ? null : bundle.Mtu, bundle.Forwarding,
            [.. bundle.Profile.FramedRoutes.Select(static r => r.Destination.ToString())], Those(p.PrimaryDns, p.SecondaryDns), Those(p.PrimaryNbns, p.SecondaryNbns),
            Seconds.Of(bundle.SessionLimit), Seconds.Of(bundle.SessionEndsIn), Seconds.Of(bundle.IdleLimit), Seconds.Of(bundle.NextInterimIn), Attributes(bundle.Profile));
    }

    private static string? By(AccountingAuthentic? by) => by switch
    {
        null => null,
        AccountingAuthentic.Radius => "radius",
        _ => "local",
    };

    private static string? Hex(uint? value) => value?.ToString("x8", CultureInfo.InvariantCulture);
    private static string[] Those(params Ipv4Address[] addresses) => [.. addresses.Where(static a => !a.IsNone).Select(static a => a.ToString())];

    /// <summary>By name, only those that are known to hold no secret: the attributes as they came may have keys among them.</summary>
    private static List<string> Attributes(SubscriberProfile p)
    {
        var lines = new List<string>();
        Add("Framed-IP-Address", p.AddressChoice == FramedAddressChoice.Fixed ? p.FramedIpAddress : null);
        Add("Framed-IP-Netmask", p.FramedIpNetmask);
        foreach (var route in p.FramedRoutes) Add("Framed-Route", $"{route.Destination} {route.Gateway} {route.Metric}");
        Add("Framed-MTU", p.FramedMtu);
        Add("Framed-Pool", p.FramedPool);
        Add("Session-Timeout", Whole(p.SessionTimeout));
        Add("Idle-Timeout", Whole(p.IdleTimeout));
        Add("Acct-Interim-Interval", Whole(p.AcctInterimInterval));
        foreach (var filter in p.FilterIds) Add("Filter-Id", filter);
        foreach (var limit in p.MpdLimits) Add("mpd-limit", limit);
        foreach (var octets in p.Classes) Add("Class", "0x" + Convert.ToHexStringLower(octets.Span));
        Add("Reply-Message", p.ReplyMessage);
        Add("MS-Primary-DNS-Server", p.PrimaryDns);
        Add("MS-Secondary-DNS-Server", p.SecondaryDns);
        Add("MS-Primary-NBNS-Server", p.PrimaryNbns);
        Add("MS-Secondary-NBNS-Server", p.SecondaryNbns);
        Add("mpd-action", p.MpdAction);
        return lines;

        void Add(string name, object? value)
        {
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text) lines.Add($"{name} = {text}");
        }

        static long? Whole(TimeSpan? span) => (long?)span?.TotalSeconds;
    }
}
