using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.DataPlane;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Tests;

/// <summary>A client that connects, drops and connects again three times within a second: what once broke a database by its unique constraint.</summary>
public class QuickReconnectTests
{
    public enum Drop { CallDisconnect, TerminateRequest, WithoutAWord }

    [Theory]
    [InlineData(Site.Victim, Drop.CallDisconnect, false), InlineData(Site.Victim, Drop.CallDisconnect, true)]
    [InlineData(Site.Victim, Drop.TerminateRequest, true)]
    [InlineData(Site.StaticUser, Drop.CallDisconnect, true), InlineData(Site.StaticUser, Drop.TerminateRequest, true)]
    [InlineData(Site.StaticUser, Drop.WithoutAWord, false), InlineData(Site.StaticUser, Drop.WithoutAWord, true)]
    public async Task Three_sessions_give_three_starts_and_three_stops_in_order(string user, Drop how, bool slowRadius)
    {
        await using var site = await Site.Open();
        var before = await Leaks.Of(site.Node);
        await Wait.Until(() => site.Radius.Records("Start").Count == 3 && site.Radius.Records("Stop").Count == 2, site.Radius.ToString); // of those that were before
        var earlier = site.Radius.Records().Count;
        RadiusRequest? held = null;
        if (slowRadius)
        {
            site.Radius.OnAccounting = r =>
            {
                if (Interlocked.CompareExchange(ref held, r, null) is not null) r.Answer(RadiusCode.AccountingResponse);
            };
        }
        var on = site.Node.Log.Count($"user on: '{user}'");
        List<TestCall> calls = [];
        for (var i = 1; i <= 3; i++)
        {
            var call = site.Lac.Dial(user);
            calls.Add(call);
            await call.Up;
            await Wait.Until(() => site.Node.Log.Count($"user on: '{user}'") == on + i, site.Node.Log.ToString);
            switch (how)
            {
                case Drop.CallDisconnect: call.Disconnect(); break;
                case Drop.WithoutAWord when i < 3: call.GoDeaf(); break; // the LNS finds out by the next session, which takes its address over
                default: call.HangUp(); break;
            }
        }
        foreach (var call in calls) await call.Over;
        if (slowRadius)
        {
            // the first Start has no answer yet, though all three sessions have come and gone: nothing may pass it
            await Wait.Until(() => held is not null, site.Radius.ToString);
            Assert.Equal(earlier + 1, site.Radius.Records().Count);
            held!.Answer(RadiusCode.AccountingResponse);
        }
        await Wait.Until(() => site.Radius.Records().Count == earlier + 6, site.Radius.ToString);
        await site.AccountingIsComplete(up: 1);
        var records = site.Radius.Records().Skip(earlier).ToArray();
        Assert.All(records, r => Assert.Equal(user, r.User));
        string[] starts = [.. records.Where(static r => r.Kind == "Start").Select(static r => r.Session)];
        Assert.Equal(3, starts.Distinct().Count());
        Assert.Equal(starts.Order(StringComparer.Ordinal), starts); // ids count up: in the order of the sessions
        Assert.Equal(starts.SelectMany(static id => new[] { ("Start", id), ("Stop", id) }), records.Select(static r => (r.Kind, r.Session))); // one after the other
        if (user == Site.StaticUser)
        {
            Assert.All(records, static r => Assert.Equal(0xC0000207u, r.Number(RadiusAttributeType.FramedIpAddress))); // 192.0.2.7
            OneAtATime(site, calls);
        }
        await before.None(site.Node);
        await site.NeighbourLives();
    }

    /// <summary>The address is off on the old path before it is on on the new one.</summary>
    private static void OneAtATime(Site site, List<TestCall> calls)
    {
        HashSet<PathKey> forwarding = [];
        var begun = 0;
        foreach (var (kind, key) in site.Node.Plane.Orders)
        {
            if (calls.All(c => c.Peer.Value != key.SessionId)) continue;
            if (kind == PlaneOrderKind.Forward) Assert.True(forwarding.Add(key) && forwarding.Count == 1 && ++begun > 0, "two paths with one address");
            else if (kind is PlaneOrderKind.Stop or PlaneOrderKind.Close) forwarding.Remove(key);
        }
        Assert.Equal(3, begun);
    }
}
