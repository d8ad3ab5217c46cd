using Akka.Actor;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Tests;

/// <summary>Subscribers that come, go and fail at random: in the end the node holds the same as in the beginning.</summary>
public class SoakTests
{
    private const int Steps = 700, Tunnels = 3;
    private static readonly ushort[] Protocols = [PppProtocol.Lcp, PppProtocol.Chap, PppProtocol.Ipcp];

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 2)]
    public async Task Nothing_leaks_whichever_actor_fails_at_any_time(int seed, int pauseMilliseconds)
    {
        var random = new Random(seed);
        await using var site = await Site.Open(s => s with
        {
            InterfaceGate = new InterfaceGateSettings { Pause = TimeSpan.FromMilliseconds(pauseMilliseconds), MaxBatch = 16 },
        });
        var lacs = new TestLac[Tunnels];
        for (var i = 0; i < lacs.Length; i++) lacs[i] = await Fresh(site);
        var before = await Leaks.Of(site.Node);

        List<TestCall>[] callsOf = [.. lacs.Select(static _ => new List<TestCall>())];
        for (var step = 0; step < Steps; step++)
        {
            var i = random.Next(lacs.Length);
            var calls = callsOf[i];
            switch (random.Next(100))
            {
                case < 55:
                    var user = random.Next(8) == 0 ? Site.StaticUser : Site.Victim;
                    calls.Add(lacs[i].Dial(user, noIccn: random.Next(20) == 0, impatient: random.Next(20) == 0,
                        mute: random.Next(6) == 0 ? Protocols[random.Next(Protocols.Length)] : null));
                    break;
                case < 65: Any(calls)?.HangUp(); break;
                case < 72: Any(calls)?.Disconnect(); break;
                case < 76: Any(calls)?.GoDeaf(); break;
                case < 80:
                    if (Any(site.Node.Node.Find(Site.Victim)) is { } on)
                        LnsNode.Drop(on, new EndReason(EndParty.Administrator, EndLayer.Bundle, EndCause.AdministrativeReset, "soak"));
                    break;
                case < 98: Fail(site, random); break;
                default:
                    await FailTunnel(site, lacs[i]);
                    lacs[i] = await Fresh(site);
                    calls.Clear(); // a LAC whose tunnel is gone places none
                    break;
            }
            if (random.Next(4) == 0) await Settle(Any(calls));
        }
        foreach (var call in callsOf.SelectMany(static c => c)) call.Disconnect();
        foreach (var call in callsOf.SelectMany(static c => c)) await call.Over;
        await before.None(site.Node);
        await site.NeighbourLives();
        await site.AccountingIsComplete(up: 1);
        foreach (var lac in lacs) lac.Dispose();
        Assert.True(site.Node.Log.Count("user on") > Steps / 10, $"{site.Node.Log.Count("user on")} came up at all");

        T? Any<T>(IReadOnlyList<T> from) where T : class => from.Count == 0 ? null : from[random.Next(from.Count)];
    }

    /// <summary>A LAC whose tunnel has had a call.</summary>
    private static async Task<TestLac> Fresh(Site site)
    {
        var lac = new TestLac(site.Node.EndPoint);
        var call = lac.Dial(Site.Victim);
        await call.Up;
        call.HangUp();
        await call.Over;
        return lac;
    }

    /// <summary>Up, or over, or still on its way after a moment.</summary>
    private static async Task Settle(TestCall? call)
    {
        if (call is null) return;
        using var moment = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 30 && call.Ups == 0 && !call.IsOver; i++)
            await moment.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }

    private static void Fail(Site site, Random random)
    {
        IActorRef[] candidates = random.Next(3) switch
        {
            0 => site.All<SessionActor>(),
            1 => site.All<LinkActor>(),
            _ =>
            site.All<BundleActor>()
        };
        if (candidates.Length == 0) return;
        var victim = candidates[random.Next(candidates.Length)];
        if (!site.IsOfNeighbour(victim)) victim.Tell(Kill.Instance);
    }

    private static async Task FailTunnel(Site site, TestLac lac)
    {
        foreach (var tunnel in site.Node.Node.Tunnels.All)
            if (tunnel.Flow.RemotePort == lac.LocalEndPoint.Port) tunnel.Actor.Tell(Kill.Instance);
        await lac.Closed;
        lac.Dispose();
    }
}
