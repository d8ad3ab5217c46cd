using System.Diagnostics.Metrics;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
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
/// Counters and gauges of the node as observable instruments. A scrape reads them, and its cost does not depend on the number of
/// subscribers. Label values come from the settings and from enumerations, never from subscribers.
/// </summary>
internal sealed class NodeInstruments
{
    private readonly LnsNode _node;
    private readonly TimeProvider _clock;
    private readonly Meter _meter;

    private NodeInstruments(LnsNode node, TimeProvider clock) => (_node, _clock, _meter) = (node, clock, node.Meter.Meter);

    /// <summary>Adds the instruments to the meter of the node. Call it once per node.</summary>
    public static void AddTo(LnsNode node, TimeProvider clock)
    {
        var instruments = new NodeInstruments(node, clock);
        instruments.AddNode();
        instruments.AddLacs();
        instruments.AddLoad();
        instruments.AddEnds();
        instruments.AddRadius();
        instruments.AddEmptyAttributes();
        instruments.AddAccounting();
        instruments.AddDataPlane();
    }

    private void AddNode()
    {
        var counters = _node.Counters;
        Measurement<long> build =
            new(1, Tag("version", LnsdVersion.Text), Tag("node", _node.Settings.NodeName), Tag("group", _node.Settings.Group.Name));
        Gauge("build.info", null, "Always 1; the labels have version, node name and group", () => [build]);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        _meter.CreateObservableGauge("akka.lns.start_time", () => started, "s", "Start time of the process in seconds since 1970 UTC");

        Gauge("file_descriptors", "{file_descriptor}", "Open file descriptors of the process", static () => FileDescriptors.Open());
        Gauge("file_descriptors.limit", "{file_descriptor}", "Maximum number of open file descriptors", static () =>
            FileDescriptors.Limit());

        Gauge("tunnels", "{tunnel}", "Control connections, including those in set-up and in closing", () => counters.Tunnels);
        Gauge("tunnels.closing", "{tunnel}", "Tunnels that are down and wait for a last acknowledgement", () => counters.TunnelsClosing);
        Gauge("sessions", "{session}", "Calls, including those in set-up", () => counters.Sessions);
        Gauge("sessions.in_setup", "{session}", "Calls whose subscriber is not up yet", () => _node.Admission.InSetup);
        Gauge("links", "{link}", "PPP links", () => counters.Links);
        Gauge("bundles", "{bundle}", "Subscribers with a network layer that is up or in set-up", () => counters.Bundles);
        Gauge("paths", "{path}", "Open paths of the data plane", () => _node.Plane.PathCount);
        Gauge("sessions.limit", "{session}", "Maximum number of sessions of this node", () => _node.Settings.Sessions.Max);

        Gauge("thread_pool.threads", "{thread}", "Threads of the thread pool that runs the actors", static () => ThreadPool.ThreadCount);
        Gauge("thread_pool.queue.length", "{work_item}", "Work items that wait for a thread of the thread pool",
            static () => ThreadPool.PendingWorkItemCount);

        Counter("setups", "{setup}", "Subscribers that came up", () => counters.SetUps);
        Counter("trace.dropped", "{record}", "Records of traces dropped because of a slow reader or the limit of records per second",
            () => _node.TraceRecordsDropped);
        Counter("tunnels.opened", "{tunnel}", "Tunnels that came up", () => counters.TunnelsOpened);
        Counter("logins", "{login}", "Logins by result", () =>
        [
            new(counters.Logins - counters.LoginsRefused, Tag("result", "accepted")), new(counters.LoginsRefused, Tag("result", "refused")),
        ]);
        Counter("realms.refused", "{login}", "Refused logins with a realm that is unknown or refused, without a RADIUS request",
            () => counters.RealmsRefused);

        Counter("route.problems", "{route}", "Problems with routes and addresses of subscribers: Refused by the node, refused by the "
            + "Kernel, Overlap, Needed (the node needs an address that a subscriber has)",
            () => ByEnum<RouteProblem>("problem", counters.RouteProblems));

        Gauge("pool.addresses", "{address}", "Addresses of a pool",
            () => _node.PoolUses.Select(static p => new Measurement<long>(p.Use.Capacity, Tag("pool", p.Name))));
        Gauge("pool.addresses.used", "{address}", "Addresses of a pool that are in use",
            () => _node.PoolUses.Select(static p => new Measurement<long>(p.Use.Used, Tag("pool", p.Name))));
    }

    /// <summary>Numbers by entry of <c>tunnels.peers</c>. A Host Name is never a label: peers choose it.</summary>
    private void AddLacs()
    {
        var tunnels = _node.Tunnels;
        Gauge("lac.tunnels", "{tunnel}", "Tunnels that are up, by entry of tunnels.peers", () => ByPeer(static p => p.Tunnels));
        Gauge("lac.sessions", "{session}", "Calls, including those in set-up, by entry of tunnels.peers",
            () => ByPeer(static p => p.Sessions));
        Counter("lac.setups", "{setup}", "Subscribers that came up, by entry of tunnels.peers", () => ByPeer(static p => p.SetUps));
        Counter("lac.setups.failed", "{session}",
            "Calls that ended before their subscriber came up, by entry of tunnels.peers and class of the cause",
            () => ByPeerAndClass(static (p, why) => p.SetUpsFailed(why), EndClass.Login));
        Counter("lac.disconnects", "{session}",
            "Calls that ended after their subscriber came up, by entry of tunnels.peers and class of the cause",
            () => ByPeerAndClass(static (p, why) => p.SessionsEnded(why), EndClass.User));

        IEnumerable<Measurement<long>> ByPeer(Func<PeerEntry, long> read) =>
            tunnels.Peers.Select(p => new Measurement<long>(read(p), Tag("lac", p.Name)));

        // the usual class is there from the start, so that its rate has a first value
        IEnumerable<Measurement<long>> ByPeerAndClass(Func<PeerEntry, EndClass, long> read, EndClass usual) =>
            from peer in tunnels.Peers
            from why in Enum.GetValues<EndClass>()
            let count = read(peer, why)
            where count > 0 || why == usual
            select new Measurement<long>(count, Tag("lac", peer.Name), Tag("class", why.ToString()));
    }

    private void AddLoad()
    {
        Gauge("queue.messages", "{message}",
            "Waiting messages: serial for tunnels, sessions, links, bundles and the interface gate, parallel for RADIUS", () =>
        {
            var load = _node.Load;
            return [new(load.SerialDepth, Tag("queue", "serial")), new(load.ParallelDepth, Tag("queue", "parallel"))];
        });
        Gauge("load", null, "Load: the weighted sum of both queues", () => _node.Load.Load);
        Gauge("load.refuse_from", null, "Load from which a share of new tunnels and calls is refused",
            () => _node.Settings.Overload.RefuseFrom);
        Gauge("load.refuse_all", null, "Load from which all new tunnels and calls are refused", () => _node.Settings.Overload.RefuseAll);
        string[] verdicts = ["open", "early", "closed", "draining"];
        Gauge("verdict", null, "1 for the current verdict on new tunnels and calls: open, early (a share is refused), "
            + "closed (all, or all that need RADIUS), draining", () =>
        {
            var now = Verdict.Of(_node.IsStopping, _node.Admission);
            return [.. verdicts.Select(v => new Measurement<long>(v == now ? 1 : 0, Tag("verdict", v)))];
        });
        Counter("refusals", null, "Refused tunnels and calls, by entry of tunnels.peers (unknown: no entry matches) and reason", Refusals);
    }

    private IEnumerable<Measurement<long>> Refusals()
    {
        var sums = new Dictionary<(string Entry, RefusalReason Reason), long> { [("unknown", RefusalReason.UnknownLac)] = 0 };
        foreach (var row in _node.Counters.Refusals.All) sums[(row.Entry, row.Reason)] = sums.GetValueOrDefault((row.Entry, row.Reason))
            + row.Count;
        return sums.Select(static s => new Measurement<long>(s.Value, Tag("lac", s.Key.Entry), Tag("reason", s.Key.Reason.ToString())));
    }

    private void AddEnds()
    {
        var counters = _node.Counters;
        var ends = Enum.GetValues<EndLayer>()
            .SelectMany(static layer => Enum.GetValues<EndCause>(), static (layer, cause) => (layer, cause)).ToArray();
        Counter("disconnects", "{session}", "Ended sessions, including those that never came up, by layer and cause", () => ends
            .Select(e => (e.layer, e.cause, Count: counters.Ended(e.layer, e.cause)))
            // there are 140 combinations, and most are never used
            .Where(static e => e.Count > 0 || e is { layer: EndLayer.Link, cause: EndCause.UserRequest })
            .Select(static e => new Measurement<long>(e.Count, Tag("layer", e.layer.ToString()), Tag("cause", e.cause.ToString()))));
        Counter("tunnels.ended", "{tunnel}", "Ended tunnels, including those that never came up, by cause",
            () => ByEnum<EndCause>("cause", counters.TunnelsEnded));

        Counter("tunnels.evicted", "{tunnel}", "Tunnels that were not up and were ended early for a newer one",
            () => counters.TunnelsEvicted);
        Counter("control.retransmissions", "{message}", "Retransmitted L2TP control messages", () => counters.ControlRetransmits);
        Counter("control.dropped", "{message}", "Dropped L2TP control messages by reason; Duplicate: a retransmission of the LAC", () =>
        [
            .. ByEnum<L2tpError>("reason", counters.Dropped).Where(static m => !m.Tags[0].Value!.Equals(nameof(L2tpError.None))),
            new(counters.UnknownTunnel, Tag("reason", "UnknownTunnel")), new(counters.UnknownSession, Tag("reason", "UnknownSession")),
                new(counters.WrongPeer, Tag("reason", "WrongPeer")),
            new(counters.NewTunnelsQueueFull, Tag("reason", "NewTunnelsQueueFull")),
            new(counters.TunnelQueueFull, Tag("reason", "TunnelQueueFull")), new(counters.NotReady, Tag("reason", "NotReady")),
        ]);
        Counter("ppp.dropped", "{frame}", "Dropped PPP control frames by reason",
            () => ByEnum<PppError>("reason", counters.Dropped).Where(static m => !m.Tags[0].Value!.Equals(nameof(PppError.None))));
    }

    private void AddRadius()
    {
        var counters = _node.Counters;
        Gauge("radius.workers", "{request}", "Maximum number of outstanding requests", () => _node.Settings.Radius.Workers);
        Gauge("radius.outstanding", "{request}", "Outstanding requests", () => _node.Radius.Outstanding);
        Gauge("radius.available", null, "1 while an authentication server is available, or none is needed",
            () => _node.Radius.CanAuthenticate ? 1 : 0);
        Gauge("radius.backlog", "{request}", "Requests that wait for a worker, by class", () => ByClass(static c => c.Waiting));
        Counter("radius.logins.refused", "{login}",
            "Logins refused without a RADIUS request by reason: failing (the last ones of the line failed), frequent (too many)", () =>
            [new(_node.Radius.Refusals.Failing, Tag("reason", "failing")), new(_node.Radius.Refusals.Frequent, Tag("reason", "frequent"))]);
        Gauge("radius.lines.waiting", "{line}", "Lines that wait because their logins failed", () => _node.Radius.Refusals.Waiting);
        Gauge("radius.lines.remembered", "{line}", "Lines whose last logins are remembered", () => _node.Radius.Refusals.Remembered);
        Counter("radius.backlog.refused", "{request}", "Requests refused because of a full backlog, by class",
            () => ByClass(static c => c.Refused));
        Counter("radius.backlog.expired", "{request}", "Requests that expired in the backlog, by class",
            () => ByClass(static c => c.Expired));
        _meter.CreateObservableGauge("akka.lns.radius.login.oldest_wait", () => _node.Radius.OldestLogin is { } since
            ? (_node.Clock.Now - since).TotalSeconds : 0, "s",
            "Age of the oldest login that waits for a worker; 0: none waits");

        Gauge("radius.server.outstanding", "{request}", "Outstanding requests of a server", () => ByServer(static s => s.Outstanding));
        Gauge("radius.server.up", null, "1 while a server is up or suspect, 0 while it is dead or half-open", () =>
            ByServer(static s => s.Standing is ServerStanding.Up or ServerStanding.Suspect ? 1 : 0));
        Counter("radius.server.answers", "{request}", "Requests that a server answered", () => ByServer(static s => s.Answers));
        Counter("radius.server.timeouts", "{request}", "Requests without an answer after all attempts",
            () => ByServer(static s => s.Timeouts));
        Counter("radius.server.retries", "{packet}", "Packets that were retransmitted to a server", () => ByServer(static s => s.Retries));
        Counter("radius.server.probes", "{packet}", "Status-Server probes that were sent to a server",
            () => ByServer(static s => s.Probes));
        Counter("radius.dropped", "{packet}",
            "Dropped RADIUS answers by reason; Late: the request had ended; Flooded: too many for one request; SocketOverflow: by the "
            + "kernel, because a receive buffer was full", () =>
        [
            .. ByEnum<RadiusError>("reason", counters.Dropped).Where(static m => !m.Tags[0].Value!.Equals(nameof(RadiusError.None))),
            new(counters.RadiusLate, Tag("reason", "Late")), new(counters.RadiusFlooded, Tag("reason", "Flooded")),
            new(counters.RadiusOverflows.Count, Tag("reason", "SocketOverflow")),
        ]);
        var dynamic = counters.DynamicAuthorization;
        Counter("dynamic_authorization.dropped", "{packet}",
            "CoA and Disconnect requests without an answer by reason; SocketOverflow: dropped by the kernel, because the receive buffer "
            + "was full", () =>
        [
            .. ByEnum<DynamicAuthorizationDrop>("reason", dynamic.Dropped),
            .. ByEnum<RadiusError>("reason", dynamic.Dropped).Where(static m => !m.Tags[0].Value!.Equals(nameof(RadiusError.None))),
            new(dynamic.Overflows.Count, Tag("reason", "SocketOverflow")),
        ]);
    }

    private void AddEmptyAttributes() => Counter("radius.attributes.empty", "{attribute}",
        "Ignored attributes without a value, by kind of packet", () =>
        [
            new(_node.Counters.EmptyAttributes, Tag("packet", "access-accept")),
            new(_node.Counters.DynamicAuthorization.EmptyAttributes, Tag("packet", "dynamic-authorization")),
        ]);

    private void AddAccounting()
    {
        Gauge("spool.records", "{record}", "Start and Stop records without an acknowledgement of a server", () => _node.Spool.Waiting);
        _meter.CreateObservableGauge("akka.lns.spool.oldest_age", () => _node.Spool.Oldest is { } since
            ? Math.Max(0, (_clock.GetUtcNow() - since).TotalSeconds) : 0, "s",
            "Age of the oldest record that waits for its next attempt; 0: none waits");
        Gauge("spool.size", "By", "Size of the spool file; 0: there is no file", () => _node.Spool.Octets);
        Gauge("spool.failing", null, "1 while the spool file cannot be written", () => _node.Spool.IsFailing ? 1 : 0);
        Counter("spool.lost", "{record}", "Records lost because of a full spool", () => _node.Spool.Lost);
        Counter("accounting.interims.superseded", "{record}", "Interim-Updates replaced by a later record",
            () => _node.Counters.InterimsSuperseded);
        Counter("accounting.shortened", "{record}", "Records sent without some attributes, because they did not fit into a packet",
            () => _node.Counters.AccountingShortened);
    }

    private void AddDataPlane()
    {
        Plane("dataplane.io", "By", "IP octets, without PPP and L2TP; in: from subscribers",
            static p => ((long)p.InOctets, (long)p.OutOctets));
        Plane("dataplane.packets", "{packet}", "IP packets; in: from subscribers", static p => ((long)p.InPackets, (long)p.OutPackets));
        Plane("dataplane.control.messages", "{message}", "L2TP control messages, acknowledgements included",
            static p => ((long)p.ControlIn, (long)p.ControlOut));
        Plane("dataplane.ppp.frames", "{frame}", "PPP frames without an IP packet", static p => ((long)p.PppIn, (long)p.PppOut));
        Counter("dataplane.drops", "{packet}", "Dropped packets and messages by reason", () =>
        {
            var now = _node.Plane.ReadPlaneCounters();
            return ByEnum<DropReason>("reason", reason => (long)now.Dropped(reason));
        });
        Gauge("dataplane.failed", null, "1 while the data plane does not forward and cannot be repaired, else 0",
            () => _node.Plane.Failure is null ? 0 : 1);
        Counter("dataplane.repairs", "{repair}", "Repairs of the device, its addresses and its routes after a change from outside",
            () => _node.Counters.PlaneRepairs);
        Counter("dataplane.fragmented", "{packet}", "Packets that were sent in fragments",
            () => (long)_node.Plane.ReadPlaneCounters().Fragmented);
        Counter("dataplane.icmp.sent", "{packet}", "ICMP messages that the node sent",
            () => (long)_node.Plane.ReadPlaneCounters().IcmpSent);
        Counter("dataplane.mss.clamped", "{packet}", "TCP SYN packets with a lowered MSS",
            () => (long)_node.Plane.ReadPlaneCounters().MssClamped);
    }

    private void Plane(string name, string unit, string help, Func<PlaneCounters, (long In, long Out)> read) =>
        Counter(name, unit, help, () =>
    {
        var now = read(_node.Plane.ReadPlaneCounters());
        return [new(now.In, Tag("direction", "in")), new(now.Out, Tag("direction", "out"))];
    });

    private Measurement<long>[] ByClass(Func<RadiusClassCondition, long> read)
    {
        var now = _node.Radius;
        return [new(read(now.Authentication), Tag("class", "authentication")), new(read(now.StartStop), Tag("class", "start-stop")),
            new(read(now.Interim), Tag("class", "interim")), new(read(now.FailingLogins), Tag("class", "failing-login"))];
    }

    private IEnumerable<Measurement<long>> ByServer(Func<RadiusServerCondition, long> read) => _node.Radius.Servers.Select(s =>
    {
        var tags = new RadiusServerTags(s.Name, s.IsAccounting);
        return new Measurement<long>(read(s), tags.Name, tags.Service);
    });

    private static IEnumerable<Measurement<long>> ByEnum<T>(string label, Func<T, long> read) where T : struct, Enum =>
        Enum.GetValues<T>().Select(value => new Measurement<long>(read(value), Tag(label, value.ToString())));

    private void Gauge(string name, string? unit, string help, Func<long> read) =>
        _meter.CreateObservableGauge($"akka.lns.{name}", read, unit, help);
    private void Gauge(string name, string? unit, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableGauge($"akka.lns.{name}", read, unit, help);
    private void Counter(string name, string? unit, string help, Func<long> read) =>
        _meter.CreateObservableCounter($"akka.lns.{name}", read, unit, help);
    private void Counter(string name, string? unit, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter($"akka.lns.{name}", read, unit, help);

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
