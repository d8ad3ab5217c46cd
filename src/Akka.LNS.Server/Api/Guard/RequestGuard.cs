using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Akka.LNS.Server.Settings.Sections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Akka.LNS.Server.Api.Guard;

/// <summary>
/// Bounds what clients of the API, the dashboard and the metrics cost: new connections and requests per second, requests in work, and
/// answers to wrong tokens, each for one client and for all. A request waits for its turn, and is refused when too many wait.
/// </summary>
internal sealed class RequestGuard : IDisposable
{
    /// <summary>Share of one client in the limits of all clients: a quarter.</summary>
    private const int Clients = 4;

    /// <summary>Time that a refused request is held, so that a client that repeats it at once costs little.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Refill = TimeSpan.FromMilliseconds(100);
    private readonly PartitionedRateLimiter<Client> _connections, _open, _requests, _health, _failures, _inWork;
    private readonly ApiThreads _threads = new(ApiThreads.Usual);
    private readonly ApiRefusals _refusals;

    public RequestGuard(ApiLimits limits, ApiRefusals refusals)
    {
        _refusals = refusals;
        var perSecond = limits.RequestsPerSecond;
        _connections = Rates(perSecond, waiting: 0);
        _open = PartitionedRateLimiter.Create<Client, bool>(c => RateLimitPartition.GetConcurrencyLimiter(c.IsRemote,
            _ => new ConcurrencyLimiterOptions { PermitLimit = limits.Connections }));
        _requests = Rates(perSecond, waiting: limits.Connections);
        _health = Rates(perSecond, waiting: 0);
        _failures = Rates(limits.FailuresPerSecond, waiting: limits.Connections);
        _inWork = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<Client, Client>(c => RateLimitPartition.GetConcurrencyLimiter(c.Key, _ => InWork(limits))),
            PartitionedRateLimiter.Create<Client, bool>(_ => RateLimitPartition.GetConcurrencyLimiter(true, _ => InWork(limits))));
    }

    /// <summary>
    /// A connection before TLS: closed at once when too many come, or too many are open. Those of the Unix socket have limits of their own.
    /// </summary>
    public async Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var from = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        using var lease = _connections.AttemptAcquire(new Client(from));
        using var open = lease.IsAcquired ? _open.AttemptAcquire(new Client(from)) : lease;
        if (open.IsAcquired)
        {
            await next(connection);
            return;
        }
        _refusals.Add(ApiRefusal.Connections, from);
        connection.Abort();
    }

    /// <summary>Middleware in front of all others. Requests of the dashboard in this process have its limits of viewers instead.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<OwnCaller>() is not null)
        {
            await _threads.RunAsync(() => next(context));
            return;
        }
        var client = new Client(context.Connection.RemoteIpAddress);
        var isHealth = context.Request.Path.Value is "/alive" or "/ready";
        if (!await AcquireAsync(isHealth ? _health : _requests, client, context))
        {
            await RefuseAsync(context, ApiRefusal.Rate, "too many requests per second (lns.api.limits.requests-per-second)");
            return;
        }
        if (isHealth)
        {
            await next(context); // short, and not behind other requests
            return;
        }
        if (context.WebSockets.IsWebSocketRequest) // an open page; they have a limit of their own
        {
            await _threads.RunAsync(() => next(context));
            return;
        }
        using var lease = await _inWork.AcquireAsync(client, 1, context.RequestAborted);
        if (!lease.IsAcquired)
        {
            await RefuseAsync(context, ApiRefusal.Busy, "too many requests are in work (lns.api.limits.requests-in-work)");
            return;
        }
        context.Features.Set(new Turn(lease));
        await _threads.RunAsync(() => next(context));
    }

    /// <summary>A request that lasts long (a trace, a stream of events) stops counting as a request in work.</summary>
    public static void LastsLong(HttpContext context) => context.Features.Get<Turn>()?.Lease.Dispose();

    /// <summary>Counts a failed authentication, and delays its answer when there are many.</summary>
    /// <returns>False: too many wait, and the answer must be a refusal.</returns>
    public async Task<bool> FailedAsync(ApiRefusal why, IPAddress? from, CancellationToken cancellation)
    {
        _refusals.Add(why, from);
        using var lease = await _failures.AcquireAsync(new Client(from), 1, cancellation);
        return lease.IsAcquired;
    }

    public void Refused(ApiRefusal why, IPAddress? from) => _refusals.Add(why, from);

    public void Dispose()
    {
        foreach (var limiter in new[] { _connections, _open, _requests, _health, _failures, _inWork }) limiter.Dispose();
        _threads.Dispose();
    }

    private static async Task<bool> AcquireAsync(PartitionedRateLimiter<Client> limiter, Client client, HttpContext context)
    {
        using var now = limiter.AttemptAcquire(client);
        if (now.IsAcquired) return true;
        using var later = await limiter.AcquireAsync(client, 1, context.RequestAborted);
        return later.IsAcquired;
    }

    private async Task RefuseAsync(HttpContext context, ApiRefusal why, string detail)
    {
        _refusals.Add(why, context.Connection.RemoteIpAddress);
        await Task.Delay(Hold, context.RequestAborted);
        context.Response.Headers[HeaderNames.RetryAfter] = "1";
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(detail);
    }

    /// <summary>A limit of one client, then a limit of all clients.</summary>
    private static PartitionedRateLimiter<Client> Rates(int perSecond, int waiting) => PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<Client, Client>(c => RateLimitPartition.GetTokenBucketLimiter(c.Key, _ => Rate(perSecond, waiting))),
        PartitionedRateLimiter.Create<Client, bool>(_ =>
            RateLimitPartition.GetTokenBucketLimiter(true, _ => Rate(perSecond * Clients, waiting))));

    private static TokenBucketRateLimiterOptions Rate(int perSecond, int waiting) => new()
    {
        TokenLimit = perSecond * 2, // a page of the dashboard asks for dozens of files at once
        TokensPerPeriod = Math.Max(1, perSecond / 10),
        ReplenishmentPeriod = perSecond < 10 ? Refill * 10 / perSecond : Refill,
        QueueLimit = waiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    };

    private static ConcurrencyLimiterOptions InWork(ApiLimits limits) =>
        new() { PermitLimit = limits.RequestsInWork, QueueLimit = limits.Connections };

    private sealed record Turn(RateLimitLease Lease);

    /// <summary>A client: an IPv4 address, an IPv6 network of 64 bits, or the Unix socket.</summary>
    private readonly record struct Client(UInt128 High, bool IsRemote)
    {
        public Client(IPAddress? from) : this(from is null ? 0 : Number(from), from is not null)
        {
        }

        /// <summary>The key of its limits.</summary>
        public Client Key => this;

        private static UInt128 Number(IPAddress from)
        {
            Span<byte> octets = stackalloc byte[16];
            if (from.IsIPv4MappedToIPv6) from = from.MapToIPv4();
            from.TryWriteBytes(octets, out var length);
            if (from.AddressFamily == AddressFamily.InterNetworkV6) octets[8..].Clear();
            return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(octets) + (UInt128)length;
        }
    }
}
