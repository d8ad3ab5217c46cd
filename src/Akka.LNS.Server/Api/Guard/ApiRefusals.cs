using System.Net;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Server.Api.Guard;

/// <summary>Why the API refuses a connection or a request.</summary>
internal enum ApiRefusal
{
    /// <summary>A request without token, certificate or login.</summary>
    NoToken,
    UnknownToken,
    UnknownCertificate,

    /// <summary>The role of the caller does not allow it.</summary>
    Role,

    /// <summary>Too many requests of a client, or of all clients.</summary>
    Rate,

    /// <summary>Too many requests of a client, or of all clients, are in work.</summary>
    Busy,

    /// <summary>Too many new connections of an address or of all per second, or too many open ones.</summary>
    Connections,

    /// <summary>A connection could not be accepted: no file descriptor is left.</summary>
    Accept,
}

/// <summary>Counts refusals by reason. One line each ten seconds reports those that can be an attack.</summary>
internal sealed partial class ApiRefusals(ILoggerFactory log, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private readonly ILogger _log = log.CreateLogger("Akka.LNS.Api");
    private readonly long[] _counts = new long[Enum.GetValues<ApiRefusal>().Length];
    private readonly Lock _lock = new();
    private long _since, _reported; // of the lines: time stamp of the last, refusals up to it

    public long this[ApiRefusal why] => Volatile.Read(ref _counts[(int)why]);

    /// <param name="from">Address of the client; null: the Unix socket.</param>
    public void Add(ApiRefusal why, IPAddress? from)
    {
        Interlocked.Increment(ref _counts[(int)why]);
        if (!IsTold(why)) return;
        long count;
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_since != 0 && clock.GetElapsedTime(_since, now) < Pause) return;
            var all = 0L;
            for (var i = 0; i < _counts.Length; i++)
                if (IsTold((ApiRefusal)i)) all += Volatile.Read(ref _counts[i]);
            (count, _since, _reported) = (all - _reported, now, all);
        }
        LogRefused(_log, count, why, from is null ? "this machine" : from.ToString());
    }

    /// <summary>False: a browser without a login, a reader, and what the listener logs itself.</summary>
    private static bool IsTold(ApiRefusal why) => why is not (ApiRefusal.NoToken or ApiRefusal.Role or ApiRefusal.Accept);

    [LoggerMessage(EventId = 191, Level = LogLevel.Warning,
        Message = "api: {Count} requests or connections refused since the last such line; the latest: {Reason}, from {From}")]
    private static partial void LogRefused(ILogger log, long count, ApiRefusal reason, string from);
}
