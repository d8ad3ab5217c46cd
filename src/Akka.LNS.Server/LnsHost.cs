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

/// <summary>Host, log, actor system, data plane and node: made in this order, ended in the other.</summary>
internal static class LnsHost
{
    /// <summary>Beyond <see cref="ShutdownSettings.Within"/>: for the actor system and the plane.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromMilliseconds(1500);

    /// <summary>Serves until a signal ends it.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(ConfigurationFile file, SettingsResult read)
    {
        RunningConfiguration? running = null;
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true; // else it would end the process; before the start there is nothing to reload
            _ = Volatile.Read(ref running)?.HangUpAsync();
        });
        var (settings, left) = WithoutMissingFamilies(read.Settings.Node);
        if (CannotWrite(read.Settings.Log.File) is { } why) return Lnsd.CannotStart(why);
        await using var output = LogOutput.Create(read.Settings.Log);
        using var plane = MakePlane(settings);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "lnsd" });
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddSerilog(output.Log) // Serilog alone decides what is written
            .AddFilter<SerilogLoggerProvider>("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // a start that fails is told below, once
        builder.Services.Configure<ConsoleLifetimeOptions>(static o => o.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = settings.Shutdown.Within + Ending);
        builder.Services.AddSingleton(settings).AddSingleton<IDataPlane>(plane);
        builder.Services.AddAkka("lns", akka => akka
            .AddHocon(StopTimeout(settings.Shutdown), HoconAddMode.Append)
            .AddHocon(ConfigurationFactory.ParseString(read.AkkaHocon), HoconAddMode.Prepend)
            .ConfigureLoggers(static loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddSerilogLogging();
            }));
        builder.Services.AddSingleton<NodeService>().AddHostedService(static services => services.GetRequiredService<NodeService>()); // after Akka: started after it, stopped before it
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
            if (read.Settings.Cluster.Enabled)
                member = await LnsCluster.StartAsync(read.Settings.Cluster, read.AkkaHocon, new ClusteredNode(node), host.Services.GetRequiredService<ILoggerFactory>(), TimeProvider.System);
            live = new RunningConfiguration(file, read, node, output.Levels, program);
            if (read.Settings.Api.Enabled) serving = await ApiHost.StartAsync(node, member, output, live);
            Volatile.Write(ref running, live);
        }
        catch (Exception e)
        {
            if (member is not null) await member.DisposeAsync();
            await StopQuietly(host);
            if (e.GetBaseException() is DataPlaneStartException or ApiStartException or SpoolStartException or DynamicAuthorizationStartException or ClusterStartException) return Lnsd.CannotStart(e.GetBaseException().Message);
            LogStartFailed(program, e);
            return Lnsd.CannotStart($"cannot start: {e.GetBaseException().Message}");
        }
        using var push = MetricsExport.Push(host.Services.GetRequiredService<NodeService>().Node, read.Settings.Metrics.Otlp, host.Services.GetRequiredService<ILoggerFactory>());
        await using var api = serving; // it ends last: the end of the node can be watched
        await using var cluster = member; // before it: the others see the node until its last session has gone
        var apiPart = api is null ? "" : $"; api {string.Join(", ", api.Listening)}";
        var clusterPart = cluster is null ? "" : $"; cluster {cluster.View.Self.Address}";
        Console.WriteLine($"Akka.LNS ready: listening on {string.Join(", ", plane.Listening)}; data plane {plane.Describe()}{apiPart}{clusterPart}");
        if (api?.Dashboard is { } dashboard) Console.WriteLine(dashboard);
        await host.WaitForShutdownAsync();
        return host.Services.GetRequiredService<NodeService>().HasFailed ? ExitCode.Failed : ExitCode.Clean;
    }

    private static IDataPlane MakePlane(LnsSettings settings) => settings.DataPlane switch
    {
        DataPlaneKind.Null => Planes.Null(settings.Listen, settings.Policing),
        _ => Planes.Tun(settings.Listen, settings.Policing, settings.Tun),
    };

    /// <summary>The node's stop is one task of Akka's coordinated shutdown, which must not be cut short.</summary>
    private static Config StopTimeout(ShutdownSettings shutdown) => ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture,
        $"akka.coordinated-shutdown.phases.{CoordinatedShutdown.PhaseServiceStop}.timeout = {(shutdown.Within + TimeSpan.FromSeconds(2)).TotalMilliseconds:F0} ms"));

    /// <summary>[::] means "IPv6 too": on a machine without IPv6 it is left out. An address that is named must be there: the plane says so.</summary>
    private static (LnsSettings Settings, IReadOnlyList<IPEndPoint> Left) WithoutMissingFamilies(LnsSettings settings)
    {
        var endpoints = settings.Listen.Endpoints;
        if (Socket.OSSupportsIPv6) return (settings, []);
        var left = endpoints.Where(static e => e.Address.Equals(IPAddress.IPv6Any)).ToArray();
        return left.Length == 0 || left.Length == endpoints.Length
            ? (settings, [])
            : (settings with { Listen = settings.Listen with { Endpoints = endpoints.RemoveRange(left) } }, left);
    }

    /// <summary>Serilog would be silent about a file that it cannot write.</summary>
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
            // it never served: why is told by who called
        }
    }

    private static readonly Action<Microsoft.Extensions.Logging.ILogger, IPEndPoint, Exception?> LogNoIpv6 =
        LoggerMessage.Define<IPEndPoint>(LogLevel.Warning, new EventId(1, "NoIpv6"), "not listening on {Endpoint}: this machine has no IPv6");

    private static readonly Action<Microsoft.Extensions.Logging.ILogger, Exception?> LogStartFailed =
        LoggerMessage.Define(LogLevel.Error, new EventId(2, "StartFailed"), "the start failed");

    private static readonly Action<Microsoft.Extensions.Logging.ILogger, Exception?> LogNodeFailed =
        LoggerMessage.Define(LogLevel.Critical, new EventId(3, "NodeFailed"), "the node's supervisor has ended: the program ends too");

    /// <summary>Starts the node when the actor system runs, and puts its end into Akka's coordinated shutdown.</summary>
    private sealed class NodeService(ActorSystem system, LnsSettings settings, IDataPlane plane, ILoggerFactory log, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
    {
        private const PosixSignal DrainSignal = (PosixSignal)10, UndrainSignal = (PosixSignal)12; // SIGUSR1 and SIGUSR2 of Linux: .NET takes raw numbers
        private readonly List<PosixSignalRegistration> _signals = [];

        private static readonly EndReason Stopped = new(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "the LNS is being stopped");

        private LnsNode? _node;

        /// <summary>It ended by itself.</summary>
        public bool HasFailed { get; private set; }

        /// <summary>Once it is started.</summary>
        public LnsNode Node => _node ?? throw new InvalidOperationException("the node is not started");

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var node = _node = LnsNode.Start(system, settings, plane, log, TimeProvider.System);
            NodeInstruments.AddTo(node, TimeProvider.System);
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "lns", async () =>
            {
                await node.StopAsync(Stopped, settings.Shutdown.Within);
                return Done.Instance;
            });
            On(DrainSignal, () => node.Drain(node.Settings.Drain.Deadline, exit: true));
            On(UndrainSignal, node.Undrain);
            // a node without its supervisor serves nobody: who started the program is to start it again
            node.Ended.ContinueWith(_ => OnEnded(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            node.Drained.ContinueWith(_ => lifetime.StopApplication(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
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
            context.Cancel = true; // else it would end the process, as signals do
            act();
        }));

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
