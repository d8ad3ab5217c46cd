using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Clustering;
using Akka.LNS.DataPlane;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol;
using Akka.LNS.Server.Api;
using Akka.LNS.Server.Metrics;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Sections;
using Akka.Logger.Serilog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Extensions.Logging;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Api.Hosting;

namespace Akka.LNS.Server;

/// <summary>Starts log, host, actor system, data plane, node, cluster and API, and stops them in the opposite order.</summary>
internal static class LnsHost
{
    /// <summary>Time for the actor system and the data plane to stop, after <see cref="ShutdownSettings.Within"/>.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromMilliseconds(1500);

    /// <summary>Serves until a signal or a drain with exit stops it.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(ConfigurationFile file, SettingsResult read)
    {
        RunningConfiguration? running = null;
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true; // the default action ends the process; before the start there is nothing to reload
            _ = Volatile.Read(ref running)?.HangUpAsync();
        });
        var (settings, left) = WithoutMissingFamilies(read.Settings.Node);
        if (CannotWrite(read.Settings.Log.File) is { } why) return Lnsd.CannotStart(why);
        await using var output = LogOutput.Create(read.Settings.Log);
        using var plane = MakePlane(settings);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "lnsd" });
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddSerilog(output.Log) // Serilog decides what is written
                                                                               // RunAsync reports a failed start once
            .AddFilter<SerilogLoggerProvider>("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<ConsoleLifetimeOptions>(static o => o.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = settings.Shutdown.Within + Ending);
        var nas = NasOfNode.Of(settings);
        builder.Services.AddSingleton(settings).AddSingleton<IDataPlane>(plane).AddSingleton(nas).AddSingleton(read.Settings.Cluster);
        builder.Services.AddAkka("lns", akka => akka
            .AddHocon(StopTimeout(settings.Shutdown), HoconAddMode.Append)
            .AddHocon(ConfigurationFactory.ParseString(read.AkkaHocon), HoconAddMode.Prepend)
            .ConfigureLoggers(static loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddSerilogLogging();
            }));
        // after Akka in the list: it starts after Akka and stops before it
        builder.Services.AddSingleton<NodeService>().AddHostedService(static services => services.GetRequiredService<NodeService>());
        using var host = builder.Build();
        var program = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Akka.LNS.Server");
        foreach (var endpoint in left) LogNoIpv6(program, endpoint, null);
        LnsCluster? member = null;
        ApiHost? serving = null;
        RunningConfiguration? live = null;
        try
        {
            await host.StartAsync();
            var node = host.Services.GetRequiredService<NodeService>().Node;
            node.Protect("program", read.Settings.NeededAddresses);
            if (read.Settings.Cluster.Enabled)
                member = await LnsCluster.StartAsync(read.Settings.Cluster, read.AkkaHocon, new ClusteredNode(node, nas),
                    host.Services.GetRequiredService<ILoggerFactory>(), TimeProvider.System);
            live = new RunningConfiguration(file, read, node, output.Levels, program);
            if (read.Settings.Api.Enabled) serving = await ApiHost.StartAsync(node, member, output, live);
            Volatile.Write(ref running, live);
        }
        catch (Exception e)
        {
            if (member is not null) await member.DisposeAsync();
            await StopQuietly(host);
            if (e.GetBaseException() is DataPlaneStartException or ApiStartException or SpoolStartException
                or DynamicAuthorizationStartException or ClusterStartException)
                return Lnsd.CannotStart(e.GetBaseException().Message);
            LogStartFailed(program, e);
            return Lnsd.CannotStart($"cannot start: {e.GetBaseException().Message}");
        }
        using var push = MetricsExport.Push(host.Services.GetRequiredService<NodeService>().Node, read.Settings.Metrics.Otlp,
            host.Services.GetRequiredService<ILoggerFactory>());
        using var trim = IsNative(settings)
            ? new HeapTrim(host.Services.GetRequiredService<NodeService>().Node.Counters, TimeProvider.System, program) : null;
        await using var api = serving; // stops last, so that a client can watch the node stop
        await using var cluster = member; // stops before the API: other members see the node until its last session has ended
        var apiPart = api is null ? "" : $"; api {string.Join(", ", api.Listening)}";
        var clusterPart = cluster is null ? "" : $"; cluster {(cluster.Listens ? cluster.View.Self.Address : "of this node alone")}";
        var listening = string.Join(", ", plane.Listening);
        Console.WriteLine($"Akka.LNS ready: listening on {listening}; data plane {plane.Describe()}{apiPart}{clusterPart}");
        if (api?.Dashboard is { } dashboard) Console.WriteLine(dashboard);
        await host.WaitForShutdownAsync();
        return host.Services.GetRequiredService<NodeService>().HasFailed ? ExitCode.Failed : ExitCode.Clean;
    }

    private static bool IsNative(LnsSettings settings) => settings.DataPlaneCode == DataPlaneCode.Native
        || (settings.DataPlaneCode == DataPlaneCode.Auto && File.Exists(Planes.NativeLibrary));

    private static IDataPlane MakePlane(LnsSettings settings)
    {
        var library = IsNative(settings) ? Planes.NativeLibrary : null;
        return settings.DataPlane switch
        {
            DataPlaneKind.Null => Planes.Null(settings.Listen, settings.Policing, library),
            _ => Planes.Tun(settings.Listen, settings.Policing, settings.Tun, library),
        };
    }

    /// <summary>Time that Akka's coordinated shutdown gives the stop of the node.</summary>
    private static Config StopTimeout(ShutdownSettings shutdown) =>
        ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture,
        $"akka.coordinated-shutdown.phases.{CoordinatedShutdown.PhaseServiceStop}.timeout = "
        + $"{(shutdown.Within + TimeSpan.FromSeconds(2)).TotalMilliseconds:F0} ms"));

    /// <summary>Leaves out [::] on a machine without IPv6. For any other address that is missing the data plane reports an error.</summary>
    private static (LnsSettings Settings, IReadOnlyList<IPEndPoint> Left) WithoutMissingFamilies(LnsSettings settings)
    {
        var endpoints = settings.Listen.Endpoints;
        if (Socket.OSSupportsIPv6) return (settings, []);
        var left = endpoints.Where(static e => e.Address.Equals(IPAddress.IPv6Any)).ToArray();
        return left.Length == 0 || left.Length == endpoints.Length
            ? (settings, [])
            : (settings with { Listen = settings.Listen with { Endpoints = endpoints.RemoveRange(left) } }, left);
    }

    /// <summary>The reason why the log file cannot be written, or null: Serilog reports none.</summary>
    private static string? CannotWrite(FileLogSettings file)
    {
        if (file.Path is not { } path) return null;
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            using var _ = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot write the log file {path}: {e.Message}";
        }
    }

    private static async Task StopQuietly(IHost host)
    {
        try
        {
            await host.StopAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException or InvalidOperationException)
        {
            // the caller reports why the start failed
        }
    }

    private static readonly Action<Microsoft.Extensions.Logging.ILogger, IPEndPoint, Exception?> LogNoIpv6 =
        LoggerMessage.Define<IPEndPoint>(LogLevel.Warning, new EventId(1, "NoIpv6"),
            "not listening on {Endpoint}: this machine has no IPv6");

    private static readonly Action<Microsoft.Extensions.Logging.ILogger, Exception?> LogStartFailed =
        LoggerMessage.Define(LogLevel.Error, new EventId(2, "StartFailed"), "the start failed");

    private static readonly Action<Microsoft.Extensions.Logging.ILogger, Exception?> LogNodeFailed =
        LoggerMessage.Define(LogLevel.Critical, new EventId(3, "NodeFailed"), "the supervisor of the node has ended: lnsd exits");

    /// <summary>Starts the node after the actor system, and stops it in Akka's coordinated shutdown.</summary>
    private sealed class NodeService(ActorSystem system, LnsSettings settings, IDataPlane plane, ILoggerFactory log,
        IHostApplicationLifetime lifetime, NasOfNode nas, ClusterSettings cluster) : IHostedService, IDisposable
    {
        // SIGUSR1 and SIGUSR2 of Linux, as raw numbers
        private const PosixSignal DrainSignal = (PosixSignal)10, UndrainSignal = (PosixSignal)12;
        private readonly List<PosixSignalRegistration> _signals = [];

        private static readonly EndReason Stopped = new(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown,
            "the LNS is being stopped");

        private LnsNode? _node;

        /// <summary>The supervisor ended without a request to stop.</summary>
        public bool HasFailed { get; private set; }

        /// <summary>The node, once it has started.</summary>
        public LnsNode Node => _node ?? throw new InvalidOperationException("the node is not started");

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var node = _node = LnsNode.Start(system, settings, plane, log, TimeProvider.System, nas.AtStart(cluster));
            NodeInstruments.AddTo(node, TimeProvider.System);
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "lns", async () =>
            {
                await node.StopAsync(Stopped, settings.Shutdown.Within);
                return Done.Instance;
            });
            On(DrainSignal, () => node.Drain(node.Settings.Drain.Deadline, exit: true));
            On(UndrainSignal, node.Undrain);
            // a node without its supervisor serves no session: the service manager restarts the process
            node.Ended.ContinueWith(_ => OnEnded(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            node.Drained.ContinueWith(_ => lifetime.StopApplication(), CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return Task.CompletedTask;
        }

        private void OnEnded()
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested || CoordinatedShutdown.Get(system).ShutdownReason is not null) return;
            HasFailed = true;
            LogNodeFailed(log.CreateLogger("Akka.LNS.Server"), null);
            lifetime.StopApplication();
        }

        public void Dispose()
        {
            foreach (var signal in _signals) signal.Dispose();
        }

        private void On(PosixSignal signal, Action act) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // the default action ends the process
            act();
        }));

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
