using System.Globalization;

namespace Akka.LNS.Server.Metrics;

/// <summary>File descriptors of this process (proc(5)). The runtime raises the soft limit to the hard limit at the start.</summary>
internal static class FileDescriptors
{
    /// <summary>
    /// Minimum limit. lnsd itself needs about 350 (libraries, threads, sockets); the others are for connections and RADIUS sockets.
    /// </summary>
    public const int Least = 512;

    /// <summary>
    /// Connections of the API leave so many free. A new thread needs some, and the runtime ends the process when it cannot start a thread.
    /// </summary>
    public const int Reserve = 64;

    private const string LimitLine = "Max open files";

    /// <summary>Why lnsd cannot run with the limit, in one line; null: it can.</summary>
    public static string? TooFew() => Limit() is > 0 and < Least and var limit
        ? $"the limit of open files is {limit}, and lnsd needs at least {Least}: set LimitNOFILE= in the unit of systemd, or raise the "
            + "limit with ulimit -n"
        : null;

    /// <summary>Number of open ones; 0: unknown.</summary>
    public static int Open()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1; // the folder itself is open while it is read
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Soft limit; 0: unknown, or none.</summary>
    public static long Limit()
    {
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(static l => l.StartsWith(LimitLine, StringComparison.Ordinal));
            var words = line?[LimitLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words is [var soft, ..] && long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
