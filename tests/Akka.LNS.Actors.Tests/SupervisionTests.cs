using Akka.Actor;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Actors.Tunnels;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Tests;

/// <summary>
/// Every actor fails in each of its states: <see cref="Kill"/> raises an exception in it, which is handled like every exception. Its
/// subscriber ends with CDN and Stop, others are not affected, and nothing is left.
/// </summary>
public class SupervisionTests
{
    public enum SessionState { PathOpening, WaitConnect, Established, Ending }
    public enum LinkStage { Lcp, LoginUnderWay, BundleBeingMade, Network, Terminating, CarrierLost }
    public enum BundleState { WaitingForAddress, Ipcp, StartingToForward, Up, Ending }
    public enum TunnelState { WaitControlConnection, NoCall, Calls, ClosedByLac }

    public static TheoryData<SessionState> AllOfSessionState => [.. Enum.GetValues<SessionState>()];
    public static TheoryData<LinkStage> AllOfLinkStage => [.. Enum.GetValues<LinkStage>()];
    public static TheoryData<BundleState> AllOfBundleState => [.. Enum.GetValues<BundleState>()];
    public static TheoryData<TunnelState> AllOfTunnelState => [.. Enum.GetValues<TunnelState>()];

    [Theory, MemberData(nameof(AllOfSessionState))]
    public async Task A_session_that_fails_ends_alone(SessionState state)
    {
        await using var site = await Site.Open();
        var before = await Leaks.Of(site.Node);
        var others = site.All<SessionActor>();
        var gate = await site.Node.Actor("interface-gate");
        if (state == SessionState.PathOpening) Lab.Actors.Hold(gate);
        var call = site.Lac.Dial(Site.Victim, noIccn: state == SessionState.WaitConnect);
        var session = await site.New<SessionActor>(others);
        if (state == SessionState.WaitConnect) await Wait.Until(() => call.IsAnswered, site.Node.Log.ToString);
        if (state >= SessionState.Established) await IsOn(site, call);
        if (state == SessionState.Ending)
        {
            Lab.Actors.Hold(Lab.Actors.ChildrenOf(session).Single()); // the session waits for its link
            call.Disconnect();
            await Wait.Until(() => Lab.Actors.Read<CallState>(session, "_state") is CallState.Over, site.Node.Log.ToString);
        }
        await Kill(session);
        if (state == SessionState.PathOpening) Lab.Actors.Go(gate);
        var end = await call.Over;
        if (state != SessionState.Ending) Assert.Contains("internal error", end.Text, StringComparison.Ordinal);
        await OnlyTheNeighbourIsLeft(site, before);
    }

    [Theory, MemberData(nameof(AllOfLinkStage))]
    public async Task A_link_that_fails_ends_alone(LinkStage state)
    {
        // a Terminate-Request that is sent again after a minute: the link stays where it is to be met
        await using var site = await Site.Open(s => state != LinkStage.Terminating ? s : s with
        {
            Links = s.Links.SetItem(TemplateNames.Default, s.Links[TemplateNames.Default] with
            {
                Policy = s.Links[TemplateNames.Default].Policy with
                {
                    RestartInterval = TimeSpan.FromMinutes(1),
                    FirstRestartInterval = TimeSpan.FromMinutes(1)
                },
            }),
        });
        var before = await Leaks.Of(site.Node);
        var others = site.All<LinkActor>();
        var bundles = await site.Node.Actor("bundles");
        RadiusRequest? login = null;
        if (state == LinkStage.LoginUnderWay) site.Radius.OnLogin = r => login = r;
        if (state is LinkStage.BundleBeingMade or LinkStage.CarrierLost) Lab.Actors.Hold(bundles);
        var call = site.Lac.Dial(Site.Victim, mute: state == LinkStage.Lcp ? PppProtocol.Lcp : null);
        var link = await site.New<LinkActor>(others);
        switch (state)
        {
            case LinkStage.LoginUnderWay: await Wait.Until(() => login is not null, site.Node.Log.ToString); break;
            case LinkStage.BundleBeingMade or LinkStage.CarrierLost: await HasOrderedItsBundle(site, link); break;
            case LinkStage.Network or LinkStage.Terminating: await IsOn(site, call); break;
        }
        if (state == LinkStage.CarrierLost)
        {
            call.Disconnect();
            await Wait.Until(() => Lab.Actors.Read<bool>(link, "_isStopping"), site.Node.Log.ToString);
        }
        if (state == LinkStage.Terminating)
        {
            call.GoDeaf();
            await Wait.Until(() => call.IsDeaf, site.Node.Log.ToString); // it never acknowledges the Terminate-Request
            await Drop(site);
            await Wait.Until(() => BundleOf(link).ReleasedWhy is not null, site.Node.Log.ToString);
        }
        await Kill(link);
        Lab.Actors.Go(bundles);
        var end = await call.Over;
        if (state != LinkStage.CarrierLost) Assert.Contains("exception in the actor of the link", end.Text, StringComparison.Ordinal);
        if (login is not null) Site.Judge(login); // the answer has no receiver
        site.Radius.OnLogin = Site.Judge;
        await OnlyTheNeighbourIsLeft(site, before);
    }

    [Theory, MemberData(nameof(AllOfBundleState))]
    public async Task A_bundle_that_fails_ends_alone_with_an_lcp_terminate_request(BundleState state)
    {
        await using var site = await Site.Open();
        var before = await Leaks.Of(site.Node);
        var others = site.All<BundleActor>();
        var (pools, gate) = (await site.Node.Actor("pools"), await site.Node.Actor("interface-gate"));
        if (state is BundleState.WaitingForAddress or BundleState.StartingToForward) Lab.Actors.Hold(pools);
        var call = site.Lac.Dial(Site.Victim, mute: state == BundleState.Ipcp ? PppProtocol.Ipcp : null);
        var bundle = await site.New<BundleActor>(others);
        switch (state)
        {
            case BundleState.StartingToForward:
                Lab.Actors.Hold(gate);
                Lab.Actors.Go(pools);
                await Wait.Until(() => Lab.Actors.Read<SubscriberState>(bundle, "_state") is SubscriberState.WaitingForForwarding,
                    site.Node.Log.ToString);
                break;
            case BundleState.Ipcp: await Wait.Until(() => call.IpcpReceived.Count > 0, site.Node.Log.ToString); break;
            case BundleState.Up: await IsOn(site, call); break;
            case BundleState.Ending:
                await IsOn(site, call);
                Lab.Actors.Hold(gate); // the answer that forwarding has stopped never arrives
                await Drop(site);
                await call.LinkEnded;
                break;
        }
        await Kill(bundle);
        Lab.Actors.Go(pools);
        Lab.Actors.Go(gate);
        if (state != BundleState.Ending) Assert.Equal(EndCause.UserRequest, (await call.LinkClosing).Cause); // by LCP Terminate-Request
        var end = await call.Over;
        if (state != BundleState.Ending) Assert.Contains("exception in the actor of the bundle", end.Text, StringComparison.Ordinal);
        await OnlyTheNeighbourIsLeft(site, before);
    }

    [Theory, MemberData(nameof(AllOfTunnelState))]
    public async Task A_tunnel_that_fails_ends_alone_with_a_stop_ccn(TunnelState state)
    {
        await using var site = await Site.Open();
        var before = await Leaks.Of(site.Node);
        var others = site.All<TunnelActor>();
        using var lac = new TestLac(site.Node.EndPoint, withheld: state == TunnelState.WaitControlConnection ? MessageType.Scccn : null);
        var tunnel = await site.New<TunnelActor>(others);
        await lac.Opened;
        if (state != TunnelState.WaitControlConnection) await site.Node.Log.Line("tunnel up", $"peer tunnel {77}");
        TestCall[] calls = state is TunnelState.Calls or TunnelState.ClosedByLac
            ? [lac.Dial(Site.Victim), lac.Dial(Site.Victim), lac.Dial(Site.Victim, mute: PppProtocol.Chap)] : [];
        foreach (var call in calls.Take(2)) await call.Up;
        if (calls.Length > 0) await Wait.Until(() => site.All<SessionActor>().Length == 4
            && site.Node.Log.Count("user on") == 5, site.Node.Log.ToString);
        if (state == TunnelState.ClosedByLac)
        {
            lac.Close();
            await Wait.Until(() => site.Node.Node.Counters.TunnelsClosing == 1, site.Node.Log.ToString);
        }
        await Kill(tunnel);
        var end = await lac.Closed;
        if (state != TunnelState.ClosedByLac) Assert.Contains("internal error", end.Text, StringComparison.Ordinal);
        foreach (var call in calls) await call.Over;
        await OnlyTheNeighbourIsLeft(site, before);
    }

    [Theory]
    [InlineData("pools"), InlineData("interface-gate"), InlineData("radius"), InlineData("radius/worker-1"), InlineData("accounting")]
    [InlineData("bundles"), InlineData("tunnels")]
    public async Task Actors_that_exist_once_survive_repeated_failures(string path)
    {
        await using var site = await Site.Open();
        var before = await Leaks.Of(site.Node);
        var actor = await site.Node.Actor(path);
        for (var round = 0; round < 3; round++)
        {
            // a storm of exceptions while subscribers come and go
            var calls = Enumerable.Range(0, 6).Select(i => site.Lac.Dial(Site.Victim)).ToArray();
            for (var i = 0; i < 20; i++)
            {
                actor.Tell(Akka.Actor.Kill.Instance);
                await Task.Yield();
            }
            foreach (var call in calls) await ComesUp(call);
            foreach (var call in calls) call.HangUp();
            foreach (var call in calls) await call.Over;
        }
        Assert.Equal(actor, await site.Node.Actor(path)); // not another in its place
        await OnlyTheNeighbourIsLeft(site, before, mayRepeat: IsWorker());

        bool IsWorker() => path.Contains("worker", StringComparison.Ordinal);

        async Task ComesUp(TestCall call)
        {
            try
            {
                await call.Up;
            }
            catch (InvalidOperationException e) when (IsWorker() && e.Message.Contains("worker failed", StringComparison.Ordinal))
            {
                // the worker was processing this login: it is refused, with this reason
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_wait_for_a_bundle_that_is_never_created_ends(bool carrierIsLost)
    {
        const string nowhere = "nowhere"; // no bundle template has this name: its actor fails as it is made
        await using var site = await Site.Open(static s => s with
        {
            Links = s.Links.Add(nowhere, s.Links[TemplateNames.Default] with
            {
                Bundle = nowhere,
                Policy = s.Links[TemplateNames.Default].Policy with { SetupTimeout = TimeSpan.FromSeconds(2) },
            }),
            Tunnels = s.Tunnels with
            {
                Peers = [.. s.Tunnels.Peers,
            new PeerSettings { Pattern = PeerPattern.Parse("*.nowhere"), Link = nowhere }]
            },
        });
        using var lac = new TestLac(site.Node.EndPoint, new ControlConnectionSettings { HostName = "lac.nowhere" });
        await lac.Opened;
        await site.Node.Log.Line("tunnel up", "lac.nowhere");
        var (before, others) = (await Leaks.Of(site.Node), site.All<LinkActor>());
        var call = lac.Dial(Site.Victim);
        var link = await site.New<LinkActor>(others);
        await HasOrderedItsBundle(site, link);
        if (carrierIsLost) call.Disconnect();
        else Assert.Contains("the bundle could not be created", (await call.Over).Text, StringComparison.Ordinal);
        await Wait.Until(() => site.Node.Node.Counters is { Sessions: 1, Links: 1, Bundles: 1 }
            && site.All<SessionActor>().Length == 1, site.Node.Log.ToString);
        Assert.Equal(1, site.Node.Node.Counters.Ended(carrierIsLost ? EndCause.CallDisconnected : EndCause.InternalError));
        await before.None(site.Node, except: "TunnelActor._calls._ids"); // made with the first call
        await site.NeighbourLives();
    }

    [Fact]
    public async Task The_supervisor_continues_after_an_exception_and_reports_its_end()
    {
        await using var site = await Site.Open();
        var before = await Leaks.Of(site.Node);
        site.Node.Log.Fails = static line => line.Contains("drain", StringComparison.Ordinal)
            && !line.Contains("failed", StringComparison.Ordinal);
        site.Node.Node.Drain(null, exit: false);
        await site.Node.Log.Line("message lost: actor lns", FaultyPlane.Broken);
        site.Node.Log.Fails = null;
        site.Node.Node.Undrain();
        await site.Node.Log.Line("drain cancelled");
        await OnlyTheNeighbourIsLeft(site, before);
        Assert.False(site.Node.Node.Ended.IsCompleted);
        site.Supervisor.Tell(Akka.Actor.Kill.Instance);
        await site.Node.Node.Ended.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static async Task IsOn(Site site, TestCall call)
    {
        await call.Up;
        await Wait.Until(() => site.Node.Log.Count("user on: user 'victim'") == 2, site.Node.Log.ToString); // the first was the warm-up's
    }

    private static LinkBundle BundleOf(IActorRef link) => Lab.Actors.Read<LinkBundle>(link, "_bundle");

    private static Task HasOrderedItsBundle(Site site, IActorRef link) =>
        Wait.Until(() => BundleOf(link).Options is not null, site.Node.Log.ToString);

    private static Task Drop(Site site)
    {
        var entry = Assert.Single(site.Node.Node.Find(Site.Victim));
        LnsNode.Drop(entry, new EndReason(EndParty.Administrator, EndLayer.Bundle, EndCause.AdministrativeReset, "dropped"));
        return Task.CompletedTask;
    }

    private static async Task Kill(IActorRef actor)
    {
        var ended = actor.WatchAsync(TestContext.Current.CancellationToken);
        actor.Tell(Akka.Actor.Kill.Instance);
        await ended.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task OnlyTheNeighbourIsLeft(Site site, Leaks before, bool mayRepeat = false)
    {
        await before.None(site.Node);
        await site.NeighbourLives();
        await site.AccountingIsComplete(up: 1, mayRepeat);
        var again = site.Lac.Dial(Site.Victim);
        await again.Up;
        again.HangUp();
        await again.Over;
        await before.None(site.Node);
        site.NeighbourCall.HangUp();
        await site.Node.AllGone();
        await site.AccountingIsComplete(up: 0, mayRepeat);
    }
}
