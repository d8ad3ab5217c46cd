using System.Globalization;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>LACs and subscribers towards an lnsd, up while the test looks at it.</summary>
internal sealed class Subscribers : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private readonly TaskCompletionSource<bool> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Subscribers(int port, int count, int tunnels, string password, string lac, string? networkNamespace) =>
        _running = Task.Factory.StartNew(() => Run(port, count, tunnels, password, lac, networkNamespace), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>User name of subscriber i.</summary>
    public static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"u{i:d6}@example.net");

    /// <summary>The users section for this number of subscribers.</summary>
    public static string Users(int count, string password) =>
        $"lns.users {{ {string.Join('\n', Enumerable.Range(0, count).Select(i => $"\"{Name(i)}\" {{ password = \"{password}\" }}"))} }}";

    /// <param name="lac">Start of the names of the LACs. A new one adds LACs to those of earlier calls.</param>
    public static async Task<Subscribers> BringUp(LnsdProgram lnsd, int count, int tunnels, string password, string lac = "lac-",
        string? networkNamespace = null)
    {
        var subscribers = new Subscribers(lnsd.L2tpPort, count, tunnels, password, lac, networkNamespace);
        Assert.True(await subscribers._up.Task, $"not all are up\n{lnsd.Output}");
        return subscribers;
    }

    private void Run(int port, int count, int tunnels, string password, string lac, string? networkNamespace)
    {
        try
        {
            if (networkNamespace is not null) NetworkNamespace.EnterThread(networkNamespace); // a thread of its own, which ends with this
            using var load = new LoadGenerator(new LoadSettings
            {
                Lns = new UdpEndpoint(Ipv4Address.Parse("127.0.0.1"), (ushort)port), Sessions = count, Tunnels = tunnels,
                Password = password, HostName = lac, SocketBuffer = 1 << 20,
            });
            _up.TrySetResult(load.OpenTunnels(Patience, _end.Token) && load.BringUp(Patience, _end.Token));
            while (!_end.IsCancellationRequested) load.Hold(TimeSpan.FromSeconds(1), _end.Token);
        }
        catch (Exception e)
        {
            _up.TrySetException(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }
}
