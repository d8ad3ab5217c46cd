using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Akka.LNS.Server.Api.Guard;

/// <summary>
/// Threads that run requests of the API. They are few and have a low priority, so that requests take no time from calls. Requests go on
/// here after each await, because this is their synchronization context.
/// </summary>
internal sealed partial class ApiThreads : SynchronizationContext, IDisposable
{
    private const int OfProcess = 0, Niceness = 10; // PRIO_PROCESS; Linux applies it to the thread (setpriority(2))

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];

    /// <param name="count">Number of threads.</param>
    public ApiThreads(int count)
    {
        for (var i = 0; i < count; i++) new Thread(Run) { IsBackground = true, Name = "lns-api" }.Start();
    }

    /// <summary>A quarter of the cores, at least one.</summary>
    public static int Usual => Math.Max(1, Environment.ProcessorCount / 4);

    /// <summary>Runs an operation on these threads.</summary>
    public Task RunAsync(Func<Task> operation)
    {
        if (ReferenceEquals(Current, this)) return operation();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ExecutionContext.Capture();
        Post(_ =>
        {
            if (context is null) Begin(null);
            else ExecutionContext.Run(context, Begin, null);
        }, null);
        return done.Task;

        async void Begin(object? none)
        {
            try
            {
                await operation();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!_work.IsAddingCompleted)
        {
            try
            {
                _work.Add((d, state));
                return;
            }
            catch (InvalidOperationException)
            {
                // ended in this moment
            }
        }
        base.Post(d, state); // what is left goes to the thread pool
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Ends the threads when they have no more work.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        _ = SetPriority(OfProcess, 0, Niceness); // without effect the thread keeps the usual priority
        SetSynchronizationContext(this);
        foreach (var (callback, state) in _work.GetConsumingEnumerable()) callback(state);
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
