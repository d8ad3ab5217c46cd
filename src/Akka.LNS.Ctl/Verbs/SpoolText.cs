using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

/// <summary>State of the accounting spool in one line.</summary>
internal static class SpoolText
{
    /// <summary>"12 records, 64 KiB on disk", or why the records are in memory only.</summary>
    public static string Of(LoadSpool spool) => $"{Units.Number(spool.Records)} records, {FileOf(spool)}";

    /// <summary>The same without the number of records.</summary>
    public static string FileOf(LoadSpool spool) => (spool.Durable, spool.Failing) switch
    {
        (_, true) => $"in memory: the file cannot be written since {(spool.FailingSince is { } since ? Units.Time(since) : "the start")}"
            + $" ({spool.FailingReason ?? "unknown reason"}); a crash loses them",
        (true, _) => $"{Units.Octets(spool.Octets)} on disk",
        _ => "in memory: there is no file",
    };
}
