using System.Net;
using Akka.Actor;
using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Pacing;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Tests;

/// <summary>
/// The gate in a running node, asked as sessions and bundles ask it; which orders are void is tested where it is decided.
/// </summary>
public class InterfaceGateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly EndReason Why = new(EndParty.Lns, EndLayer.Link, EndCause.CallDisconnected, "test");

    [Fact]
    public async Task Orders_wait_for_the_pause_and_count_into_the_load_and_all_run_when_the_node_ends()
    {
        await using var node = new TestNode(WithGate(TimeSpan.FromHours(1)));
        var gate = await Gate.Of(node);
        gate.Open(1);
        Assert.IsType<PathOpened>(gate.Answer());
        gate.Open(2);
        gate.Start(2);
        gate.Stop(2);
        gate.Close(2);
        gate.Stop(1);
        gate.Close(1);
        gate.Open(3);
        await Wait.Until(() => MailboxMeters.Of(node.System).Serial.Depth == 7 && gate.Waiting == 7, () =>
            $"{MailboxMeters.Of(node.System).Serial.Depth} wait, {gate.Waiting} of them at the gate");
        Assert.Equal([(PlaneOrderKind.Open, 1)], Ran(node));
        await node.System.Terminate();
        // the second path never existed in the plane: it was opened and closed while its orders waited
        Assert.Equal([(PlaneOrderKind.Open, 1), (PlaneOrderKind.Stop, 1), (PlaneOrderKind.Close, 1), (PlaneOrderKind.Open, 3)], Ran(node));
        Assert.Equal(0, MailboxMeters.Of(node.System).Serial.Depth);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_burst_runs_in_batches_and_overtaken_orders_are_answered_but_not_run(int pauseMilliseconds)
    {
        await using var node = new TestNode(WithGate(TimeSpan.FromMilliseconds(pauseMilliseconds), maxBatch: 4));
        var gate = await Gate.Of(node);
        using var held = new ManualResetEventSlim();
        node.Plane.FailOpen = key =>
        {
            if (key.SessionId == 1) held.Wait(Patience);
            return false;
        };
        gate.Open(1);
        await Wait.Until(() => !node.Plane.Orders.IsEmpty, static () => "the first has begun");
        for (ushort i = 2; i <= 8; i++) gate.Open(i);
        gate.Start(2);
        gate.Start(3);
        gate.Stop(3);
        gate.Close(3);
        held.Set();

        Assert.IsType<PathOpened>(gate.Answer()); // 1
        Assert.IsType<PathOpened>(gate.Answer()); // 2
        Assert.True(Assert.IsType<PathFailed>(gate.Answer()).IsOvertaken);
        for (var i = 4; i <= 8; i++) Assert.IsType<PathOpened>(gate.Answer());
        Assert.IsType<ForwardingStarted>(gate.Answer()); // 2
        Assert.True(Assert.IsType<PathFailed>(gate.Answer()).IsOvertaken);
        Assert.Equal(new ForwardingStopped(Why, default), gate.Answer());
        await node.Quiet();
        Assert.Equal([1, 4, 3], node.Plane.Batches);
        Assert.DoesNotContain(node.Plane.Orders, static o => o.Key.SessionId == 3);
        Assert.Equal(7, node.Plane.PathCount);
    }

    [Fact]
    public async Task A_refused_order_of_a_batch_fails_only_for_its_owner()
    {
        await using var node = new TestNode();
        var gate = await Gate.Of(node);
        using var held = new ManualResetEventSlim();
        node.Plane.FailOpen = key =>
        {
            if (key.SessionId == 1) held.Wait(Patience);
            return key.SessionId == 3;
        };
        gate.Open(1);
        await Wait.Until(() => !node.Plane.Orders.IsEmpty, static () => "the first has begun");
        for (ushort i = 2; i <= 4; i++) gate.Open(i);
        held.Set();
        object[] answers = [.. Enumerable.Range(0, 4).Select(_ => gate.Answer())];
        Assert.Equal([PathOpened.Instance, PathOpened.Instance, new PathFailed(FaultyPlane.Broken), PathOpened.Instance], answers);
        Assert.Equal([1, 3], node.Plane.Batches);
    }

    [Fact]
    public async Task Every_order_is_answered_when_the_plane_fails()
    {
        await using var node = new TestNode();
        var gate = await Gate.Of(node);
        gate.Open(1);
        Assert.IsType<PathOpened>(gate.Answer());
        node.Plane.FailApply = true;
        gate.Open(2);
        gate.Start(1);
        gate.Stop(1);
        Assert.Equal([new PathFailed(FaultyPlane.Broken), new PathFailed(FaultyPlane.Broken), new ForwardingStopped(Why, default)],
            Enumerable.Range(0, 3).Select(_ => gate.Answer()));
        node.Plane.FailApply = false;
        gate.Open(4);
        Assert.IsType<PathOpened>(gate.Answer());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task Subscribers_come_and_go_and_the_node_stops_cleanly_through_a_gate_that_pauses(int maxBatch)
    {
        await using var node = new TestNode(WithGate(TimeSpan.FromMilliseconds(20), maxBatch));
        using var lac = new TestLac(node.EndPoint);
        for (var round = 0; round < 2; round++)
        {
            var calls = Enumerable.Range(0, 8).Select(_ => lac.Dial("demo")).ToArray();
            foreach (var call in calls) await call.Up;
            await Wait.Until(() => node.Log.Count("user on") == 8 * (round + 1), node.Log.ToString);
            foreach (var call in calls) call.Disconnect();
            await node.AllGone();
        }
        var last = Enumerable.Range(0, 8).Select(_ => lac.Dial("demo")).ToArray();
        foreach (var call in last) await call.Up;
        var why = new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "the test is over");
        Assert.True(await node.Node.StopAsync(why, Patience), node.Log.ToString());
        Assert.Equal(0, node.Plane.PathCount);
        Assert.Equal(node.Plane.Orders.Count(static o => o.Kind == PlaneOrderKind.Open),
            node.Plane.Orders.Count(static o => o.Kind == PlaneOrderKind.Close));
    }

    private static Func<LnsSettings, LnsSettings> WithGate(TimeSpan pause, int maxBatch = 64) =>
        s => s with { InterfaceGate = new InterfaceGateSettings { Pause = pause, MaxBatch = maxBatch } };

    private static (PlaneOrderKind Kind, int Session)[] Ran(TestNode node) =>
        [.. node.Plane.Orders.Select(static o => (o.Kind, (int)o.Key.SessionId))];

    /// <summary>Asks for paths by a number, and takes the answers in their order.</summary>
    private sealed class Gate(TestNode node, IActorRef gate)
    {
        private static readonly UdpFlow Flow = UdpFlow.Of(IPAddress.Loopback, new IPEndPoint(IPAddress.Loopback, 1));
        private readonly Inbox _inbox = Inbox.Create(node.System);

        public void Open(ushort path) =>
            Tell(new GateOrder.OpenPath(Key(path), new PathSettings(Flow, 1, path), Deaf.Instance, _inbox.Receiver));
        public void Start(ushort path) =>
            Tell(new GateOrder.StartForwarding(Key(path), new ForwardingSettings(Ipv4Address.Parse("192.0.2.1"), 1400), _inbox.Receiver));
        public void Stop(ushort path) => Tell(new GateOrder.StopForwarding(Key(path), Why, _inbox.Receiver));
        public void Close(ushort path) => Tell(new GateOrder.ClosePath(Key(path)));

        public object Answer() => _inbox.Receive(Patience) switch
        {
            ForwardingStopped stopped => stopped with { Counters = default }, // the time of the last activity
            var answer => answer,
        };

        /// <summary>Orders that it has taken out of its mailbox and not run.</summary>
        public int Waiting => Lab.Actors.Read<PathOrderQueue<PathKey, GateOrder>>(gate, "_waiting")?.Count ?? 0;

        public static async Task<Gate> Of(TestNode node) => new(node, await node.Actor("interface-gate"));

        private static PathKey Key(ushort path) => new(9, path, 1);
        private void Tell(GateOrder order) => gate.Tell(order);
    }

    private sealed class Deaf : IPppReceiver
    {
        public static readonly Deaf Instance = new();
        public void OnPpp(ushort protocol, ReadOnlySpan<byte> payload) { }
    }
}
