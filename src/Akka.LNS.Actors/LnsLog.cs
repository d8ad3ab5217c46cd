using Akka.LNS.Actors.Counters;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors;

/// <summary>
/// Log lines of the node: the event, then its facts as name and value. Tunnels, sessions, users and interfaces have a line at Information
/// for each begin and end; faults are at Warning or Error. Contains no secret.
/// </summary>
/// <remarks>Event ids and property names are part of the interface: log shippers filter by them.</remarks>
internal static partial class LnsLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information,
        Message = "tunnel up: lac {Lac}, address {LacAddress}, tunnel {TunnelId}, peer tunnel {PeerTunnelId}, "
            + "vendor '{Vendor}', window {Window}")]
    public static partial void TunnelUp(this ILogger log, string lac, UdpFlow lacAddress, ushort tunnelId, ushort peerTunnelId,
        string vendor, int window);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information,
        Message = "tunnel down: lac {Lac}, address {LacAddress}, tunnel {TunnelId}, duration {Seconds} s, calls {Calls}, cause {Reason}")]
    public static partial void TunnelDown(this ILogger log, string lac, UdpFlow lacAddress, ushort tunnelId, long seconds, long calls,
        EndReason reason);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information,
        Message = "tunnel refused: lac {Lac}, address {LacAddress}, cause {Reason}, entry {Entry}, count {Count}")]
    public static partial void TunnelRefused(this ILogger log, string lac, UdpFlow lacAddress, EndReason reason, string entry, long count);

    [LoggerMessage(EventId = 103, Level = LogLevel.Debug,
        Message = "tunnel refused: lac {Lac}, address {LacAddress}, cause {Reason}")]
    public static partial void NewTunnelRefused(this ILogger log, string lac, UdpFlow lacAddress, EndReason reason);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information,
        Message = "tunnels and calls refused: lac {Lac}, count {Count}, reason {Refusal}")]
    public static partial void RefusedSince(this ILogger log, string lac, long count, RefusalReason refusal);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning,
        Message = "lac no longer configured: lac {Lac}, tunnels {Tunnels}; they and their sessions stay, new calls are refused")]
    public static partial void LacIsGone(this ILogger log, string lac, int tunnels);

    [LoggerMessage(EventId = 110, Level = LogLevel.Information,
        Message = "session up: session {Session}, lac {Lac}, tunnel {TunnelId}, session id {SessionId}, "
            + "calling '{Calling}', called '{Called}'")]
    public static partial void SessionUp(this ILogger log, string session, string lac, ushort tunnelId, ushort sessionId, string calling,
        string called);

    [LoggerMessage(EventId = 111, Level = LogLevel.Information,
        Message = "session down: session {Session}, lac {Lac}, tunnel {TunnelId}, session id {SessionId}, "
            + "duration {Seconds} s, cause {Reason}")]
    public static partial void SessionDown(this ILogger log, string session, string lac, ushort tunnelId, ushort sessionId, long seconds,
        EndReason reason);

    [LoggerMessage(EventId = 112, Level = LogLevel.Information,
        Message = "session refused: lac {Lac}, tunnel {TunnelId}, calling '{Calling}', called '{Called}', cause {Reason}")]
    public static partial void SessionRefused(this ILogger log, string lac, ushort tunnelId, string calling, string called,
        EndReason reason);

    [LoggerMessage(EventId = 113, Level = LogLevel.Debug,
        Message = "session refused: lac {Lac}, tunnel {TunnelId}, calling '{Calling}', called '{Called}', cause {Reason}")]
    public static partial void NewSessionRefused(this ILogger log, string lac, ushort tunnelId, string calling, string called,
        EndReason reason);

    [LoggerMessage(EventId = 120, Level = LogLevel.Information,
        Message = "login refused: user '{User}', session {Session}, lac {Lac}, method {Method}, cause {Reason}")]
    public static partial void LoginRefused(this ILogger log, string session, string user, string lac, string method, EndReason reason);

    [LoggerMessage(EventId = 123, Level = LogLevel.Debug,
        Message = "login refused: user '{User}', session {Session}, lac {Lac}, method {Method}, cause {Reason}")]
    public static partial void LoginRefusedAgain(
        this ILogger log, string session, string user, string lac, string method, EndReason reason);

    [LoggerMessage(EventId = 124, Level = LogLevel.Information,
        Message = "logins refused without a radius request: count {Count}, lines that wait {Lines}; the last one of lac {Lac}, "
            + "calling '{Calling}', user '{User}'")]
    public static partial void LoginsRefusedLocally(this ILogger log, long count, int lines, string lac, string calling, string user);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information,
        Message = "user on: user '{User}', address {Address}, session {Session}, lac {Lac}, calling '{Calling}', method {Method}, "
            + "authenticated by {AuthenticatedBy}, mtu {Mtu}")]
    public static partial void UserOn(this ILogger log, string user, Ipv4Address address, string session, string lac, string calling,
        string method, string authenticatedBy, int mtu);

    [LoggerMessage(EventId = 122, Level = LogLevel.Information,
        Message = "user off: user '{User}', address {Address}, session {Session}, lac {Lac}, duration {Seconds} s, in {InOctets} octets, "
            + "out {OutOctets} octets, cause {Reason}")]
    public static partial void UserOff(this ILogger log, string user, Ipv4Address address, string session, string lac, long seconds,
        ulong inOctets, ulong outOctets, EndReason reason);

    [LoggerMessage(EventId = 130, Level = LogLevel.Information,
        Message = "interface up: interface {Interface}, user '{User}', address {Address}, session {Session}, mtu {Mtu}")]
    public static partial void InterfaceUp(this ILogger log, string @interface, string user, Ipv4Address address, string session, int mtu);

    [LoggerMessage(EventId = 131, Level = LogLevel.Information,
        Message = "interface down: interface {Interface}, user '{User}', address {Address}, session {Session}")]
    public static partial void InterfaceDown(this ILogger log, string @interface, string user, Ipv4Address address, string session);

    [LoggerMessage(EventId = 140, Level = LogLevel.Warning,
        Message = "no address: user '{User}', session {Session}, cause {Why}")]
    public static partial void NoAddress(this ILogger log, string user, string session, string why);

    [LoggerMessage(EventId = 141, Level = LogLevel.Warning,
        Message = "user attribute problem: user '{User}', session {Session}, problem {Problem}")]
    public static partial void BadAttribute(this ILogger log, string user, string session, string problem);

    [LoggerMessage(EventId = 142, Level = LogLevel.Information,
        Message = "leases outside the pool: pool {Pool}, leases {Leases}; they stay until their sessions end")]
    public static partial void LeasesOutside(this ILogger log, string pool, int leases);

    [LoggerMessage(EventId = 143, Level = LogLevel.Warning,
        Message = "route problem: user '{User}', session {Session}, route {Route}, problem {Problem}, cause {Why}")]
    public static partial void RouteProblemOf(this ILogger log, string user, string session, string route, RouteProblem problem,
        string why);

    [LoggerMessage(EventId = 144, Level = LogLevel.Information,
        Message = "route in order again: user '{User}', session {Session}, route {Route}")]
    public static partial void RouteInOrder(this ILogger log, string user, string session, string route);

    [LoggerMessage(EventId = 150, Level = LogLevel.Warning,
        Message = "radius server state: server {Server}, state {State}")]
    public static partial void RadiusServerState(this ILogger log, string server, string state);

    [LoggerMessage(EventId = 151, Level = LogLevel.Warning,
        Message = "radius answer dropped: server {Server}, reason {Why}")]
    public static partial void RadiusAnswerDropped(this ILogger log, string server, string why);

    [LoggerMessage(EventId = 152, Level = LogLevel.Error,
        Message = "accounting record delayed: record {Kind}, session {Session}, cause {Why}; it is sent again later")]
    public static partial void AccountingDelayed(this ILogger log, string kind, string session, string why);

    [LoggerMessage(EventId = 153, Level = LogLevel.Warning,
        Message = "accounting record of the node not sent: record {Kind}, cause {Why}")]
    public static partial void NodeRecordLost(this ILogger log, string kind, string why);

    [LoggerMessage(EventId = 162, Level = LogLevel.Information,
        Message = "accounting record of the node withheld: record {Kind}, reason {Why} (lns.radius.accounting.on-off = auto)")]
    public static partial void NodeRecordWithheld(this ILogger log, string kind, string why);

    [LoggerMessage(EventId = 154, Level = LogLevel.Error,
        Message = "accounting record lost: record {Kind}, session {Session}, cause {Why}")]
    public static partial void AccountingLost(this ILogger log, string kind, string session, string why);

    [LoggerMessage(EventId = 145, Level = LogLevel.Warning,
        Message = "accounting record shortened: record {Kind}, session {Session}, left out {Omitted}; it does not fit into 4096 octets")]
    public static partial void AccountingShortened(this ILogger log, string kind, string session, string omitted);

    [LoggerMessage(EventId = 155, Level = LogLevel.Information,
        Message = "dynamic authorization disconnect: client {Client}, source {Source}, sessions {Sessions}, first session {Session}, "
            + "user '{User}', text '{Text}'")]
    public static partial void DisconnectOrdered(this ILogger log, string client, string source, int sessions, string session,
        string user, string text);

    [LoggerMessage(EventId = 156, Level = LogLevel.Information,
        Message = "dynamic authorization change: client {Client}, source {Source}, session {Session}, user '{User}', changes {Change}")]
    public static partial void SessionChanged(this ILogger log, string client, string source, string session, string user, string change);

    [LoggerMessage(EventId = 157, Level = LogLevel.Information,
        Message = "dynamic authorization refused: request {Request}, client {Client}, source {Source}, cause {Cause}, detail {Detail}")]
    public static partial void DynamicAuthorizationRefused(this ILogger log, string request, string client, string source, string cause,
        string detail);

    [LoggerMessage(EventId = 158, Level = LogLevel.Warning,
        Message = "dynamic authorization dropped: source {Source}, reason {Why}")]
    public static partial void DynamicAuthorizationDropped(this ILogger log, string source, string why);

    [LoggerMessage(EventId = 159, Level = LogLevel.Information,
        Message = "dynamic authorization listens: address {EndPoint}, clients {Clients}")]
    public static partial void DynamicAuthorizationListens(this ILogger log, string endPoint, int clients);

    [LoggerMessage(EventId = 260, Level = LogLevel.Information,
        Message = "tunnels of the process before: {Tunnels} get a StopCCN, {Left} do not because their listener is gone")]
    public static partial void OldTunnels(this ILogger log, int tunnels, int left);

    [LoggerMessage(EventId = 261, Level = LogLevel.Warning,
        Message = "file of tunnels ignored: file {File}, error {Why}; LACs of the process before notice the restart by their Hello")]
    public static partial void TunnelStateIgnored(this ILogger log, string file, string why);

    [LoggerMessage(EventId = 262, Level = LogLevel.Warning,
        Message = "file of tunnels not written: file {File}, error {Why}; it is tried again each second")]
    public static partial void TunnelStateFailing(this ILogger log, string file, string why);

    [LoggerMessage(EventId = 263, Level = LogLevel.Information,
        Message = "file of tunnels written again: file {File}")]
    public static partial void TunnelStateRecovered(this ILogger log, string file);

    [LoggerMessage(EventId = 190, Level = LogLevel.Information,
        Message = "accounting spool opened: file {File}, waiting records {Records}, of these Stops after an unclean shutdown {Lost}")]
    public static partial void SpoolOpened(this ILogger log, string file, int records, int lost);

    [LoggerMessage(EventId = 191, Level = LogLevel.Warning,
        Message = "no accounting spool (lns.radius.accounting.spool.file): records wait in memory only, "
            + "and a crash loses them and open sessions")]
    public static partial void NoSpool(this ILogger log);

    [LoggerMessage(EventId = 192, Level = LogLevel.Error,
        Message = "accounting spool failed: file {File}, error {Why}; records wait in memory until it works again")]
    public static partial void SpoolFailing(this ILogger log, string file, string why);

    [LoggerMessage(EventId = 193, Level = LogLevel.Warning,
        Message = "accounting spool recovered: file {File}, duration {Seconds} s, lost records {Lost}")]
    public static partial void SpoolRecovered(this ILogger log, string file, long seconds, long lost);

    [LoggerMessage(EventId = 194, Level = LogLevel.Error,
        Message = "accounting records lost: sessions in memory {Sessions}, which is the limit")]
    public static partial void SpoolLosesOldest(this ILogger log, int sessions);

    [LoggerMessage(EventId = 195, Level = LogLevel.Error,
        Message = "accounting spool row moved to table 'broken': file {File}, row {Key}, error {Why}")]
    public static partial void SpoolBroken(this ILogger log, string file, long key, string why);

    [LoggerMessage(EventId = 196, Level = LogLevel.Error,
        Message = "accounting spool not written at the end: file {File}, sessions {Sessions}; their changes are lost")]
    public static partial void SpoolNotWritten(this ILogger log, string file, int sessions);

    [LoggerMessage(EventId = 197, Level = LogLevel.Error,
        Message = "accounting spool row not read: file {File}, row {Key}, error {Why}; it and other such rows are read again later")]
    public static partial void SpoolUnreadable(this ILogger log, string file, long key, string why);

    [LoggerMessage(EventId = 160, Level = LogLevel.Warning,
        Message = "data plane warning: {Warning}")]
    public static partial void PlaneWarning(this ILogger log, string warning);

    [LoggerMessage(EventId = 161, Level = LogLevel.Error,
        Message = "data plane failed: operation {Operation}, session {Session}, error {Why}")]
    public static partial void PlaneFailed(this ILogger log, string operation, string session, string why);

    [LoggerMessage(EventId = 162, Level = LogLevel.Warning,
        Message = "data plane repaired: {What}")]
    public static partial void PlaneRepaired(this ILogger log, string what);

    [LoggerMessage(EventId = 163, Level = LogLevel.Error,
        Message = "data plane does not forward: cause {Why}; new tunnels and calls are refused until it is repaired")]
    public static partial void PlaneDown(this ILogger log, string why);

    [LoggerMessage(EventId = 164, Level = LogLevel.Warning,
        Message = "data plane forwards again: new tunnels and calls are accepted")]
    public static partial void PlaneUp(this ILogger log);

    [LoggerMessage(EventId = 170, Level = LogLevel.Error,
        Message = "actor failed: {What} {Session}; nothing else ends")]
    public static partial void Failed(this ILogger log, Exception? cause, string what, string session);

    [LoggerMessage(EventId = 171, Level = LogLevel.Error,
        Message = "message lost: actor {What} failed on it and continues")]
    public static partial void MessageLost(this ILogger log, Exception cause, string what);

    [LoggerMessage(EventId = 182, Level = LogLevel.Information,
        Message = "drain begins: sessions {Sessions}, then the node {Then}, deadline {Deadline}, reason {Reason}")]
    public static partial void DrainBegins(this ILogger log, int sessions, string then, string deadline, string reason);

    [LoggerMessage(EventId = 183, Level = LogLevel.Information,
        Message = "drain continues: sessions {Sessions}")]
    public static partial void DrainRemaining(this ILogger log, int sessions);

    [LoggerMessage(EventId = 184, Level = LogLevel.Information,
        Message = "drain cancelled: sessions {Sessions}; new sessions are accepted again")]
    public static partial void DrainCalledOff(this ILogger log, int sessions);

    [LoggerMessage(EventId = 185, Level = LogLevel.Information,
        Message = "node drained: duration {Seconds} s")]
    public static partial void NodeDrained(this ILogger log, long seconds);

    [LoggerMessage(EventId = 186, Level = LogLevel.Warning,
        Message = "drain deadline reached: sessions {Sessions}; they are ended")]
    public static partial void DrainTimeUp(this ILogger log, int sessions);

    [LoggerMessage(EventId = 180, Level = LogLevel.Information,
        Message = "node stops: tunnels {Tunnels}, sessions {Sessions}, cause {Reason}")]
    public static partial void NodeStops(this ILogger log, int tunnels, int sessions, EndReason reason);

    [LoggerMessage(EventId = 181, Level = LogLevel.Warning,
        Message = "node stopped at its deadline: tunnels {Tunnels}, sessions {Sessions}, accounting records {Records}; these were left")]
    public static partial void NodeStopsUnfinished(this ILogger log, int tunnels, int sessions, int records);
}
