using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Tests.Accounting;

/// <summary>
/// A client that connects, drops and connects again three times within a second. This once broke the unique constraint of a database.
/// </summary>
public class QuickReconnectTests
{
    public enum Drop { CallDisconnect, TerminateRequest, Silence }

    [Theory]
    [InlineData(Site.Victim, Drop.CallDisconnect, false), InlineData(Site.Victim, Drop.CallDisconnect, true)]
    [InlineData(Site.Victim, Drop.TerminateRequest, true)]
    [InlineData(Site.StaticUser, Drop.CallDisconnect, true), InlineData(Site.StaticUser, Drop.TerminateRequest, true)]
    [InlineData(Site.StaticUser, Drop.Silence, false), InlineData(Site.StaticUser, Drop.Silence, true)]
    public async Task Three_sessions_give_three_starts_and_three_stops_in_order(string user, Drop how, bool slowRadius)
    {
        await using var site = await Site.Open();
        var before = await Leaks.Of(site.Node);
        // the sessions of the site itself
        await Wait.Until(() => site.Radius.Records("Start").Count == 3 && site.Radius.Records("Stop").Count == 2, site.Radius.ToString);
        var earlier = site.Radius.Records().Count;
        RadiusRequest? held = null;
        if (slowRadius)
        {
            site.Radius.OnAccounting = r =>
            {
                if (Interlocked.CompareExchange(ref held, r, null) is not null) r.Answer(RadiusCode.AccountingResponse);
            };
        }
        var on = site.Node.Log.Count($"user on: user '{user}'");
        List<TestCall> calls = [];
        for (var i = 1; i <= 3; i++)
        {
            var call = site.Lac.Dial(user);
            calls.Add(call);
            await call.Up;
            await Wait.Until(() => site.Node.Log.Count($"user on: user '{user}'") == on + i, site.Node.Log.ToString);
            switch (how)
            {
                case Drop.CallDisconnect: call.Disconnect(); break;
                case Drop.Silence when i < 3: call.GoDeaf(); break; // the next session takes over its address
                default: call.HangUp(); break;
            }
        }
        foreach (var call in calls) await call.Over;
        if (slowRadius)
        {
            // the first Start has no answer yet, though all three sessions have ended: no record may pass it
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
        // one session after the other
        var inOrder = starts.SelectMany(static id => new[] { ("Start", id), ("Stop", id) });
        Assert.Equal(inOrder, records.Select(static r => (r.Kind, r.Session)));
        if (user == Site.StaticUser)
        {
            Assert.All(records, static r => Assert.Equal(0xC0000207u, r.Number(RadiusAttributeType.FramedIpAddress))); // 192.0.2.7
            OneAtATime(site, calls);
        }
        await before.None(site.Node);
        await site.NeighbourLives();
    }

    [Fact] // the client saw its network come up, so the session is accounted for
    public async Task A_session_that_ends_before_forwarding_begins_is_a_zero_duration_session()
    {
        await using var site = await Site.Open();
        await Wait.Until(() => site.Radius.Records("Start").Count == 3 && site.Radius.Records("Stop").Count == 2, site.Radius.ToString);
        var earlier = site.Radius.Records().Count;
        using var gate = new ManualResetEventSlim();
        RadiusRequest? login = null;
        site.Radius.OnLogin = r =>
        {
            if (r.User == Site.StaticUser) Volatile.Write(ref login, r);
            else r.Judge();
        };
        var quick = site.Lac.Dial(Site.StaticUser);
        await Wait.Until(() => Volatile.Read(ref login) is not null, static () => "its path is open");
        var holds = 0;
        site.Node.Plane.FailForward = (_, settings) =>
        {
            if (settings is not null && Interlocked.Increment(ref holds) == 1) gate.Wait(TimeSpan.FromSeconds(30));
            return false;
        };
        var slow = site.Lac.Dial(Site.Victim);
        await Wait.Until(() => Volatile.Read(ref holds) == 1, static () => "the gate is busy with another");
        login!.Judge();
        await quick.Up;
        quick.Disconnect();
        await quick.Over;
        var meters = MailboxMeters.Of(site.Node.System);
        await Wait.Until(() => meters.Serial.Depth >= 2, static () => "its close has overtaken its forwarding");
        gate.Set();
        await slow.Up;
        await Wait.Until(() => site.Radius.Records().Count == earlier + 3, site.Radius.ToString);
        var records = site.Radius.Records().Skip(earlier).Where(static r => r.User == Site.StaticUser).ToArray();
        Assert.Equal(["Start", "Stop"], records.Select(static r => r.Kind));
        Assert.Equal(0u, records[1].Number(RadiusAttributeType.AcctSessionTime));
    }

    [Fact] // the gate has the order of the sessions
    public async Task A_session_whose_bundle_is_slower_than_the_next_session_of_its_user_is_sent_first()
    {
        await using var site = await Site.Open();
        await Wait.Until(() => site.Radius.Records("Start").Count == 3 && site.Radius.Records("Stop").Count == 2, site.Radius.ToString);
        var (earlier, on) = (site.Radius.Records().Count, site.Node.Log.Count($"user on: user '{Site.Victim}'"));
        using var slow = new ManualResetEventSlim();
        var holds = 0;
        site.Node.Log.Fails = line =>
        {
            var isUp = line.Contains("interface up", StringComparison.Ordinal) && line.Contains(Site.Victim, StringComparison.Ordinal);
            if (isUp && Interlocked.Increment(ref holds) == 1) slow.Wait(TimeSpan.FromSeconds(30));
            return false;
        };
        var first = site.Lac.Dial(Site.Victim);
        await Wait.Until(() => Volatile.Read(ref holds) == 1, static () => "its bundle has not told of it yet");
        first.Disconnect();
        await first.Over;
        var second = site.Lac.Dial(Site.Victim);
        await second.Up;
        await Wait.Until(() => site.Node.Log.Count($"user on: user '{Site.Victim}'") == on + 1, site.Node.Log.ToString);
        second.Disconnect();
        await second.Over;
        Assert.Equal(earlier, site.Radius.Records().Count);
        slow.Set();
        await Wait.Until(() => site.Radius.Records().Count == earlier + 4, site.Radius.ToString);
        var records = site.Radius.Records().Skip(earlier).Select(static r => (r.Kind, r.Session)).ToArray();
        Assert.Equal(["Start", "Stop", "Start", "Stop"], records.Select(static r => r.Kind));
        Assert.Equal((records[0].Session, records[2].Session), (records[1].Session, records[3].Session));
        Assert.True(string.CompareOrdinal(records[0].Session, records[2].Session) < 0, site.Radius.ToString());
    }

    /// <summary>The address is off on the old path before it is on on the new one.</summary>
    private static void OneAtATime(Site site, List<TestCall> calls)
    {
        HashSet<PathKey> forwarding = [];
        var begun = 0;
        foreach (var (kind, key) in site.Node.Plane.Orders)
        {
            if (calls.All(c => c.Peer.Value != key.SessionId)) continue;
            if (kind == PlaneOrderKind.Forward)
                Assert.True(forwarding.Add(key) && forwarding.Count == 1 && ++begun > 0, "two paths with one address");
            else if (kind is PlaneOrderKind.Stop or PlaneOrderKind.Close) forwarding.Remove(key);
        }
        Assert.Equal(3, begun);
    }
}
