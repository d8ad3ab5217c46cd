using System.Collections.Concurrent;
using System.Globalization;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>LACs and subscribers towards an lnsd, up while the test looks at it.</summary>
internal sealed class Subscribers : IAsyncDisposable
{
    /// <summary>End of the user names.</summary>
    private const string Suffix = "@example.net";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<(int Subscriber, HangUp How)> _hangUps = new();
    private readonly Task _running;
    private volatile int _talkers;
    private readonly TaskCompletionSource<bool> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Subscribers(int port, int count, int tunnels, string password, string lac, string? networkNamespace, string suffix) =>
        _running = Task.Factory.StartNew(() => Run(port, count, tunnels, password, lac, networkNamespace, suffix), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>User name of subscriber i.</summary>
    public static string Name(int i) => Name(i, Suffix);

    public static string Name(int i, string suffix) => string.Create(CultureInfo.InvariantCulture, $"u{i:d6}{suffix}");

    /// <summary>The users section for this number of subscribers.</summary>
    public static string Users(int count, string password, string suffix = Suffix) => $"lns.users {{ "
        + $"{string.Join('\n', Enumerable.Range(0, count).Select(i => $"\"{Name(i, suffix)}\" {{ password = \"{password}\" }}"))} }}";

    /// <param name="lac">Start of the names of the LACs. A new one adds LACs to those of earlier calls.</param>
    public static async Task<Subscribers> BringUp(LnsdProgram lnsd, int count, int tunnels, string password, string lac = "lac-",
        string? networkNamespace = null, string suffix = Suffix)
    {
        var subscribers = new Subscribers(lnsd.L2tpPort, count, tunnels, password, lac, networkNamespace, suffix);
        Assert.True(await subscribers._up.Task, $"not all are up\n{lnsd.Output}");
        return subscribers;
    }

    /// <summary>As <see cref="BringUp"/>. The subscribers that the node refuses stay down.</summary>
    public static async Task<Subscribers> Try(LnsdProgram lnsd, int count, string password, string lac, string suffix = Suffix)
    {
        var subscribers = new Subscribers(lnsd.L2tpPort, count, 1, password, lac, null, suffix);
        await subscribers._up.Task;
        return subscribers;
    }

    /// <summary>The first of them send packets from now on.</summary>
    public int Talkers { set => _talkers = value; }

    /// <summary>Ends the call of a subscriber.</summary>
    public void HangUp(int subscriber, HangUp how) => _hangUps.Enqueue((subscriber, how));

    private void Run(int port, int count, int tunnels, string password, string lac, string? networkNamespace, string suffix)
    {
        try
        {
            if (networkNamespace is not null) NetworkNamespace.EnterThread(networkNamespace); // a thread of its own, which ends with this
            using var load = new LoadGenerator(new LoadSettings
            {
                Lns = new UdpEndpoint(Ipv4Address.Parse("127.0.0.1"), (ushort)port), Sessions = count, Tunnels = tunnels,
                Password = password, HostName = lac, UserSuffix = suffix, SocketBuffer = 1 << 20,
            });
            _up.TrySetResult(load.OpenTunnels(Patience, _end.Token) && load.BringUp(Patience, _end.Token));
            while (!_end.IsCancellationRequested)
            {
                while (_hangUps.TryDequeue(out var one)) load.Drop(one.Subscriber, one.How);
                for (var i = 0; i < _talkers; i++) load.SendIp(i, 200 + (i * 400 % 1200));
                load.Hold(TimeSpan.FromMilliseconds(_talkers > 0 ? 20 : 200), _end.Token);
            }
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
