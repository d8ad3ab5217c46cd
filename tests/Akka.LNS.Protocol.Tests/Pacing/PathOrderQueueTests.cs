using Akka.LNS.Protocol.Pacing;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Pacing;

public class PathOrderQueueTests
{
    private readonly record struct Order(int Key, PathOrderKind Kind, int Number);

    private readonly PathOrderQueue<int, Order> _queue = new();
    private int _number;

    private void Add(int key, params ReadOnlySpan<PathOrderKind> kinds)
    {
        foreach (var kind in kinds) _queue.Add(key, kind, new Order(key, kind, ++_number));
    }

    private string Take(int most = 100)
    {
        List<DueOrder<Order>> batch = [];
        var run = _queue.Take(most, batch);
        Assert.Equal(run, batch.Count(static d => !d.IsVoid));
        return string.Join(' ', batch.Select(static d => $"{(d.IsVoid ? "-" : "")}{d.Order.Kind}{d.Order.Key}"));
    }

    [Fact]
    public void An_open_overtaken_by_its_close_is_void_with_all_orders_between_them()
    {
        Add(1, PathOrderKind.Open, PathOrderKind.Change);
        Add(2, PathOrderKind.Open);
        Add(1, PathOrderKind.Stop, PathOrderKind.Close);
        Assert.Equal("-Open1 -Change1 Open2 -Stop1 -Close1", Take());
        Add(2, PathOrderKind.Close);
        Assert.Equal("Close2", Take()); // that path is open
    }

    [Fact]
    public void A_path_that_is_open_is_stopped_and_closed_and_not_changed_before()
    {
        Add(1, PathOrderKind.Open);
        Assert.Equal("Open1", Take());
        Add(1, PathOrderKind.Stop, PathOrderKind.Change, PathOrderKind.Stop, PathOrderKind.Close);
        Assert.Equal("Stop1 -Change1 Stop1 Close1", Take());
    }

    [Fact]
    public void Void_orders_take_no_place_in_a_batch()
    {
        for (var key = 1; key <= 5; key++) Add(key, PathOrderKind.Open);
        Add(2, PathOrderKind.Close);
        Add(3, PathOrderKind.Close);
        Assert.Equal("Open1 -Open2 -Open3 Open4", Take(2));
        Assert.Equal("Open5 -Close2 -Close3", Take(2));
        Assert.Equal("", Take(2));
    }

    [Fact]
    public void An_order_after_the_close_runs()
    {
        Add(1, PathOrderKind.Open, PathOrderKind.Close, PathOrderKind.Stop);
        Assert.Equal("-Open1 -Close1 Stop1", Take());
    }

    /// <summary>
    /// Lives of paths, mixed at random: each is Open, some of Change and Stop, Close; and the queue is taken from at random moments.
    /// </summary>
    private static readonly Gen<(int Key, int Step)[]> Scripts = Gen.Select(Gen.Int[0, 7], Gen.Int[0, 5]).Array[0, 120];

    [Fact]
    public void Laws_over_random_scripts() => Scripts.Sample(static script =>
    {
        PathOrderQueue<int, Order> queue = new();
        Dictionary<int, int> lives = []; // of each of eight subscribers: the key of the path it has now
        List<Order> added = [];
        List<DueOrder<Order>> due = [];
        var nextKey = 0;
        foreach (var (who, step) in script)
        {
            if (step == 5)
            {
                List<DueOrder<Order>> batch = [];
                Assert.InRange(queue.Take(who + 1, batch), 0, who + 1);
                due.AddRange(batch);
                continue;
            }
            PathOrderKind kind;
            if (!lives.TryGetValue(who, out var key)) (kind, lives[who]) = (PathOrderKind.Open, key = ++nextKey);
            else kind = step switch { 0 or 1 => PathOrderKind.Change, 2 => PathOrderKind.Stop, _ => PathOrderKind.Close };
            if (kind == PathOrderKind.Close) lives.Remove(who);
            var order = new Order(key, kind, added.Count);
            added.Add(order);
            queue.Add(key, kind, order);
        }
        Assert.Equal(added.Count - due.Count, queue.Count);
        queue.Take(int.MaxValue, due);
        Assert.Equal(added, due.Select(static d => d.Order)); // each is answered once, in the order they came

        foreach (var path in due.GroupBy(static d => d.Order.Key))
        {
            var isOpen = false;
            var isClosed = path.Any(static d => d.Order.Kind == PathOrderKind.Close);
            foreach (var (order, isVoid) in path)
            {
                if (isVoid)
                {
                    Assert.True(isClosed, "only a close makes anything void");
                    Assert.True(!isOpen || order.Kind == PathOrderKind.Change, "an open path is stopped and closed");
                    continue;
                }
                Assert.Equal(order.Kind == PathOrderKind.Open, !isOpen); // opened once, and no order reaches a path that does not exist
                isOpen = order.Kind != PathOrderKind.Close;
            }
            Assert.Equal(!isClosed, isOpen); // each open has its close, or neither reached the plane
        }
    });

    [Fact]
    public void Orders_that_wait_together_with_their_close_never_reach_the_plane() => Scripts.Sample(static script =>
    {
        PathOrderQueue<int, Order> queue = new();
        HashSet<int> opened = [], closed = [];
        foreach (var (key, step) in script)
        {
            if (closed.Contains(key)) continue;
            var kind = opened.Add(key) ? PathOrderKind.Open : step >= 4 ? PathOrderKind.Close : step >= 2
                ? PathOrderKind.Stop : PathOrderKind.Change;
            if (kind == PathOrderKind.Close) closed.Add(key);
            queue.Add(key, kind, new Order(key, kind, 0));
        }
        List<DueOrder<Order>> due = [];
        queue.Take(int.MaxValue, due);
        Assert.All(due, d => Assert.Equal(closed.Contains(d.Order.Key), d.IsVoid));
    });
}
