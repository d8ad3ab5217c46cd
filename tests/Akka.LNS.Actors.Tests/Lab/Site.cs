using Akka.Actor;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>A node with RADIUS and one tunnel with one subscriber. A test that disturbs others must not affect this subscriber.</summary>
internal sealed class Site : IAsyncDisposable
{
    public const string Neighbour = "neighbour", Victim = "victim", StaticUser = "static";
    public const string StaticAddress = "192.0.2.7";

    private Site(Func<LnsSettings, LnsSettings>? change)
    {
        Radius.OnLogin = Judge;
        Node = new TestNode(s =>
        {
            s = s with
            {
                Users = [],
                Radius = Radius.Settings() with
                { Accounting = Radius.Settings().Accounting with { RetryInterval = TimeSpan.FromMilliseconds(100) } },
                Pools = s.Pools.SetItem("p", new AddressPoolSettings("p",
                    [new AddressRange(Ipv4Address.Parse("100.64.0.2"), Ipv4Address.Parse("100.64.3.255"))], [])),
            };
            return change is null ? s : change(s);
        });
        Lac = new TestLac(Node.EndPoint);
        NeighbourCall = Lac.Dial(Neighbour);
    }

    public TestRadius Radius { get; } = new();
    public TestNode Node { get; }
    public TestLac Lac { get; }
    public TestCall NeighbourCall { get; }
    public IActorRef Supervisor { get; private set; } = ActorRefs.Nobody;

    /// <summary>Opens the site with the neighbour up. A first subscriber has come and gone, so everything created once exists.</summary>
    public static async Task<Site> Open(Func<LnsSettings, LnsSettings>? change = null)
    {
        var site = new Site(change);
        await site.NeighbourCall.Up;
        await site.Node.Log.Line("user on", $"'{Neighbour}'");
        site.Supervisor = await site.Node.Actor("");
        foreach (var user in (string[])[Victim, StaticUser])
        {
            var first = site.Lac.Dial(user);
            await first.Up;
            await site.Node.Log.Line("user on", $"'{user}'");
            first.HangUp();
            await first.Over;
            await site.Node.Log.Line("session down", $"session id {first.Peer.Value}");
        }
        await Wait.Until(() => site.Node.Node.Counters is { Sessions: 1, Links: 1, Bundles: 1 }
            && site.Node.Plane.PathCount == 1, site.Node.Log.ToString);
        return site;
    }

    /// <summary>Right passwords are accepted; one user has a static address.</summary>
    public static void Judge(RadiusRequest request) => request.Judge(request.User == StaticUser
        ? static (ref RadiusPacketWriter w) => w.UInt32(RadiusAttributeType.FramedIpAddress, Ipv4Address.Parse(StaticAddress).Value)
        : null);

    public IActorRef[] All<T>() where T : ActorBase => [.. Actors.Below<T>(Supervisor)];

    /// <summary>The one actor of a kind that is not in <paramref name="others"/>, as soon as it exists.</summary>
    public async Task<IActorRef> New<T>(IActorRef[] others) where T : ActorBase
    {
        IActorRef[] found = [];
        await Wait.Until(() => (found = [.. All<T>().Except(others)]).Length == 1, () =>
            $"{found.Length} new {typeof(T).Name}\n{Node.Log}");
        return found[0];
    }

    /// <summary>One of the neighbour's own actors.</summary>
    public bool IsOfNeighbour(IActorRef actor) =>
        Node.Node.Calls.All.Any(c => c.Path.SessionId == NeighbourCall.Peer.Value
        && (actor.Equals(c.Session) || actor.Equals(c.Link) || actor.Equals(c.Bundle)));

    /// <summary>PPP is answered, IP is counted.</summary>
    public async Task NeighbourLives()
    {
        Assert.False(NeighbourCall.IsOver);
        var replies = NeighbourCall.EchoReplies;
        NeighbourCall.SendPpp([0xFF, 3, 0xC0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0]); // LCP Echo-Request
        await Wait.Until(() => NeighbourCall.EchoReplies > replies, () => $"the neighbour's echo is answered\n{Node.Log}");
        // the first: a later one of another tunnel may have the same session id
        var path = Node.Plane.Orders.First(o => o.Kind == PlaneOrderKind.Open && o.Key.SessionId == NeighbourCall.Peer.Value).Key;
        Assert.True(Node.Plane.TryReadCounters(path, out var before));
        var address = (await NeighbourCall.Up).Local.Value;
        byte[] ip = [0x45, 0, 0, 20, 0, 1, 0, 0, 64, 1, 0, 0, (byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8),
            (byte)address, 192, 0, 2, 1];
        var sum = 0u;
        for (var i = 0; i < ip.Length; i += 2) sum += ((uint)ip[i] << 8) | ip[i + 1];
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        (ip[10], ip[11]) = ((byte)(~sum >> 8), (byte)~sum);
        NeighbourCall.SendPpp([0xFF, 3, 0, 0x21, .. ip]);
        await Wait.Until(() => Node.Plane.TryReadCounters(path, out var now) && now.InPackets > before.InPackets, () =>
            $"the neighbour's packets are counted\n{Node.Log}");
    }

    /// <summary>Every session that had a Start has one Stop after it, but for <paramref name="up"/> that are on.</summary>
    /// <param name="mayRepeat">A worker failed after it had sent: a request that the server may not have received is sent again.</param>
    public async Task AccountingIsComplete(int up, bool mayRepeat = false)
    {
        string Records() => string.Join('\n', Radius.Records().Select(static r => $"{r.Kind} {r.User} {r.Session}"));
        int Count(string kind) => Radius.Records(kind).DistinctBy(static r => r.Session).Count();
        await Wait.Until(() => Count("Start") == Count("Stop") + up, () => $"a Stop for each Start\n{Records()}\n{Node.Log}");
        foreach (var session in Radius.Records().Where(static r => r.Kind is "Start" or "Stop").GroupBy(static r => r.Session))
        {
            var kinds = session.Select(static r => r.Kind).ToArray();
            if (mayRepeat) kinds = [.. kinds.Where((k, i) => i == 0 || kinds[i - 1] != k)];
            Assert.True(kinds is ["Start"] or ["Start", "Stop"], $"{session.Key}: {string.Join(' ', kinds)}\n{Records()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Lac.Dispose();
        await Node.DisposeAsync();
        Radius.Dispose();
    }
}
