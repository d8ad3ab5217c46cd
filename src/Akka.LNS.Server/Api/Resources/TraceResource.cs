using System.Text;
using System.Text.Json;
using Akka.LNS.Actors.Node;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Client;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Trace;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Akka.LNS.Server.Api.Authentication;
using Akka.LNS.Server.Api.Guard;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>A live trace of a subscriber or a LAC, until the client disconnects. It is decoded here, not in the actors.</summary>
internal static class TraceResource
{
    private const int UsualSeconds = 3_600, MostSeconds = 86_400;

    /// <summary>
    /// Time that a trace by session id goes on after the end of the session: for CDN, accounting and their acknowledgements.
    /// </summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(3);

    private static readonly string[] Subjects = ["user", "address", "calling", "lac", "session"];

    private enum Format
    {
        Text,
        Json,
        Pcap,
    }

    public static void Map(RouteGroupBuilder v1) => v1.MapGet("/trace", Get).RequireAuthorization(nameof(ApiRole.Operate)).WithName("trace")
        .WithSummary("A live trace of one subscriber or LAC")
        .WithDescription("One of user and calling (with * and ?), address, session, lac. format: text, json (a line per message), pcap. "
            + "duration: 1 to 86400 seconds, default 3600.");

    private static Results<PushStreamHttpResult, ValidationProblem, ProblemHttpResult> Get(LnsNode node, Audit audit, HttpContext context,
        IHostApplicationLifetime lifetime, TimeProvider time)
    {
        var query = new Query(context.Request);
        var format = query.Word("format", ("text", Format.Text), ("json", Format.Json), ("pcap", Format.Pcap)) ?? Format.Text;
        var duration = TimeSpan.FromSeconds(query.Number("duration", UsualSeconds, 1, MostSeconds));
        TraceSubject?[] subjects =
        [
            query.Text("user") is { } user ? new TraceSubject.User(user) : null,
            query.Address("address") is { } address ? new TraceSubject.Address(address) : null,
            query.Text("calling") is { } calling ? new TraceSubject.Calling(calling) : null,
            query.Text("lac") is { } lac ? new TraceSubject.Lac(lac) : null,
            query.Text("session") is { } session ? new TraceSubject.Session(session) : null,
        ];
        if (Subjects.Count(context.Request.Query.ContainsKey) != 1)
            query.Fail("user", "exactly one of user, address, calling, lac, session is needed");
        if (query.Problem() is { } problem) return problem;
        var subject = subjects.First(static s => s is not null)!;
        if (subject is TraceSubject.Session { Id: var id } && node.Calls.Find(id) is null)
            return Problem.NotFound($"there is no session '{id}'");
        if (node.BeginTrace(subject) is not { } trace)
            return Problem.Unavailable($"{node.Traces} traces are active, the maximum of lns.api.limits.traces");
        RequestGuard.LastsLong(context);
        context.Response.RegisterForDispose(trace); // ends the trace with the request
        return TypedResults.Stream(body => RunAsync(trace, format, duration, body, audit, context, time, lifetime.ApplicationStopping),
            format switch
            {
                Format.Json => "application/x-ndjson",
                Format.Pcap => "application/vnd.tcpdump.pcap",
                _ => "text/plain; charset=utf-8",
            });
    }

    private static async Task RunAsync(Trace trace, Format format, TimeSpan duration, Stream body, Audit audit, HttpContext context,
        TimeProvider time, CancellationToken stopping)
    {
        var who = Name(trace.Subject);
        var began = time.GetTimestamp();
        var records = 0L;
        audit.Changed(context, "trace", who, "begins");
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        until.CancelAfter(duration);
        try
        {
            if (format == Format.Pcap) await body.WriteAsync(Pcap.FileHeader(), until.Token);
            await body.FlushAsync(until.Token);
            await foreach (var record in trace.ReadAllAsync(until.Token))
            {
                records++;
                if (record is TraceRecord.Event { IsEnd: true } && trace.Subject is TraceSubject.Session) until.CancelAfter(Afterwards);
                if (Octets(record, format) is not { } octets) continue;
                await body.WriteAsync(octets, until.Token);
                if (!trace.HasNext) await body.FlushAsync(until.Token);
            }
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            // the duration is over, the node stops, or the client has disconnected
        }
        catch (IOException)
        {
            // the client has disconnected
        }
        finally
        {
            audit.Changed(context, "trace", who,
                $"ends after {(long)time.GetElapsedTime(began).TotalSeconds} s, {records} records, {trace.Lost} of the last were lost");
        }
    }

    private static string Name(TraceSubject subject) => subject switch
    {
        TraceSubject.User u => $"user '{u.Name}'",
        TraceSubject.Calling c => $"calling number '{c.Number}'",
        TraceSubject.Address a => $"address {a.Value}",
        TraceSubject.Lac l => $"lac '{l.HostName}'",
        TraceSubject.Session s => $"session {s.Id}",
        _ => $"{subject}",
    };

    /// <summary>The record in the format of the trace; null: the format has no such record.</summary>
    private static byte[]? Octets(TraceRecord record, Format format)
    {
        switch (format)
        {
            case Format.Pcap: return ToPcap(record);
            case Format.Json: return [.. JsonSerializer.SerializeToUtf8Bytes(ToEvent(record), ApiJson.Default.TraceEvent), (byte)'\n'];
            default:
                var text = new StringBuilder();
                foreach (var line in ToEvent(record).ToLines()) text.Append(line).Append('\n');
                return Encoding.UTF8.GetBytes(text.ToString());
        }
    }

    private static byte[]? ToPcap(TraceRecord record)
    {
        switch (record)
        {
            case TraceRecord.Control c:
                var (from, fromPort, to, toPort) = Ends(c.Flow, c.OurPort, c.IsSent);
                return Pcap.Control(c.At, from, fromPort, to, toPort, c.Octets);
            case TraceRecord.Ppp p:
                (from, fromPort, to, toPort) = Ends(p.Flow, p.OurPort, p.IsSent);
                return Pcap.Ppp(p.At, from, fromPort, to, toPort, new TunnelId(p.TunnelId), new SessionId(p.SessionId), p.Protocol,
                    p.Payload);
            case TraceRecord.Radius r:
                var (source, target) = r.IsSent ? (r.Ours, r.Theirs) : (r.Theirs, r.Ours);
                return Pcap.Radius(r.At, UdpFlow.ToValue(source.Address), (ushort)source.Port, UdpFlow.ToValue(target.Address),
                    (ushort)target.Port, r.Octets, RadiusDictionary.Default);
            default: return null;
        }
    }

    private static (UInt128 From, ushort FromPort, UInt128 To, ushort ToPort) Ends(in UdpFlow flow, ushort ourPort, bool isSent) => isSent
        ? (flow.LocalAddress, ourPort, flow.RemoteAddress, flow.RemotePort)
        : (flow.RemoteAddress, flow.RemotePort, flow.LocalAddress, ourPort);

    private static TraceEvent ToEvent(TraceRecord record)
    {
        var (text, peer, isSent, again) = record switch
        {
            TraceRecord.Control c => (L2tpText.Describe(c.Octets), c.Flow.ToString(), c.IsSent, c.IsAgain),
            TraceRecord.Ppp p => (PppText.Describe(p.Protocol, p.Payload), null, p.IsSent, false),
            TraceRecord.Radius r => (RadiusText.Describe(r.Octets, RadiusDictionary.Default), r.Server, r.IsSent, false),
            TraceRecord.Event e =>
                (new MessageText(e.Layer.ToString().ToLowerInvariant(), PeerText.Show(e.Text), []), (string?)null, (bool?)null, false),
            _ => throw new InvalidOperationException($"no text for {record}"),
        };
        return new TraceEvent(record.Number, record.At, text.Layer, isSent switch { true => "out", false => "in", null => null },
            text.Summary, text.Details, peer, again, record.Session, record.LostBefore);
    }
}
