using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Dispatch;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Threads;

/// <summary>
/// The threads of a dispatcher. What actors send to LACs and subscribers leaves when a thread has nothing more to run, or after
/// <see cref="GatherFor"/>: then one system call sends it all.
/// </summary>
internal sealed class ActorThreads : ExecutorService
{
    private sealed class Worker : IDisposable
    {
        public AutoResetEvent Woken { get; } = new(false);
        public IDataPlane? Owed { get; set; } // has datagrams that wait
        public long OwedSince { get; set; }
        public void Dispose() => Woken.Dispose();
    }

    /// <summary>Maximum time for which a busy thread gathers.</summary>
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(0.5);
    private static readonly long GatherTicks = (long)(GatherFor.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Times that a thread without work lets others go first. To sleep and to be woken costs more than all of them.</summary>
    private const int Yields = 50;

    [ThreadStatic] private static Worker? _current;

    private readonly ConcurrentQueue<IRunnable> _ready = new();
    private readonly Lock _gate = new();
    private readonly Stack<Worker> _idle; // under the lock
    private volatile int _idleCount;
    private int _waiting;                 // entries of _ready
    private volatile bool _isShutDown;

    /// <param name="id">Name of the dispatcher, and of its threads.</param>
    /// <param name="count">Number of threads.</param>
    public ActorThreads(string id, int count) : base(id)
    {
        _idle = new Stack<Worker>(count);
        for (var i = 0; i < count; i++) new Thread(Run) { IsBackground = true, Name = $"{id}-{i + 1}" }.Start();
    }

    /// <summary>True: this thread will call <see cref="IDataPlane.Flush"/> soon. False: it is no thread of actors.</summary>
    public static bool FlushSoon(IDataPlane plane)
    {
        if (_current is not { } worker) return false;
        if (ReferenceEquals(worker.Owed, plane)) return true;
        worker.Owed?.Flush();
        (worker.Owed, worker.OwedSince) = (plane, Stopwatch.GetTimestamp());
        return true;
    }

    public override void Execute(IRunnable run)
    {
        if (_isShutDown) throw new RejectedExecutionException("the threads have ended");
        _ready.Enqueue(run);
        var waiting = Interlocked.Increment(ref _waiting);
        // one entry of a thread's own is its next one: waking another thread for it would cost more than it brings
        if (_idleCount > 0 && (waiting > 1 || _current is null)) WakeOne();
    }

    public override void Shutdown()
    {
        _isShutDown = true;
        while (WakeOne()) { }
    }

    private bool WakeOne()
    {
        Worker? worker;
        lock (_gate)
        {
            if (!_idle.TryPop(out worker)) return false;
            _idleCount = _idle.Count;
        }
        worker.Woken.Set();
        return true;
    }

    private void Run()
    {
        using var worker = new Worker();
        _current = worker;
        while (true)
        {
            if (_ready.TryDequeue(out var run))
            {
                Interlocked.Decrement(ref _waiting);
                Run(run);
                if (worker.Owed is not null && Stopwatch.GetTimestamp() - worker.OwedSince > GatherTicks) Flush(worker);
                continue;
            }
            Flush(worker);
            if (_isShutDown) return;
            if (AwaitMore()) continue;
            lock (_gate)
            {
                _idle.Push(worker);
                _idleCount = _idle.Count; // a full barrier comes with the end of the lock: then either side sees the other
            }
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _waiting) > 0 || _isShutDown) WakeOne();
            worker.Woken.WaitOne();
        }
    }

    /// <summary>Lets threads that have datagrams go first. False: there is nothing to run still.</summary>
    private bool AwaitMore()
    {
        for (var i = 0; i < Yields; i++)
        {
            Thread.Yield();
            if (Volatile.Read(ref _waiting) > 0) return true;
        }
        return false;
    }

    private static void Run(IRunnable run)
    {
        try
        {
            run.Run();
        }
        catch (Exception) // Akka's mailboxes catch what actors throw
        {
        }
    }

    private static void Flush(Worker worker)
    {
        if (worker.Owed is not { } plane) return;
        worker.Owed = null;
        try
        {
            plane.Flush();
        }
        catch (Exception) // the waiting datagrams are lost; the protocols send them again
        {
        }
    }
}
