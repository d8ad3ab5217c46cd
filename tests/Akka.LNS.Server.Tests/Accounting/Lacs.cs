using System.Collections.Concurrent;
using Akka.LNS.Server.Tests.Api;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Server.Tests.Accounting;

/// <summary>LACs and subscribers that a test orders about while they go on answering; on a thread of their own.</summary>
internal sealed class Lacs : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Glance = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentQueue<Action<LoadGenerator>> _orders = new();
    private readonly Thread _thread;
    private readonly LoadSettings _settings;
    private volatile bool _stop;

    public Lacs(LnsdProgram lnsd, int subscribers, string password)
    {
        _settings = new LoadSettings
        {
            Lns = new UdpEndpoint(Ipv4Address.Parse("127.0.0.1"), (ushort)lnsd.L2tpPort), Sessions = subscribers, Tunnels = 2,
            Password = password, SocketBuffer = 1 << 20,
        };
        _thread = new Thread(Run) { IsBackground = true, Name = "lacs" };
        _thread.Start();
    }

    /// <summary>The first <paramref name="count"/> are up.</summary>
    public async Task BringUp(int count) =>
        Assert.True(await Do(load => load.OpenTunnels(Patience) && load.BringUp(count, Patience)), $"not all {count} came up");

    public Task Drop(params IEnumerable<int> subscribers) => Do(load =>
    {
        foreach (var i in subscribers) load.Drop(i, HangUp.TerminateRequest);
        return true;
    });

    public Task<long> Up() => Do(static load => load.Counters.Up);

    private async Task<T> Do<T>(Func<LoadGenerator, T> order)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders.Enqueue(load =>
        {
            try
            {
                done.TrySetResult(order(load));
            }
            catch (Exception e)
            {
                done.TrySetException(e);
            }
        });
        return await done.Task;
    }

    private void Run()
    {
        using var load = new LoadGenerator(_settings);
        while (!_stop)
        {
            while (_orders.TryDequeue(out var order)) order(load);
            load.Hold(Glance);
        }
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }
}
