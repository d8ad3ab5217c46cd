using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Server.Api.Authentication;

/// <summary>Logs one line for each change over the API: caller, address, action, target, result.</summary>
internal sealed partial class Audit(ILoggerFactory log)
{
    private readonly ILogger _log = log.CreateLogger("Akka.LNS.Audit");

    public void Changed(HttpContext context, string what, string target, string result)
    {
        var isUnix = context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
        LogChanged(_log, Who(context), isUnix ? "the Unix socket" : $"{context.Connection.RemoteIpAddress}",
            what, target, result);
    }

    /// <summary>Name of the caller.</summary>
    public static string Who(HttpContext context) => context.User.Identity?.Name ?? "unknown";

    [LoggerMessage(EventId = 190, Level = LogLevel.Information, Message = "audit: {Who} by {From}: {What} {Target}: {Result}")]
    private static partial void LogChanged(ILogger log, string who, string from, string what, string target, string result);
}
