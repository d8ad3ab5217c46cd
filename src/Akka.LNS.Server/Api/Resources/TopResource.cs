using System.Diagnostics;
using System.Globalization;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.DataPlane.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>Reads the counters of all calls twice and compares them. It keeps no state between requests.</summary>
internal static class TopResource
{
    private enum Direction { Both, In, Out }

    /// <summary>A call with its counters.</summary>
    private readonly record struct Look(CallEntry Call, PathCounters Counters);

    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/top", Get).WithName("getTop").WithSummary("The busiest sessions by traffic")
            .WithDescription("seconds: time of the measurement, 0.1 to 10, default 1. by: in, out, both. limit: 1 to 1000, default 20.");

    private static async Task<Results<Ok<TopReport>, ValidationProblem>> Get(HttpRequest request, LnsNode node, TimeProvider clock)
    {
        var query = new Query(request);
        var by = query.Word("by", ("both", Direction.Both), ("in", Direction.In), ("out", Direction.Out)) ?? Direction.Both;
        var limit = query.Number("limit", 20, 1, 1000);
        var seconds = 1.0;
        if (query.Text("seconds") is { } text
            && !(double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds)
                && seconds is >= 0.1 and <= 10))
            query.Fail("seconds", $"found '{text}'; allowed: 0.1 to 10");
        if (query.Problem() is { } problem) return problem;
        var (first, began) = (All(node), Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(seconds), clock, request.HttpContext.RequestAborted);
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var total = 0;
        double allIn = 0, allOut = 0;
        // the busiest `limit` calls, the least busy on top: it is replaced first
        var best = new PriorityQueue<TopSession, (ulong, string)>(Comparer<(ulong Octets, string Id)>.Create(static (a, b) =>
            a.Octets != b.Octets ? a.Octets.CompareTo(b.Octets) : string.CompareOrdinal(b.Id, a.Id)));
        foreach (var (call, before) in first)
        {
            // the call has ended, or the path belongs to another call
            if (!node.Plane.TryReadCounters(call.Path, out var now) || now.InOctets < before.InOctets || now.OutOctets < before.OutOctets)
                continue;
            var (octetsIn, octetsOut) = (now.InOctets - before.InOctets, now.OutOctets - before.OutOctets);
            (total, allIn, allOut) = (total + 1, allIn + octetsIn, allOut + octetsOut);
            var weight = by switch { Direction.In => octetsIn, Direction.Out => octetsOut, _ => octetsIn + octetsOut };
            var priority = (weight, call.Id);
            if (best.Count == limit && best.TryPeek(out _, out var least) && best.Comparer.Compare(priority, least) <= 0) continue;
            var row = new TopSession(SessionRow.Of(call, node.Plane), Per(octetsIn), Per(octetsOut), Per(now.InPackets - before.InPackets),
                Per(now.OutPackets - before.OutPackets));
            if (best.Count == limit) best.DequeueEnqueue(row, priority);
            else best.Enqueue(row, priority);
        }
        var rows = new TopSession[best.Count];
        for (var i = rows.Length - 1; i >= 0; i--) rows[i] = best.Dequeue();
        return TypedResults.Ok(new TopReport(Math.Round(took, 3), total, Per(allIn), Per(allOut), rows));

        double Per(double octets) => Math.Round(octets / took, 1);
    }

    private static List<Look> All(LnsNode node)
    {
        var looks = new List<Look>(node.Counters.Sessions);
        foreach (var call in node.Calls.All)
            if (node.Plane.TryReadCounters(call.Path, out var counters)) looks.Add(new Look(call, counters));
        return looks;
    }
}
