using Akka.LNS.Actors.Inventory;
using Akka.LNS.Client;
using Akka.LNS.Protocol;
using Akka.LNS.Server.Api.Resources;
using Akka.LNS.Wire;

namespace Akka.LNS.Server.Tests.Api;

public class SearchRuleTests
{
    private static readonly Disconnect[] Ended =
    [
        Of("n-1", "alice", "lac-1", "0301", "10.0.0.1"), Of("n-12", "alice@example.net", "lac-10", "03012", "10.0.0.12"),
        Of("n-3", "bob", "alice", "0404", "0.0.0.0"), Of("n-4", " carol ", "LAC-1", "lac-1", "10.0.0.13"),
        Of("n-5", "d\udcffn", "big-lac-1", "n-1", "10.0.0.14"),
    ];

    [Theory]
    [InlineData("n-1", "n-1")] // an id, though a calling number is the same
    [InlineData("alice", "n-1")] // a user, though a LAC and a longer user have this text
    [InlineData("Alice", "n-1 n-12 n-3")]
    [InlineData("alic", "n-1 n-12 n-3")]
    [InlineData("0301", "n-1")]
    [InlineData("030", "n-1 n-12")]
    [InlineData("10.0.0.1", "n-1")]
    [InlineData("10.0.0.2", "")]
    [InlineData("10.0.0.", "n-1 n-12 n-4 n-5")]
    [InlineData("0.0.0.0", "")]
    [InlineData("lac-1", "n-4")] // a calling number goes before a LAC
    [InlineData("lac-10", "n-12")]
    [InlineData("lac", "n-1 n-12 n-4 n-5")]
    [InlineData(" alice ", "n-1")]
    [InlineData(" carol ", "n-4")]
    [InlineData("carol", "n-4")]
    [InlineData("\\xff", "n-5")] // as it is shown
    [InlineData("  ", "n-1 n-12 n-3 n-4 n-5")]
    [InlineData("nobody", "")]
    public void A_text_that_names_rows_finds_these_else_those_that_have_it_as_a_part(string text, string ids) =>
        Assert.Equal(ids, string.Join(' ', Ended.Where(SearchRule.Ended(text, Ended)).Select(static d => d.Id)));

    [Theory]
    [InlineData("lac-1", "lac-1")]
    [InlineData("LAC-1", "lac-1 lac-10")]
    [InlineData("10.0.0.1", "lac-1")]
    [InlineData("10.0.0.", "lac-1 lac-10")]
    [InlineData("10.0.0.3", "")]
    [InlineData("", "lac-1 lac-10")]
    public void A_lac_is_found_by_its_name_an_address_or_a_part(string text, string names)
    {
        RefusedLacRow[] refused = [Refused("lac-1", "10.0.0.1"), Refused("lac-10", "10.0.0.12")];
        Assert.Equal(names, string.Join(' ', refused.Where(SearchRule.RefusedLacs(text, refused)).Select(static l => l.HostName)));
        LacRow[] lacs = [.. refused.Select(static l => new LacRow(l.HostName, ["192.0.2.9", l.Address], 1, 1, 1, 1, LoadRefused.Of([]),
            0, 0, 0, 0, null, null, null))];
        Assert.Equal(names, string.Join(' ', lacs.Where(SearchRule.Lacs(text, lacs)).Select(static l => l.Name)));
    }

    private static Disconnect Of(string id, string user, string lac, string calling, string address) =>
        new(DateTimeOffset.UnixEpoch, id, user, lac, calling, Ipv4Address.Parse(address), true,
            new EndReason(EndParty.Peer, EndLayer.Link, EndCause.UserRequest, ""), TimeSpan.Zero, 0, 0);

    private static RefusedLacRow Refused(string name, string address) =>
        new(name, address, null, "UnknownLac", "", 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
}
