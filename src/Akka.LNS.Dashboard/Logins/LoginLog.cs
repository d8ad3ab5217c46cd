using Microsoft.Extensions.Logging;

namespace Akka.LNS.Dashboard.Logins;

internal static partial class LoginLog
{
    public static void Entered(ILoggerFactory log, string? who, string from) => Entered(log.CreateLogger("Akka.LNS.Dashboard"), who, from);

    [LoggerMessage(EventId = 196, Level = LogLevel.Information, Message = "dashboard: {Who} has logged in from {From}")]
    private static partial void Entered(ILogger log, string? who, string from);
}
