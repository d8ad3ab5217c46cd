using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class SessionVerb
{
    public static Command Make()
    {
        var id = new Argument<string>("id") { Description = "Acct-Session-Id, the first column of sessions." };
        return new Command("session", "One call, layer by layer.") { id }.Does(async run =>
        {
            var found = await run.Api.GetSessionAsync(run.Get(id)!, run.Cancel);
            if (run.Output.IsJson) run.Output.Json(found, ApiJson.Default.SessionDetail);
            else run.Output.Facts(Describe(found));
            return ExitCode.Ok;
        });
    }

    private static Facts Describe(SessionDetail d)
    {
        var s = d.Session;
        var facts = new Facts().Section("subscriber").Add("id", s.Id).Add("user", s.User).Add("state", s.State).Add("address", s.Address).Add("pool", s.Pool)
            .Add("calling", s.Calling).Add("called", s.Called).Add("called in", Units.Time(s.Since)).Add("on since", s.On is { } on ? Units.Time(on) : null)
            .Section("counters").Add("in", $"{Units.Octets(s.InOctets)} ({s.InOctets} octets, {s.InPackets} packets)")
            .Add("out", $"{Units.Octets(s.OutOctets)} ({s.OutOctets} octets, {s.OutPackets} packets)");
        if (d.Path is { } path) facts.Add("dropped", $"{path.Drops} packets").Add("idle for", Units.Duration(path.IdleSeconds));
        if (d.Tunnel is { } t) Tunnel(facts, s, t);
        if (d.Call is { } call)
        {
            facts.Section("session").Add("our id", Units.Number(s.SessionId)).Add("peer's id", Units.Number(call.PeerSessionId)).Add("state", call.State)
                .Add("set-up ends in", Seconds(call.SetupEndsInSeconds));
        }
        if (d.Link is { } link) Link(facts, link);
        if (d.Bundle is { } bundle) Bundle(facts, bundle);
        if (d.Silent.Count > 0) facts.Section("no answer in time").Add("layers", string.Join(", ", d.Silent));
        return facts;
    }

    private static void Tunnel(Facts facts, SessionRow s, TunnelLayer t) => facts.Section("tunnel").Add("our id", Units.Number(s.TunnelId)).Add("peer's id", Units.Number(t.PeerTunnelId))
        .Add("lac", s.Lac).Add("lac address", s.LacAddress).Add("state", t.State).Add("peer entry", t.Peer).Add("link template", t.LinkTemplate).Add("vendor", t.Vendor)
        .Add("receive window", t.ReceiveWindow?.ToString(CultureInfo.InvariantCulture)).Add("authenticated", t.Authenticated ? "yes" : "no").Add("heard", $"{Units.Duration(t.HeardSecondsAgo)} ago")
        .Add("hello each", Units.Duration(t.HelloIntervalSeconds)).Add("next timer in", Seconds(t.NextTimerInSeconds));

    private static void Link(Facts facts, LinkLayer l) => facts.Section("link").Add("phase", l.Phase).Add("template", l.Template).Add("authentication", l.Method)
        .Add("authenticated by", l.AuthenticatedBy).Add("identification", l.PeerIdentification).Add("peer's MRU", l.PeerMru?.ToString(CultureInfo.InvariantCulture))
        .Add("our MRU", l.OurMru?.ToString(CultureInfo.InvariantCulture)).Add("peer accepts PFC", YesNo(l.PeerAcceptsPfc)).Add("peer accepts ACFC", YesNo(l.PeerAcceptsAcfc))
        .Add("our magic number", l.OurMagic).Add("peer's magic number", l.PeerMagic).Add("echo each", $"{Units.Duration(l.EchoIntervalSeconds)}, ends after {l.EchoFailures} without an answer")
        .Add("next timer in", Seconds(l.NextTimerInSeconds)).Add("call serial number", l.SerialNumber.ToString(CultureInfo.InvariantCulture))
        .Add("speed to subscriber", l.TxSpeed == 0 ? null : Units.Speed(l.TxSpeed)).Add("speed from subscriber", l.RxSpeed == 0 ? null : Units.Speed(l.RxSpeed));

    private static void Bundle(Facts facts, BundleLayer b)
    {
        facts.Section("bundle").Add("interface", b.Interface).Add("template", b.Template).Add("address", b.Address).Add("own address", b.OwnAddress)
            .Add("MTU", b.Mtu?.ToString(CultureInfo.InvariantCulture)).Add("forwarding", YesNo(b.Forwarding)).Add("routes", string.Join(", ", b.Routes))
            .Add("DNS", string.Join(", ", b.Dns)).Add("NBNS", string.Join(", ", b.Nbns)).Section("timers").Add("session limit", Seconds(b.SessionLimitSeconds) ?? "none")
            .Add("session ends in", Seconds(b.SessionEndsInSeconds)).Add("idle limit", Seconds(b.IdleLimitSeconds) ?? "none")
            .Add("interim each", Seconds(b.InterimSeconds) ?? "never").Add("next interim in", Seconds(b.NextInterimInSeconds));
        if (b.Attributes.Count == 0) return;
        facts.Section("attributes");
        foreach (var attribute in b.Attributes)
        {
            var (name, value) = attribute.Split(" = ", 2) is [var n, var v] ? (n, v) : (attribute, "");
            facts.Add(name, value);
        }
    }

    private static string? Seconds(double? seconds) => seconds is { } s ? Units.Duration(s) : null;

    private static string? YesNo(bool? value) => value is { } there ? there ? "yes" : "no" : null;
}
