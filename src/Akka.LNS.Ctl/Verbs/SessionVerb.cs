using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class SessionVerb
{
    public static Command Make()
    {
        var id = new Argument<string>("id")
        {
            Description = "An id (the first column of sessions), a user, an address or a calling "
            + "number."
        };
        return new Command("session", "One call, layer by layer.") { id }.Does(async run =>
        {
            var found = await run.Api.GetSessionAsync((await SessionsVerb.OneAsync(run, run.Get(id)!)).Id, run.Cancel);
            if (run.Output.IsJson) run.Output.Json(found, ApiJson.Default.SessionDetail);
            else run.Output.Facts(Describe(found));
            return ExitCode.Ok;
        });
    }

    private static Facts Describe(SessionDetail d)
    {
        var s = d.Session;
        var facts = new Facts().Section("subscriber").Add("id", s.Id).Add("user", s.User).Add("typed user", s.TypedUser)
            .Add("state", s.State).Add("address", s.Address)
            .Add("pool", s.Pool).Add("calling", s.Calling).Add("called", s.Called).Add("call since", Units.Time(s.Since))
            .Add("up since", s.On is { } on ? Units.Time(on) : null)
            .Section("counters").Add("in", $"{Units.Octets(s.InOctets)} ({s.InOctets} octets, {s.InPackets} packets)")
            .Add("out", $"{Units.Octets(s.OutOctets)} ({s.OutOctets} octets, {s.OutPackets} packets)");
        if (d.Path is { } path) facts.Add("dropped", $"{path.Drops} packets").AddSpan("idle for", path.IdleSeconds);
        if (d.Tunnel is { } t) Tunnel(facts, s, t);
        if (d.Call is { } call)
        {
            facts.Section("session").Add("our id", s.SessionId).Add("peer's id", call.PeerSessionId).Add("state", call.State)
                .AddSpan("set-up ends in", call.SetupEndsInSeconds);
        }
        if (d.Link is { } link) Link(facts, link);
        if (d.Bundle is { } bundle) Bundle(facts, bundle);
        if (d.Silent.Count > 0) facts.Section("no answer in time").Add("layers", string.Join(", ", d.Silent));
        return facts;
    }

    private static void Tunnel(Facts facts, SessionRow s, TunnelLayer t) => facts.Section("tunnel").Add("our id", s.TunnelId)
        .Add("peer's id", t.PeerTunnelId).Add("lac", s.Lac).Add("lac address", s.LacAddress).Add("state", t.State)
        .Add("peer entry", t.Peer).Add("link template", t.LinkTemplate).Add("vendor", t.Vendor).Add("receive window", t.ReceiveWindow)
        .Add("authenticated", t.Authenticated).Add("last message", $"{DurationText.Show(t.HeardSecondsAgo)} ago")
        .AddSpan("hello interval", t.HelloIntervalSeconds).AddSpan("next timer in", t.NextTimerInSeconds);

    private static void Link(Facts facts, LinkLayer l) => facts.Section("link").Add("phase", l.Phase).Add("template", l.Template)
        .Add("authentication", l.Method).Add("authenticated by", l.AuthenticatedBy).Add("identification", l.PeerIdentification)
        .Add("peer's MRU", l.PeerMru).Add("our MRU", l.OurMru).Add("peer accepts PFC", l.PeerAcceptsPfc)
        .Add("peer accepts ACFC", l.PeerAcceptsAcfc).Add("our magic number", l.OurMagic).Add("peer's magic number", l.PeerMagic)
        .AddSpan("echo interval", l.EchoIntervalSeconds).Add("echo failures", $"{l.EchoFailures} consecutive failures end the link")
        .AddSpan("next timer in", l.NextTimerInSeconds).Add("call serial number", l.SerialNumber)
        .Add("speed to subscriber", l.TxSpeed == 0 ? null : Units.Speed(l.TxSpeed))
        .Add("speed from subscriber", l.RxSpeed == 0 ? null : Units.Speed(l.RxSpeed));

    private static void Bundle(Facts facts, BundleLayer b)
    {
        facts.Section("bundle").Add("interface", b.Interface).Add("template", b.Template).Add("address", b.Address)
            .Add("own address", b.OwnAddress).Add("MTU", b.Mtu).Add("forwarding", b.Forwarding).Add("routes", string.Join(", ", b.Routes))
            .Add("DNS", string.Join(", ", b.Dns)).Add("NBNS", string.Join(", ", b.Nbns))
            .Section("timers").Add("session limit", Limit(b.SessionLimitSeconds)).AddSpan("session ends in", b.SessionEndsInSeconds)
            .Add("idle limit", Limit(b.IdleLimitSeconds)).Add("interim interval", Limit(b.InterimSeconds))
            .AddSpan("next interim in", b.NextInterimInSeconds);
        if (b.Warnings is { Count: > 0 }) facts.Section("warnings");
        foreach (var warning in b.Warnings ?? [])
        {
            var (route, why) = warning.Split(": ", 2) is [var r, var w] ? (r, w) : (warning, "");
            facts.Add(route, why);
        }
        if (b.Attributes.Count == 0) return;
        facts.Section("attributes");
        foreach (var attribute in b.Attributes)
        {
            var (name, value) = attribute.Split(" = ", 2) is [var n, var v] ? (n, v) : (attribute, "");
            facts.Add(name, value);
        }
    }

    private static string Limit(double? seconds) => seconds is { } s ? DurationText.Show(s) : "none";
}
