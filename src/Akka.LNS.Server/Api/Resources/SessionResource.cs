using System.Diagnostics;
using System.Globalization;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class Seconds
{
    public static double Of(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
    public static double? Of(TimeSpan? span) => span is { } there ? Of(there) : null;
}

internal static class SessionResource
{
    /// <summary>Maximum time for an answer of an actor. The response leaves out slower actors.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/sessions/{id}", Get).WithName("getSession").WithSummary("One call, layer by layer")
            .WithDescription("id: an id, or a user, an address or a calling number that one session has. 409: several sessions have it.");

    private static async Task<Results<Ok<SessionDetail>, ProblemHttpResult>> Get(string id, LnsNode node)
    {
        var (call, problem) = SessionFinder.One(node, id);
        if (call is null) return problem!;
        var found = await node.DescribeAsync(call, Patience);
        return TypedResults.Ok(new SessionDetail(SessionRow.Of(call, node.Plane),
            found.Session is { } s ? new SessionLayer(s.State, s.PeerSessionId, Seconds.Of(s.SetupEndsIn)) : null,
            found.Link is { } l ? Of(l) : null,
            found.Bundle is { } b ? Of(b) : null,
            found.Tunnel is { } t ? TunnelLayer.Of(t) : null,
            node.Plane.TryReadCounters(call.Path, out var path) ? new PathLayer(path.Drops, Seconds.Of(Since(path.LastActivityTicks)))
                : null, found.Silent));
    }

    private static LinkLayer Of(LinkDescription link)
    {
        var o = link.Options;
        return new LinkLayer(link.Phase.ToString(), link.Template, o?.Method?.ToString(), By(link.AuthenticatedBy), o?.PeerIdentification
            ?? link.PeerIdentification,
            o?.PeerMru, o?.OurMru, o?.PeerAcceptsPfc, o?.PeerAcceptsAcfc, Hex(o?.OurMagic), Hex(o?.PeerMagic),
            Seconds.Of(link.Policy.EchoInterval), link.Policy.EchoFailures, Seconds.Of(link.NextTimerIn), link.SerialNumber, link.TxSpeed,
                link.RxSpeed);
    }

    private static BundleLayer Of(BundleDescription bundle)
    {
        var p = bundle.Ipcp;
        return new BundleLayer(bundle.Interface, bundle.Template, bundle.Address?.ToString(), p.LocalAddress.ToString(), bundle.Mtu == 0
            ? null : bundle.Mtu, bundle.Forwarding,
            [.. bundle.Networks.Select(static n => n.ToString())], Those(p.PrimaryDns, p.SecondaryDns),
                Those(p.PrimaryNbns, p.SecondaryNbns),
            Seconds.Of(bundle.SessionLimit), Seconds.Of(bundle.SessionEndsIn), Seconds.Of(bundle.IdleLimit), Seconds.Of(bundle.Interim),
                Seconds.Of(bundle.NextInterimIn), Attributes(bundle.Profile), bundle.Warnings);
    }

    private static RadiusDictionary Dictionary => RadiusDictionary.Default;

    private static string? By(AccountingAuthentic? by) => by switch
    {
        null => null,
        AccountingAuthentic.Radius => "radius",
        _ => "local",
    };

    private static string? Hex(uint? value) => value?.ToString("x8", CultureInfo.InvariantCulture);
    private static string[] Those(params Ipv4Address[] addresses) =>
        [.. addresses.Where(static a => !a.IsNone).Select(static a => a.ToString())];

    /// <summary>Time since <paramref name="ticks"/> of <see cref="PathCounters.LastActivityTicks"/>.</summary>
    private static TimeSpan Since(long ticks) =>
        Stopwatch.GetElapsedTime(0) - TimeSpan.FromTicks(ticks) is var idle && idle > TimeSpan.Zero ? idle : TimeSpan.Zero;

    /// <summary>
    /// Attributes of the Access-Accept, without Message-Authenticator. Secrets are hidden. Of an unknown attribute only the length is
    /// shown: its value may be a secret.
    /// </summary>
    internal static List<string> Attributes(SubscriberProfile profile)
    {
        var lines = new List<string>();
        foreach (var attribute in profile.Attributes())
        {
            if (attribute.Type == RadiusAttributeType.MessageAuthenticator || MayHaveChanged(attribute)) continue;
            lines.Add(IsKnown(attribute) ? Dictionary.Render(attribute) : $"Attr-{attribute.Type} = {attribute.Value.Length} octets");
        }
        Add("Session-Timeout", Whole(profile.SessionTimeout));
        Add("Idle-Timeout", Whole(profile.IdleTimeout));
        Add("Acct-Interim-Interval", Whole(profile.AcctInterimInterval));
        foreach (var filter in profile.FilterIds) Add("Filter-Id", $"\"{filter}\"");
        foreach (var limit in profile.MpdLimits) Add("mpd-limit", $"\"{limit}\"");
        foreach (var octets in profile.Classes) Add("Class", "0x" + Convert.ToHexStringLower(octets.Span));
        return lines;

        void Add(string name, string? value)
        {
            if (value is not null) lines.Add($"{name} = {value}");
        }

        static string? Whole(TimeSpan? span) => ((long?)span?.TotalSeconds)?.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Attributes that CoA can change (<see cref="SessionChange"/>). They are shown with their current values.</summary>
    private static bool MayHaveChanged(AttributeView attribute) =>
        attribute.Type is RadiusAttributeType.SessionTimeout or RadiusAttributeType.IdleTimeout
        or RadiusAttributeType.AcctInterimInterval or RadiusAttributeType.FilterId or RadiusAttributeType.Class
        || (VendorAttributeView.TryReadVendor(attribute, out var vendor) && vendor == RadiusVendor.Mpd && IsOnlyLimits(attribute));

    private static bool IsOnlyLimits(AttributeView attribute)
    {
        foreach (var inner in VendorAttributeView.In(attribute))
            if (inner.Type != MpdAttributeType.Limit) return false;
        return true;
    }

    private static bool IsKnown(AttributeView attribute)
    {
        if (!VendorAttributeView.TryReadVendor(attribute, out var vendor)) return Dictionary.Find(0, attribute.Type) is not null;
        foreach (var inner in VendorAttributeView.In(attribute))
            if (Dictionary.Find(vendor, inner.Type) is null) return false;
        return true;
    }
}
