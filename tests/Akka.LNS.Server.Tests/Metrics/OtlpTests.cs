using System.Net;
using System.Text;
using System.Threading.Channels;
using Akka.LNS.Server.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Akka.LNS.Server.Tests.Metrics;

/// <summary>Metrics that are pushed, against a collector of the test's own.</summary>
public class OtlpTests
{
    [Theory]
    [InlineData("http", HttpProtocols.Http1, "/v1/metrics", "application/x-protobuf")]
    [InlineData("grpc", HttpProtocols.Http2, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "application/grpc")]
    public async Task Metrics_are_pushed(string protocol, HttpProtocols http, string path, string type)
    {
        var pushed = Channel.CreateUnbounded<(string Path, string? Type, string Body)>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = http));
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            pushed.Writer.TryWrite((context.Request.Path.Value!, context.Request.ContentType, Encoding.Latin1.GetString(body.ToArray())));
            if (http != HttpProtocols.Http2) return;
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", "0");
            await context.Response.Body.WriteAsync(new byte[5]); // an empty ExportMetricsServiceResponse
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);
        using var folder = new TemporaryFolder();
        await using var lnsd = await LnsdProgram.Start(folder.Path, $$"""
            lns.metrics.otlp { endpoint = "{{collector.Urls.First()}}", protocol = {{protocol}}, interval = 1s }
            lns.node-name = the-one-that-pushes
            lns.api.enabled = off
            """);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var first = await pushed.Reader.ReadAsync(limit.Token);
        Assert.Equal((path, type), (first.Path, first.Type));
        foreach (var name in new[] { "akka.lns.sessions", "akka.lns.load", "dotnet.process.cpu.count",
            "the-one-that-pushes" }) Assert.Contains(name, first.Body, StringComparison.Ordinal);
        await pushed.Reader.ReadAsync(limit.Token); // again and again
        Assert.DoesNotContain("metrics were not pushed", lnsd.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_collector_is_only_a_warning()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd =
            await LnsdProgram.Start(folder.Path, """lns.metrics.otlp { endpoint = "http://127.0.0.1:9", interval = 1s }""");
        await ApiLab.Until(() =>
            Task.FromResult(lnsd.Output.Contains("metrics were not pushed to http://127.0.0.1:9/", StringComparison.Ordinal)));
        await lnsd.Terminate();
        Assert.Equal(0, await lnsd.Exited());
    }
}
