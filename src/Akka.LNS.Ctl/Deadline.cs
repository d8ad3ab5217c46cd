using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl;

/// <summary>Time after which the remaining sessions of a drained node are ended.</summary>
internal static class Deadline
{
    public static Option<string?> Option() => new("--deadline")
    {
        Description = "End the remaining sessions after this time: 90s, 30m, 2h, 1d.", HelpName = "DURATION",
    };

    /// <summary>Seconds; null: the option is not set.</summary>
    public static double? Of(Run run, Option<string?> option)
    {
        if (run.Get(option) is not { } text) return null;
        return DurationText.TryParse(text, out var within)
            ? within.Value.TotalSeconds
            : throw CtlException.Usage($"--deadline: found '{text}'; allowed: 90s, 30m, 2h, 1d");
    }
}
