using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors;

/// <summary>
/// What an operator reads: one structured line each, always at Information, for tunnels, sessions, users and interfaces that come and go;
/// one at Warning or Error for each thing that went wrong. Property names are part of the interface: log shippers filter by them. Nothing
/// secret.
/// </summary>
internal static partial class LnsLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information,
        Message = "tunnel up: lac {Lac} at {LacAddress}, tunnel {TunnelId}, peer {PeerTunnelId}, vendor '{Vendor}', window {Window}")]
    public static partial void TunnelUp(this ILogger log, string lac, UdpFlow lacAddress, ushort tunnelId, ushort peerTunnelId, string vendor, int window);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information,
        Message = "tunnel down: lac {Lac} at {LacAddress}, tunnel {TunnelId}, after {Seconds} s with {Calls} calls: {Reason}")]
    public static partial void TunnelDown(this ILogger log, string lac, UdpFlow lacAddress, ushort tunnelId, long seconds, long calls, EndReason reason);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information,
        Message = "tunnel refused: lac {Lac} at {LacAddress}: {Reason}")]
    public static partial void TunnelRefused(this ILogger log, string lac, UdpFlow lacAddress, EndReason reason);

    [LoggerMessage(EventId = 103, Level = LogLevel.Debug,
        Message = "tunnel refused: lac {Lac} at {LacAddress}: {Reason}")]
    public static partial void NewTunnelRefused(this ILogger log, string lac, UdpFlow lacAddress, EndReason reason);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information,
        Message = "refused: lac {Lac}, {Count} new tunnels and calls: {Refusal}")]
    public static partial void RefusedSince(this ILogger log, string lac, long count, RefusalReason refusal);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning,
        Message = "lac {Lac}: no entry of tunnels.peers fits it any more: {Tunnels} tunnels and their sessions stay, new calls are refused")]
    public static partial void LacIsGone(this ILogger log, string lac, int tunnels);

    [LoggerMessage(EventId = 110, Level = LogLevel.Information,
        Message = "session up: {Session}, lac {Lac}, tunnel {TunnelId}, session {SessionId}, calling '{Calling}', called '{Called}'")]
    public static partial void SessionUp(this ILogger log, string session, string lac, ushort tunnelId, ushort sessionId, string calling, string called);

    [LoggerMessage(EventId = 111, Level = LogLevel.Information,
        Message = "session down: {Session}, lac {Lac}, tunnel {TunnelId}, session {SessionId}, after {Seconds} s: {Reason}")]
    public static partial void SessionDown(this ILogger log, string session, string lac, ushort tunnelId, ushort sessionId, long seconds, EndReason reason);

    [LoggerMessage(EventId = 112, Level = LogLevel.Information,
        Message = "session refused: lac {Lac}, tunnel {TunnelId}, calling '{Calling}', called '{Called}': {Reason}")]
    public static partial void SessionRefused(this ILogger log, string lac, ushort tunnelId, string calling, string called, EndReason reason);

    [LoggerMessage(EventId = 113, Level = LogLevel.Debug,
        Message = "session refused: lac {Lac}, tunnel {TunnelId}, calling '{Calling}', called '{Called}': {Reason}")]
    public static partial void NewSessionRefused(this ILogger log, string lac, ushort tunnelId, string calling, string called, EndReason reason);

    [LoggerMessage(EventId = 120, Level = LogLevel.Information,
        Message = "login refused: {Session}, user '{User}', lac {Lac}, by {Method}: {Reason}")]
    public static partial void LoginRefused(this ILogger log, string session, string user, string lac, string method, EndReason reason);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information,
        Message = "user on: '{User}', address {Address}, {Session}, lac {Lac}, calling '{Calling}', by {Method} from {AuthenticatedBy}, mtu {Mtu}")]
    public static partial void UserOn(this ILogger log, string user, Ipv4Address address, string session, string lac, string calling,
        string method, string authenticatedBy, int mtu);

    [LoggerMessage(EventId = 122, Level = LogLevel.Information,
        Message = "user off: '{User}', address {Address}, {Session}, lac {Lac}, after {Seconds} s, in {InOctets} octets, out {OutOctets} octets: {Reason}")]
    public static partial void UserOff(this ILogger log, string user, Ipv4Address address, string session, string lac, long seconds,
        ulong inOctets, ulong outOctets, EndReason reason);

    [LoggerMessage(EventId = 130, Level = LogLevel.Information,
        Message = "interface up: {Interface}, user '{User}', address {Address}, {Session}, mtu {Mtu}")]
    public static partial void InterfaceUp(this ILogger log, string @interface, string user, Ipv4Address address, string session, int mtu);

    [LoggerMessage(EventId = 131, Level = LogLevel.Information,
        Message = "interface down: {Interface}, user '{User}', address {Address}, {Session}")]
    public static partial void InterfaceDown(this ILogger log, string @interface, string user, Ipv4Address address, string session);

    [LoggerMessage(EventId = 140, Level = LogLevel.Warning, Message = "no address for user '{User}', {Session}: {Why}")]
    public static partial void NoAddress(this ILogger log, string user, string session, string why);

    [LoggerMessage(EventId = 141, Level = LogLevel.Warning, Message = "attributes of user '{User}', {Session}: {Problem}")]
    public static partial void BadAttribute(this ILogger log, string user, string session, string problem);

    [LoggerMessage(EventId = 142, Level = LogLevel.Information, Message = "pool {Pool}: {Leases} leases are outside of its ranges and stay until their sessions end")]
    public static partial void LeasesOutside(this ILogger log, string pool, int leases);

    [LoggerMessage(EventId = 150, Level = LogLevel.Warning, Message = "radius server {Server}: {State}")]
    public static partial void RadiusServerState(this ILogger log, string server, string state);

    [LoggerMessage(EventId = 151, Level = LogLevel.Warning, Message = "radius answer from {Server} dropped: {Why}")]
    public static partial void RadiusAnswerDropped(this ILogger log, string server, string why);

    [LoggerMessage(EventId = 152, Level = LogLevel.Error, Message = "accounting {Kind} of {Session} was not taken by any server: {Why}; it will be tried again")]
    public static partial void AccountingDelayed(this ILogger log, string kind, string session, string why);

    [LoggerMessage(EventId = 153, Level = LogLevel.Warning, Message = "accounting {Kind} of the node was not taken by any server: {Why}")]
    public static partial void NodeRecordLost(this ILogger log, string kind, string why);

    [LoggerMessage(EventId = 154, Level = LogLevel.Error, Message = "accounting {Kind} of {Session} is lost: {Why}")]
    public static partial void AccountingLost(this ILogger log, string kind, string session, string why);

    [LoggerMessage(EventId = 155, Level = LogLevel.Information,
        Message = "dynamic authorization: {Client} ({Source}) ends {Sessions} sessions, the first is {Session} of '{User}': '{Text}'")]
    public static partial void DisconnectOrdered(this ILogger log, string client, string source, int sessions, string session, string user, string text);

    [LoggerMessage(EventId = 156, Level = LogLevel.Information, Message = "dynamic authorization: {Client} ({Source}) changed {Session} of '{User}': {Change}")]
    public static partial void SessionChanged(this ILogger log, string client, string source, string session, string user, string change);

    [LoggerMessage(EventId = 157, Level = LogLevel.Information, Message = "dynamic authorization: {Request} of {Client} ({Source}) refused: {Cause}: {Detail}")]
    public static partial void DynamicAuthorizationRefused(this ILogger log, string request, string client, string source, string cause, string detail);

    [LoggerMessage(EventId = 158, Level = LogLevel.Warning, Message = "dynamic authorization: requests from {Source} dropped: {Why}")]
    public static partial void DynamicAuthorizationDropped(this ILogger log, string source, string why);

    [LoggerMessage(EventId = 159, Level = LogLevel.Information, Message = "dynamic authorization: requests of {Clients} clients are taken at {EndPoint}")]
    public static partial void DynamicAuthorizationListens(this ILogger log, string endPoint, int clients);

    [LoggerMessage(EventId = 190, Level = LogLevel.Information,
        Message = "accounting spool {File}: {Records} records wait for a server, {Lost} of them are Stops of sessions that were on when the node before ended")]
    public static partial void SpoolOpened(this ILogger log, string file, int records, int lost);

    [LoggerMessage(EventId = 191, Level = LogLevel.Warning,
        Message = "no accounting spool (lns.radius.accounting.spool.file): records that no server took wait in memory only, and a crash loses them and who was on")]
    public static partial void NoSpool(this ILogger log);

    [LoggerMessage(EventId = 192, Level = LogLevel.Error, Message = "accounting spool {File} fails: {Why}; records wait in memory until it can be used again")]
    public static partial void SpoolFailing(this ILogger log, string file, string why);

    [LoggerMessage(EventId = 193, Level = LogLevel.Warning, Message = "accounting spool {File} can be written again after {Seconds} s; {Lost} records were lost")]
    public static partial void SpoolRecovered(this ILogger log, string file, long seconds, long lost);

    [LoggerMessage(EventId = 194, Level = LogLevel.Error, Message = "accounting records are being lost: those of {Sessions} sessions wait in memory already")]
    public static partial void SpoolLosesOldest(this ILogger log, int sessions);

    [LoggerMessage(EventId = 195, Level = LogLevel.Error, Message = "accounting spool {File}: row {Key} is no record ({Why}) and was put aside, into its table broken")]
    public static partial void SpoolBroken(this ILogger log, string file, long key, string why);

    [LoggerMessage(EventId = 196, Level = LogLevel.Error, Message = "accounting spool {File}: changes of {Sessions} sessions could not be written before the end")]
    public static partial void SpoolNotWritten(this ILogger log, string file, int sessions);

    [LoggerMessage(EventId = 197, Level = LogLevel.Error, Message = "accounting spool {File}: row {Key} cannot be read: {Why}; it will be tried again, as others will")]
    public static partial void SpoolUnreadable(this ILogger log, string file, long key, string why);

    [LoggerMessage(EventId = 160, Level = LogLevel.Warning, Message = "data plane: {Warning}")]
    public static partial void PlaneWarning(this ILogger log, string warning);

    [LoggerMessage(EventId = 161, Level = LogLevel.Error, Message = "data plane could not {Operation} for {Session}: {Why}")]
    public static partial void PlaneFailed(this ILogger log, string operation, string session, string why);

    [LoggerMessage(EventId = 170, Level = LogLevel.Error, Message = "{What} failed and was ended alone: {Session}")]
    public static partial void Failed(this ILogger log, Exception? cause, string what, string session);

    [LoggerMessage(EventId = 171, Level = LogLevel.Error, Message = "{What} failed at one message, which is lost; it goes on")]
    public static partial void MessageLost(this ILogger log, Exception cause, string what);

    [LoggerMessage(EventId = 182, Level = LogLevel.Information, Message = "drain begins: {Sessions} sessions remain; the node then {Then}; their deadline: {Deadline}; reason: {Reason}")]
    public static partial void DrainBegins(this ILogger log, int sessions, string then, string deadline, string reason);

    [LoggerMessage(EventId = 183, Level = LogLevel.Information, Message = "drain: {Sessions} sessions remain")]
    public static partial void DrainRemaining(this ILogger log, int sessions);

    [LoggerMessage(EventId = 184, Level = LogLevel.Information, Message = "drain called off: {Sessions} sessions remain, new ones are taken again")]
    public static partial void DrainCalledOff(this ILogger log, int sessions);

    [LoggerMessage(EventId = 185, Level = LogLevel.Information, Message = "node drained: the last session has gone after {Seconds} s")]
    public static partial void NodeDrained(this ILogger log, long seconds);

    [LoggerMessage(EventId = 186, Level = LogLevel.Warning, Message = "drain: time is up, {Sessions} sessions are ended")]
    public static partial void DrainTimeUp(this ILogger log, int sessions);

    [LoggerMessage(EventId = 180, Level = LogLevel.Information, Message = "node stops: {Tunnels} tunnels, {Sessions} sessions: {Reason}")]
    public static partial void NodeStops(this ILogger log, int tunnels, int sessions, EndReason reason);

    [LoggerMessage(EventId = 181, Level = LogLevel.Warning, Message = "node stops with {Tunnels} tunnels, {Sessions} sessions and {Records} accounting records left: time is up")]
    public static partial void NodeStopsUnfinished(this ILogger log, int tunnels, int sessions, int records);
}
