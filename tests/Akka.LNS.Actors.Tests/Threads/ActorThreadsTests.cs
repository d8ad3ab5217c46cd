using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Akka.Dispatch;
using Akka.LNS.Actors.Threads;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Tests.Threads;

/// <summary>Threads of a dispatcher: all work runs, and what it sends leaves when nothing more is to run.</summary>
public sealed class ActorThreadsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ActorThreads _threads = new("test", 1);
    private readonly Wire _wire = new();

    public void Dispose() => _threads.Shutdown();

    [Fact]
    public void What_a_thread_sends_leaves_together_when_nothing_more_is_to_run()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var started = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        Execute(() =>
        {
            started.Set();
            go.Wait(Patience, cancel);
        });
        Assert.True(started.Wait(Patience, TestContext.Current.CancellationToken));
        for (byte i = 1; i <= 3; i++)
        {
            byte[] datagram = [i];
            Execute(() => _wire.GatherControl(default, datagram));
        }
        go.Set();
        var sent = new List<byte>();
        while (sent.Count < 3) sent.AddRange(_wire.Take());
        Assert.Equal([1, 2, 3], sent);
        Assert.Equal(0, _wire.AtOnce);
    }

    [Fact]
    public void Another_thread_sends_at_once()
    {
        _wire.GatherControl(default, [1]);
        Assert.Equal(1, _wire.AtOnce);
    }

    [Fact]
    public void Work_that_fails_ends_no_thread()
    {
        using var done = new ManualResetEventSlim();
        Execute(static () => throw new InvalidOperationException("on purpose"));
        Execute(done.Set);
        Assert.True(done.Wait(Patience, TestContext.Current.CancellationToken));
    }

    [Theory, InlineData(1), InlineData(4)]
    public void All_work_of_many_producers_runs_once(int threads)
    {
        var pool = new ActorThreads("many", threads);
        const int producers = 8, each = 20_000;
        using var done = new CountdownEvent(producers * each * 2);
        Parallel.For(0, producers, _ =>
        {
            for (var i = 0; i < each; i++) pool.Execute(new Work(() =>
            {
                done.Signal();
                pool.Execute(new Work(() => done.Signal())); // from a thread of the pool
            }));
        });
        Assert.True(done.Wait(Patience, TestContext.Current.CancellationToken));
        pool.Shutdown();
        Assert.Throws<RejectedExecutionException>(() => pool.Execute(new Work(static () => { })));
    }

    private void Execute(Action what) => _threads.Execute(new Work(what));

    private sealed class Work(Action what) : IRunnable
    {
        public void Run() => what();
        public void Execute() => what();
    }

    /// <summary>A plane that only sends.</summary>
    private sealed class Wire : IDataPlane
    {
        private readonly ConcurrentQueue<byte> _waiting = new();
        private readonly BlockingCollection<byte[]> _flushed = [];
        private int _atOnce;

        public int AtOnce => Volatile.Read(ref _atOnce);
        public byte[] Take() => _flushed.TryTake(out var octets, Patience) ? octets : throw new TimeoutException("nothing was sent");
        public void QueueControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) => _waiting.Enqueue(datagram[0]);
        public void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) => Interlocked.Increment(ref _atOnce);
        public void SendPpp(in PathKey key, ReadOnlySpan<byte> frame) => Interlocked.Increment(ref _atOnce);

        public void Flush()
        {
            var octets = new List<byte>();
            while (_waiting.TryDequeue(out var one)) octets.Add(one);
            _flushed.Add([.. octets]);
        }

        public string Describe() => "wire";
        public IReadOnlyList<string> Warnings => [];
        public IReadOnlyList<IPEndPoint> Listening => [];
        public int PathCount => 0;
        public string? Failure => null;
        public void Start(IControlReceiver receiver, IPlaneObserver? observer = null) { }
        public void Apply(Span<PlaneOrder> orders) { }
        public void Route(ImmutableArray<Ipv4Prefix> networks) { }
        public bool TryReadCounters(in PathKey key, out PathCounters counters) => (counters = default).Equals(null);
        public PlaneCounters ReadPlaneCounters() => throw new NotSupportedException();
        public void Dispose() { }
    }
}
