using System.Net;
using Akka.LNS.Server.Api.Guard;
using Akka.LNS.Server.Settings.Sections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akka.LNS.Server.Tests.Api;

public class RequestGuardTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1"), Other = IPAddress.Parse("192.0.2.2");

    [Fact]
    public async Task Wrong_tokens_of_a_client_wait_and_then_are_refused_while_another_client_is_answered()
    {
        var refusals = new ApiRefusals(NullLoggerFactory.Instance, TimeProvider.System);
        // two answers at once, then one a second; one may wait
        using var guard = new RequestGuard(new ApiLimits { FailuresPerSecond = 1, Connections = 1 }, refusals);
        Assert.True(await Fail(One));
        Assert.True(await Fail(One));
        var waiting = Fail(One);
        Assert.False(waiting.IsCompleted);
        Assert.False(await Fail(One));
        Assert.True(await Fail(Other));
        Assert.Equal(5, refusals[ApiRefusal.UnknownToken]);
        Assert.True(await waiting);

        Task<bool> Fail(IPAddress from) => guard.FailedAsync(ApiRefusal.UnknownToken, from, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Addresses_of_one_ipv6_network_are_one_client()
    {
        using var guard = Guard(new ApiLimits { FailuresPerSecond = 1, Connections = 1 }, out _);
        foreach (var from in new[] { "2001:db8::1", "2001:db8::2" }) Assert.True(await Fail(from));
        Assert.False(Fail("2001:db8::3").IsCompleted);
        Assert.False(await Fail("2001:db8::4"));
        Assert.True(await Fail("2001:db8:0:1::1"));

        Task<bool> Fail(string from) =>
            guard.FailedAsync(ApiRefusal.NoToken, IPAddress.Parse(from), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Requests_over_the_rate_wait_are_refused_with_429_and_counted()
    {
        using var guard = Guard(new ApiLimits { RequestsPerSecond = 1, Connections = 1 }, out var refusals);
        var served = 0;
        for (var i = 0; i < 2; i++) Assert.Equal(200, await Ask());
        var waiting = Ask();
        Assert.Equal(429, await Ask());
        Assert.Equal(1, refusals[ApiRefusal.Rate]);
        Assert.Equal(200, await Ask("/alive")); // a health check does not wait behind requests
        Assert.Equal(200, await waiting);
        Assert.Equal(4, served);

        async Task<int> Ask(string path = "/api/v1/sessions")
        {
            var context = Context(path);
            await guard.InvokeAsync(context, _ =>
            {
                Interlocked.Increment(ref served);
                return Task.CompletedTask;
            });
            return context.Response.StatusCode;
        }
    }

    [Fact]
    public async Task At_most_the_set_number_of_requests_run_at_a_time_and_a_long_one_does_not_count()
    {
        using var guard = Guard(new ApiLimits { RequestsInWork = 1, Connections = 1 }, out var refusals);
        TaskCompletionSource longEnds = new(), shortEnds = new();
        var (runsLong, runsShort) = (new TaskCompletionSource(), new TaskCompletionSource());
        var trace = guard.InvokeAsync(Context("/api/v1/trace"), context =>
        {
            RequestGuard.LastsLong(context);
            runsLong.SetResult();
            return longEnds.Task;
        });
        await runsLong.Task;
        var list = guard.InvokeAsync(Context("/api/v1/sessions"), _ =>
        {
            runsShort.SetResult();
            return shortEnds.Task;
        });
        await runsShort.Task;
        var waiting = guard.InvokeAsync(Context("/api/v1/sessions"), static _ => Task.CompletedTask);
        var refused = Context("/api/v1/sessions");
        await guard.InvokeAsync(refused, static _ => Task.CompletedTask);
        Assert.Equal((429, 1), (refused.Response.StatusCode, refusals[ApiRefusal.Busy]));
        Assert.False(waiting.IsCompleted);
        shortEnds.SetResult();
        longEnds.SetResult();
        await Task.WhenAll(trace, list, waiting);
    }

    [Fact]
    public async Task Requests_run_on_the_threads_of_the_api_also_after_an_await()
    {
        using var guard = Guard(new ApiLimits(), out _);
        var names = new List<string?>();
        await guard.InvokeAsync(Context("/api/v1/sessions"), async _ =>
        {
            names.Add(Thread.CurrentThread.Name);
            await Task.Yield();
            names.Add(Thread.CurrentThread.Name);
            await Task.Run(static () => { });
            names.Add(Thread.CurrentThread.Name);
        });
        Assert.Equal(["lns-api", "lns-api", "lns-api"], names);
    }

    [Fact]
    public async Task A_fault_of_a_request_reaches_its_caller()
    {
        using var guard = Guard(new ApiLimits(), out _);
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            guard.InvokeAsync(Context("/api/v1/sessions"), static _ => throw new InvalidDataException()));
    }

    private static RequestGuard Guard(ApiLimits limits, out ApiRefusals refusals) =>
        new(limits, refusals = new ApiRefusals(NullLoggerFactory.Instance, TimeProvider.System));

    private static DefaultHttpContext Context(string path)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        context.Connection.RemoteIpAddress = One;
        return context;
    }
}
