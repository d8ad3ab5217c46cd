using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Akka.LNS.Actors.Node;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Client;
using Akka.LNS.Clustering;
using Akka.LNS.Server.Metrics;
using Akka.LNS.Server.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Serilog;
using Serilog.Extensions.Logging;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Api.Authentication;
using Akka.LNS.Server.Api.Guard;
using Akka.LNS.Server.Api.Resources;

namespace Akka.LNS.Server.Api.Hosting;

/// <summary>
/// The HTTP API, with a host of its own. It starts after the node and stops after it. A slow client or a fault of the API does not affect
/// calls.
/// </summary>
internal sealed class ApiHost : IAsyncDisposable
{
    /// <summary>Time for open requests to end when lnsd stops.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromMilliseconds(500);

    private static readonly Action<RouteGroupBuilder>[] Resources =
    [
        StatusResource.Map, LoadResource.Map, SessionsResource.Map, SessionFinder.Map, SessionResource.Map, TopResource.Map,
        DropResource.Map,
            DrainResource.Map, TunnelsResource.Map, LinksResource.Map, BundlesResource.Map,
        LacsResource.Map, ProblemsResource.Map, HistoryResource.Map, PoolsResource.Map, RadiusResource.Map,
        DynamicAuthorizationResource.Map, DisconnectsResource.Map,
            LogResource.Map, ClusterResource.Map, TraceResource.Map, ConfigResource.Map,
    ];

    private readonly WebApplication _app;
    private readonly MeterProvider _metrics;
    private readonly RequestGuard _guard;

    private ApiHost(WebApplication app, MeterProvider metrics, RequestGuard guard, IReadOnlyList<string> listening, string? dashboard) =>
        (_app, _metrics, _guard, Listening, Dashboard) = (app, metrics, guard, listening, dashboard);

    /// <summary>Addresses on which it listens, with the ports that the system chose.</summary>
    public IReadOnlyList<string> Listening { get; }

    /// <summary>Addresses of the dashboard and how to log in, for the operator; null: the dashboard is not served.</summary>
    public string? Dashboard { get; }

    /// <exception cref="ApiStartException">An address or path cannot be listened on.</exception>
    public static async Task<ApiHost> StartAsync(LnsNode node, LnsCluster? cluster, LogOutput output, RunningConfiguration configuration)
    {
        var (settings, dashboard) = (configuration.Settings.Api, configuration.Settings.Dashboard);
        var hasPages = dashboard.Enabled && settings.Listen.Any(static l => l.EndPoint is not null); // browsers do not use Unix sockets
        // an empty builder reads no environment variable, file or argument
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "lnsd", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddSerilog(output.Log)
            .AddFilter<SerilogLoggerProvider>("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(static o => o.ShutdownTimeout = Ending);
        var tls = settings.Tls is { } files ? new ApiTls(files, TimeProvider.System, new SerilogLoggerFactory(output.Log)) : null;
        node.Meter.Meter.CreateObservableGauge("akka.lns.api.certificate.expiry", () => tls?.Expires.ToUnixTimeSeconds() ?? 0, "s",
            "Expiry of the certificate of the API in seconds since 1970 UTC; 0: no certificate");
        var refusals = new ApiRefusals(new SerilogLoggerFactory(output.Log), TimeProvider.System);
        var guard = new RequestGuard(settings.Limits, refusals);
        builder.Services.AddSingleton(guard);
        ApiInstruments.AddTo(node.Meter.Meter, refusals);
        LogInstruments.AddTo(node.Meter.Meter, output.Queues);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, settings, tls, guard));
        builder.Services.AddSingleton<IConnectionListenerFactory>( // the last one that is added listens
            s => new PatientListeners(e => Bind(e, settings.Unix), refusals, s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(new ClusterPart(cluster)).AddSingleton(node).AddSingleton(settings).AddSingleton(TimeProvider.System)
            .AddSingleton(new ApiStarted(TimeProvider.System.GetUtcNow())).AddSingleton(output.Levels).AddSingleton(configuration)
                .AddSingleton<Audit>();
        builder.Services.AddSingleton(s => new NodeWatch(node, dashboard, TimeProvider.System, output.Queues,
            s.GetRequiredService<ILogger<NodeWatch>>(), () => tls?.Expires))
            .AddHostedService(static s => s.GetRequiredService<NodeWatch>());
        builder.Services.AddRouting().AddProblemDetails().AddExceptionHandler<UnreadableRequests>().AddOpenApi(OpenApiResource.Name);
        builder.Services.Configure<RouteHandlerOptions>(static o => o.ThrowOnBadRequest = true); // the answer then gives the fault
        builder.Services.ConfigureHttpJsonOptions(static o =>
        {
            o.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            o.SerializerOptions.Converters.Add(new ShownText());
            o.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        builder.Services.AddTransient<ApiAuthentication>().AddAuthenticationCore(static o =>
        {
            o.AddScheme<ApiAuthentication>(ApiAuthentication.Scheme, null);
            o.DefaultScheme = ApiAuthentication.Scheme;
        });
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(nameof(ApiRole.Read), static p => p.RequireRole(nameof(ApiRole.Read)))
            .AddPolicy(nameof(ApiRole.Operate), static p => p.RequireRole(nameof(ApiRole.Operate)));
        if (hasPages) DashboardOfApi.Add(builder, dashboard);
        var app = builder.Build();
        if (hasPages) DashboardOfApi.Connect(app);
        app.Use(next => context => guard.InvokeAsync(context, next));
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        OpenApiResource.Map(app);
        HealthResource.Map(app);
        var metrics = MetricsExport.ForPrometheus(node);
        app.MapPrometheusScrapingEndpoint("/metrics", metrics, configureBranchedPipeline: null, optionsName: null)
            .RequireAuthorization(nameof(ApiRole.Read));
        if (cluster is not null) ClusterManagement.Map(app.MapGroup("/cluster").RequireAuthorization(nameof(ApiRole.Read)));
        var v1 = app.MapGroup("/api/v1").RequireAuthorization(nameof(ApiRole.Read)).AddEndpointFilter(CsvAnswers.Filter);
        foreach (var map in Resources) map(v1);
        if (hasPages) DashboardOfApi.Map(app);
        try
        {
            await app.StartAsync();
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            metrics.Dispose();
            guard.Dispose();
            if (Cause(e) is { } plain) throw plain;
            throw;
        }
        string[] listening = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(static a => a.Replace("http://unix:", ApiListen.UnixPrefix, StringComparison.Ordinal))];
        return new ApiHost(app, metrics, guard, listening, hasPages ? DashboardLine.Of(listening, settings) : null);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync();
        }
        catch (OperationCanceledException)
        {
            // a request that did not end in time
        }
        await _app.DisposeAsync();
        _metrics.Dispose();
        _guard.Dispose();
    }

    private static void Limit(KestrelServerOptions kestrel, ApiSettings settings, ApiTls? tls, RequestGuard guard)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = settings.Limits.BodyOctets;
        limits.RequestHeadersTimeout = settings.Limits.HeaderTimeout;
        limits.KeepAliveTimeout = settings.Limits.IdleTimeout;
        // a connection holds little: requests are small, and a connection of HTTP/2 is not worth more than one of HTTP/1.1
        (limits.MaxRequestHeadersTotalSize, limits.MaxRequestBufferSize) = (16 << 10, 64 << 10);
        limits.Http2.MaxStreamsPerConnection = 16;
        // for slow bodies and answers the default of Kestrel applies: at least 240 octets per second after 5 s
        foreach (var listen in settings.Listen)
        {
            if (listen.UnixPath is { } path) kestrel.ListenUnixSocket(UnixSocketFile.FullPath(path), Guarded);
            else kestrel.Listen(listen.EndPoint!, options =>
            {
                Guarded(options);
                if (tls is not null) options.UseHttps(tls.ToOptions(settings.Limits.HeaderTimeout));
            });
        }

        void Guarded(ListenOptions options) => options.Use(next => connection => guard.ConnectAsync(connection, next));
    }

    private static Socket Bind(EndPoint endpoint, ApiUnixSettings settings)
    {
        if (endpoint is UnixDomainSocketEndPoint unix) return UnixSocketFile.Bind(unix.ToString(), settings);
        try
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException e)
        {
            throw new ApiStartException($"cannot listen on {endpoint} (lns.api.listen): {e.Message}");
        }
    }

    private static ApiStartException? Cause(Exception? e)
    {
        while (e is not (null or ApiStartException)) e = e.InnerException;
        return (ApiStartException?)e;
    }

    /// <summary>Handles no signal: the host of the node does.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
