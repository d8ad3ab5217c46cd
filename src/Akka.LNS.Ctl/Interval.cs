using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl;

/// <summary>Interval between two updates of a live view.</summary>
internal static class Interval
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(200), Most = TimeSpan.FromSeconds(60);

    public static Option<string> Option(string description) =>
        new("--interval") { Description = $"{description} 0.2s to 60s.", HelpName = "DURATION", DefaultValueFactory = static _ => "1s" };

    public static TimeSpan Of(Run run, Option<string> option)
    {
        var text = run.Get(option) ?? "";
        return DurationText.TryParse(text, out var duration) && duration >= Least && duration <= Most
            ? duration.Value
            : throw CtlException.Usage($"--interval: found '{text}'; allowed: 0.2s to 60s");
    }
}
