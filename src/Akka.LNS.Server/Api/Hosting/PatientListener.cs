using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Server.Api.Guard;
using Akka.LNS.Server.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Server.Api.Hosting;

/// <summary>
/// Accepts connections of the API, and closes them when few file descriptors are free (<see cref="FileDescriptors.Reserve"/>). After that,
/// and when an accept fails, the next one waits. The listener of Kestrel repeats it at once, which takes a whole core.
/// </summary>
/// <param name="bind">Makes the bound socket of an address.</param>
internal sealed class PatientListeners(Func<EndPoint, Socket> bind, ApiRefusals refusals, ILoggerFactory log) : IConnectionListenerFactory
{
    private const int Backlog = 512;
    private readonly ILogger _log = log.CreateLogger("Akka.LNS.Api");

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = bind(endpoint);
        socket.Listen(Backlog);
        return ValueTask.FromResult<IConnectionListener>(new PatientListener(socket,
            new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), _log), refusals, _log));
    }
}

internal sealed partial class PatientListener(Socket socket, SocketConnectionContextFactory contexts, ApiRefusals refusals, ILogger log)
    : IConnectionListener
{
    /// <summary>Pause after a failed accept; it doubles up to the maximum while accepts fail.</summary>
    internal static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromSeconds(1);

    /// <summary>Accepts count as restored when none has failed for so long.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly long _most = FileDescriptors.Limit() is > 0 and var limit ? limit - FileDescriptors.Reserve : long.MaxValue;
    private TimeSpan _pause = Shortest;
    private long _failedAt; // 0: the listener accepts

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var accepted = await socket.AcceptAsync(cancellationToken);
                // the kernel gives the lowest free number
                if (accepted.SafeHandle.DangerousGetHandle() >= _most)
                {
                    accepted.Dispose();
                    throw new SocketException((int)SocketError.TooManyOpenSockets);
                }
                _pause = Shortest;
                if (_failedAt != 0 && Stopwatch.GetElapsedTime(_failedAt) > Settled)
                {
                    _failedAt = 0;
                    LogAcceptsAgain(log, $"{EndPoint}");
                }
                if (accepted.LocalEndPoint is IPEndPoint) accepted.NoDelay = true;
                return contexts.Create(accepted);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException e)
            {
                refusals.Add(ApiRefusal.Accept, null);
                if (_failedAt == 0) LogCannotAccept(log, $"{EndPoint}", Why(e));
                _failedAt = Stopwatch.GetTimestamp();
            }
            await Task.Delay(_pause, cancellationToken);
            _pause = NextPause(_pause);
        }
    }

    internal static TimeSpan NextPause(TimeSpan pause) => pause * 2 < Longest ? pause * 2 : Longest;

    /// <summary>The text of .NET for EMFILE names the limit of the whole system, which is another one.</summary>
    private static string Why(SocketException e) => e.SocketErrorCode == SocketError.TooManyOpenSockets
        ? "too many open files (LimitNOFILE, ulimit -n)" : e.Message;

    [LoggerMessage(EventId = 198, Level = LogLevel.Warning,
        Message = "api: cannot accept connections on {Address}: {Why}. lnsd tries again each second; calls go on")]
    private static partial void LogCannotAccept(ILogger log, string address, string why);

    [LoggerMessage(EventId = 199, Level = LogLevel.Information, Message = "api: accepts connections on {Address} again")]
    private static partial void LogAcceptsAgain(ILogger log, string address);

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        contexts.Dispose();
        return default;
    }
}
