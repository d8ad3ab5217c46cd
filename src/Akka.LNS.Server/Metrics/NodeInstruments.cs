using System.Diagnostics.Metrics;
using Akka.LNS.Actors;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Radius;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Server.Node;
using DropReason = Akka.LNS.DataPlane.Contract.DropReason;

namespace Akka.LNS.Server.Metrics;

/// <summary>
/// What the node counts anyway as observable instruments: read when somebody scrapes, at a cost that does not depend on how many subscribers there are. Values of labels
/// come from the settings and from enumerations, never from who dials in.
/// </summary>
internal sealed class NodeInstruments
{
    private readonly LnsNode _node;
    private readonly TimeProvider _clock;
    private readonly Meter _meter;

    private NodeInstruments(LnsNode node, TimeProvider clock) => (_node, _clock, _meter) = (node, clock, node.Meter.Meter);

    /// <summary>Once for each node.</summary>
    public static void AddTo(LnsNode node, TimeProvider clock)
    {
        var instruments = new NodeInstruments(node, clock);
        instruments.AddNode();
        instruments.AddLoad();
        instruments.AddEnds();
        instruments.AddRadius();
        instruments.AddAccounting();
        instruments.AddDataPlane();
    }

    private void AddNode()
    {
        var counters = _node.Counters;
        Measurement<long> build = new(1, Tag("version", LnsdVersion.Text), Tag("node", _node.Settings.NodeName), Tag("group", _node.Settings.Group.Name));
        Gauge("build.info", null, "Always 1; its labels say what runs here", () => [build]);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        _meter.CreateObservableGauge("akka.lns.start_time", () => started, "s", "When the process was started, seconds since 1970 UTC");

        Gauge("tunnels", "{tunnel}", "Control connections, those that are being set up or closed included", () => counters.Tunnels);
        Gauge("tunnels.closing", "{tunnel}", "Of the tunnels, those that are down and wait for a last acknowledgement", () => counters.TunnelsClosing);
        Gauge("sessions", "{session}", "Calls, those in set-up included", () => counters.Sessions);
        Gauge("sessions.in_setup", "{session}", "Calls whose subscriber is not up yet", () => _node.Admission.InSetup);
        Gauge("links", "{link}", "PPP links", () => counters.Links);
        Gauge("bundles", "{bundle}", "Subscribers whose network is set up or being set up", () => counters.Bundles);
        Gauge("paths", "{path}", "Paths that are open in the data plane", () => _node.Plane.PathCount);
        Gauge("sessions.limit", "{session}", "Sessions that this node may have", () => _node.Settings.Sessions.Max);

        Gauge("thread_pool.threads", "{thread}", "Threads of the thread pool, which actors run on", static () => ThreadPool.ThreadCount);
        Gauge("thread_pool.queue.length", "{work_item}", "Work that waits for a thread of the thread pool", static () => ThreadPool.PendingWorkItemCount);

        Counter("setups", "{setup}", "Subscribers that came up", () => counters.SetUps);
        Counter("tunnels.opened", "{tunnel}", "Tunnels that came up", () => counters.TunnelsOpened);
        Counter("logins", "{login}", "Logins by result", () =>
        [
            new(counters.Logins - counters.LoginsRefused, Tag("result", "accepted")), new(counters.LoginsRefused, Tag("result", "refused")),
        ]);
        Counter("realms.refused", "{login}", "Of the refused logins, those whose realm is unknown or refused: no server was asked", () => counters.RealmsRefused);

        Gauge("pool.addresses", "{address}", "Addresses that a pool may give",
            () => _node.PoolUses.Select(static p => new Measurement<long>(p.Use.Capacity, Tag("pool", p.Name))));
        Gauge("pool.addresses.used", "{address}", "Addresses of a pool that somebody has",
            () => _node.PoolUses.Select(static p => new Measurement<long>(p.Use.Used, Tag("pool", p.Name))));
    }

    private void AddLoad()
    {
        Gauge("queue.messages", "{message}", "Messages that wait: serial for tunnels, sessions, links, bundles and the interface gate, parallel for RADIUS", () =>
        {
            var load = _node.Load;
            return [new(load.SerialDepth, Tag("queue", "serial")), new(load.ParallelDepth, Tag("queue", "parallel"))];
        });
        Gauge("load", null, "The weighted sum of both queues", () => _node.Load.Load);
        Gauge("load.refuse_from", null, "Load from which a share of new tunnels and calls is refused", () => _node.Settings.Overload.RefuseFrom);
        Gauge("load.refuse_all", null, "Load from which all new tunnels and calls are refused", () => _node.Settings.Overload.RefuseAll);
        string[] verdicts = ["open", "early", "closed", "draining"];
        Gauge("verdict", null, "1 for what holds of new tunnels and calls now: open, early (some are refused by chance), closed (all, or all that need RADIUS), draining", () =>
        {
            var now = Verdict.Of(_node.IsStopping, _node.Admission);
            return [.. verdicts.Select(v => new Measurement<long>(v == now ? 1 : 0, Tag("verdict", v)))];
        });
        Counter("refusals", null, "Tunnels and calls that were refused, by entry of tunnels.peers (unknown: none fits) and reason", Refusals);
    }

    private IEnumerable<Measurement<long>> Refusals()
    {
        var sums = new Dictionary<(string Entry, RefusalReason Reason), long> { [("unknown", RefusalReason.UnknownLac)] = 0 };
        foreach (var row in _node.Counters.Refusals.All) sums[(row.Entry, row.Reason)] = sums.GetValueOrDefault((row.Entry, row.Reason)) + row.Count;
        return sums.Select(static s => new Measurement<long>(s.Value, Tag("lac", s.Key.Entry), Tag("reason", s.Key.Reason.ToString())));
    }

    private void AddEnds()
    {
        var counters = _node.Counters;
        var ends = Enum.GetValues<EndLayer>().SelectMany(static layer => Enum.GetValues<EndCause>(), static (layer, cause) => (layer, cause)).ToArray();
        Counter("disconnects", "{session}", "Sessions that ended, those that never came up included, by layer and cause", () => ends
            .Select(e => (e.layer, e.cause, Count: counters.Ended(e.layer, e.cause)))
            .Where(static e => e.Count > 0 || e is { layer: EndLayer.Link, cause: EndCause.UserRequest }) // 140 series of which few ever count
            .Select(static e => new Measurement<long>(e.Count, Tag("layer", e.layer.ToString()), Tag("cause", e.cause.ToString()))));
        Counter("tunnels.ended", "{tunnel}", "Tunnels that ended, those that never came up included, by cause", () => ByEnum<EndCause>("cause", counters.TunnelsEnded));

        Counter("control.retransmissions", "{message}", "L2TP control messages that were sent again because the LAC did not acknowledge in time", () => counters.ControlRetransmits);
        Counter("control.dropped", "{message}", "L2TP control messages that were dropped, by reason; Duplicate is what a LAC sent again", () =>
        [
            .. ByEnum<L2tpError>("reason", counters.Dropped).Where(static m => !m.Tags[0].Value!.Equals(nameof(L2tpError.None))),
            new(counters.UnknownTunnel, Tag("reason", "UnknownTunnel")), new(counters.UnknownSession, Tag("reason", "UnknownSession")), new(counters.WrongPeer, Tag("reason", "WrongPeer")),
        ]);
        Counter("ppp.dropped", "{frame}", "PPP control frames that were dropped, by reason",
            () => ByEnum<PppError>("reason", counters.Dropped).Where(static m => !m.Tags[0].Value!.Equals(nameof(PppError.None))));
    }

    private void AddRadius()
    {
        var counters = _node.Counters;
        Gauge("radius.workers", "{request}", "Requests that may be outstanding at a time", () => _node.Settings.Radius.Workers);
        Gauge("radius.outstanding", "{request}", "Requests that are outstanding", () => _node.Radius.Outstanding);
        Gauge("radius.available", null, "1 while a server that authenticates may be asked, or none is needed", () => _node.Radius.CanAuthenticate ? 1 : 0);
        Gauge("radius.backlog", "{request}", "Requests that wait for a worker, by class", () => ByClass(static c => c.Waiting));
        Counter("radius.backlog.refused", "{request}", "Requests that found their backlog full, by class", () => ByClass(static c => c.Refused));
        Counter("radius.backlog.expired", "{request}", "Requests that waited until their deadline and were not sent, by class", () => ByClass(static c => c.Expired));
        _meter.CreateObservableGauge("akka.lns.radius.login.oldest_wait", () => _node.Radius.OldestLogin is { } since ? (_node.Clock.Now - since).TotalSeconds : 0, "s",
            "How long the login waits that waits longest for a worker; 0: none does");

        Gauge("radius.server.outstanding", "{request}", "Requests that a server is being asked", () => ByServer(static s => s.Outstanding));
        Gauge("radius.server.up", null, "1 while a server may be asked, 0 while it counts as dead or is only being tried", () =>
            ByServer(static s => s.Standing is ServerStanding.Up or ServerStanding.Suspect ? 1 : 0));
        Counter("radius.server.answers", "{request}", "Requests that a server answered", () => ByServer(static s => s.Answers));
        Counter("radius.server.timeouts", "{request}", "Requests that a server did not answer in all their attempts", () => ByServer(static s => s.Timeouts));
        Counter("radius.server.retries", "{packet}", "Packets that were sent to a server again", () => ByServer(static s => s.Retries));
        Counter("radius.server.probes", "{packet}", "Status-Server probes that were sent to a server", () => ByServer(static s => s.Probes));
        Counter("radius.dropped", "{packet}", "RADIUS answers that were dropped, by reason; late: to a request that is over, flooded: too many for one request", () =>
        [
            .. ByEnum<RadiusError>("reason", counters.Dropped).Where(static m => !m.Tags[0].Value!.Equals(nameof(RadiusError.None))),
            new(counters.RadiusLate, Tag("reason", "Late")), new(counters.RadiusFlooded, Tag("reason", "Flooded")),
        ]);
    }

    private void AddAccounting()
    {
        Gauge("spool.records", "{record}", "Starts and Stops that no server has acknowledged yet", () => _node.Spool.Waiting);
        _meter.CreateObservableGauge("akka.lns.spool.oldest_age", () => _node.Spool.Oldest is { } since ? Math.Max(0, (_clock.GetUtcNow() - since).TotalSeconds) : 0, "s",
            "Age of the oldest record that waits for its next turn; 0: none does");
        Gauge("spool.size", "By", "Size of the spool's file; 0: there is none", () => _node.Spool.Octets);
        Gauge("spool.failing", null, "1 while the spool's file cannot be written", () => _node.Spool.IsFailing ? 1 : 0);
        Counter("spool.lost", "{record}", "Records that found no place", () => _node.Spool.Lost);
        Counter("accounting.interims.superseded", "{record}", "Interim-Updates that a later record made needless", () => _node.Counters.InterimsSuperseded);
    }

    private void AddDataPlane()
    {
        Plane("dataplane.io", "By", "IP octets, without PPP and L2TP; in: from subscribers", static p => ((long)p.InOctets, (long)p.OutOctets));
        Plane("dataplane.packets", "{packet}", "IP packets; in: from subscribers", static p => ((long)p.InPackets, (long)p.OutPackets));
        Plane("dataplane.control.messages", "{message}", "L2TP control messages, acknowledgements included", static p => ((long)p.ControlIn, (long)p.ControlOut));
        Plane("dataplane.ppp.frames", "{frame}", "PPP frames that are no IP packets", static p => ((long)p.PppIn, (long)p.PppOut));
        Counter("dataplane.drops", "{packet}", "Packets and messages that were dropped, by reason", () =>
        {
            var now = _node.Plane.ReadPlaneCounters();
            return ByEnum<DropReason>("reason", reason => (long)now.Dropped(reason));
        });
        Counter("dataplane.fragmented", "{packet}", "Packets that were sent in fragments", () => (long)_node.Plane.ReadPlaneCounters().Fragmented);
        Counter("dataplane.icmp.sent", "{packet}", "ICMP messages of our own", () => (long)_node.Plane.ReadPlaneCounters().IcmpSent);
        Counter("dataplane.mss.clamped", "{packet}", "TCP SYNs whose MSS was lowered", () => (long)_node.Plane.ReadPlaneCounters().MssClamped);
    }

    private void Plane(string name, string unit, string help, Func<PlaneCounters, (long In, long Out)> read) => Counter(name, unit, help, () =>
    {
        var now = read(_node.Plane.ReadPlaneCounters());
        return [new(now.In, Tag("direction", "in")), new(now.Out, Tag("direction", "out"))];
    });

    private Measurement<long>[] ByClass(Func<RadiusClassCondition, long> read)
    {
        var now = _node.Radius;
        return [new(read(now.Authentication), Tag("class", "authentication")), new(read(now.StartStop), Tag("class", "start-stop")), new(read(now.Interim), Tag("class", "interim"))];
    }

    private IEnumerable<Measurement<long>> ByServer(Func<RadiusServerCondition, long> read) => _node.Radius.Servers.Select(s =>
    {
        var tags = new RadiusServerTags(s.Name, s.IsAccounting);
        return new Measurement<long>(read(s), tags.Name, tags.Service);
    });

    private static IEnumerable<Measurement<long>> ByEnum<T>(string label, Func<T, long> read) where T : struct, Enum =>
        Enum.GetValues<T>().Select(value => new Measurement<long>(read(value), Tag(label, value.ToString())));

    private void Gauge(string name, string? unit, string help, Func<long> read) => _meter.CreateObservableGauge($"akka.lns.{name}", read, unit, help);
    private void Gauge(string name, string? unit, string help, Func<IEnumerable<Measurement<long>>> read) => _meter.CreateObservableGauge($"akka.lns.{name}", read, unit, help);
    private void Counter(string name, string? unit, string help, Func<long> read) => _meter.CreateObservableCounter($"akka.lns.{name}", read, unit, help);
    private void Counter(string name, string? unit, string help, Func<IEnumerable<Measurement<long>>> read) => _meter.CreateObservableCounter($"akka.lns.{name}", read, unit, help);

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
