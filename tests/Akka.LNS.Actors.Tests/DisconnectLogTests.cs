using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol;
using Akka.LNS.Wire;
using CsCheck;

namespace Akka.LNS.Actors.Tests;

public class DisconnectLogTests
{
    private static readonly EndReason Why = new(EndParty.Subscriber, EndLayer.Link, EndCause.UserRequest, "bye");

    private static Disconnect Of(int number, string user, string lac) =>
        new(DateTimeOffset.UnixEpoch.AddSeconds(number), $"id-{number}", user, lac, "", Ipv4Address.None, WasOn: true, Why, TimeSpan.Zero,
        0, 0);

    private static string[] Ids(DisconnectLog log) => [.. log.Latest().Select(static d => d.Id)];

    [Fact]
    public void A_flapping_user_displaces_only_its_own_entries()
    {
        var log = new DisconnectLog(most: 100, perUser: 3, perLac: 100);
        log.Add(Of(0, "calm", "lac"));
        for (var i = 1; i <= 50; i++) log.Add(Of(i, "flapping", "lac"));
        Assert.Equal(["id-50", "id-49", "id-48", "id-0"], Ids(log));
    }

    [Fact]
    public void A_lac_displaces_only_its_own_entries_whatever_its_user_names()
    {
        var log = new DisconnectLog(most: 100, perUser: 3, perLac: 4);
        log.Add(Of(0, "calm", "other"));
        for (var i = 1; i <= 50; i++) log.Add(Of(i, i % 2 == 0 ? "" : $"u{i}", i % 3 == 0 ? "lac" : "LAC"));
        Assert.Equal(["id-50", "id-49", "id-48", "id-47", "id-0"], Ids(log));
    }

    [Fact]
    public void A_full_log_drops_its_oldest_entry()
    {
        var log = new DisconnectLog(most: 3, perUser: 3, perLac: 3);
        for (var i = 1; i <= 9; i++) log.Add(Of(i, $"u{i}", $"lac{i}"));
        Assert.Equal(["id-9", "id-8", "id-7"], Ids(log));
    }

    [Fact] // law: the latest entry is present, bounds hold, entries are in order of time, and none is dropped while there is room
    public void The_log_stays_within_its_bounds() => Gen.Select(Gen.Int[1, 20], Gen.Int[1, 5], Gen.Int[1, 8],
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3]).Array[1, 80]).Sample((most, perUser, perLac, calls) =>
    {
        var log = new DisconnectLog(most, perUser, perLac);
        for (var i = 0; i < calls.Length; i++)
        {
            log.Add(Of(i, calls[i].Item1 == 0 ? "" : $"u{calls[i].Item1}", $"lac{calls[i].Item2}"));
            var all = log.Latest();
            Assert.Equal($"id-{i}", all[0].Id);
            Assert.True(all.Length <= most);
            Assert.Equal(all.OrderByDescending(static d => d.At), all);
            Assert.All(all.Where(static d => d.User.Length > 0).GroupBy(static d => d.User), u => Assert.True(u.Count() <= perUser));
            Assert.All(all.GroupBy(static d => d.Lac), l => Assert.True(l.Count() <= perLac));
            if (i < Math.Min(most, Math.Min(perUser, perLac))) Assert.Equal(i + 1, all.Length);
        }
    });
}
