using System.Globalization;
using Akka.LNS.Client;
using Radzen;

namespace Akka.LNS.Dashboard.Parts;

/// <summary>Numbers, times and states as text for people.</summary>
internal static class Words
{
    /// <summary>Text of a missing value.</summary>
    public const string None = "-";

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(ulong value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double value) => value.ToString(value is > 0 and < 10 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    public static string Span(double? seconds) => seconds is { } s ? DurationText.Show(s) : None;

    /// <summary>Local time of the node.</summary>
    public static string Time(DateTimeOffset? at) =>
        at?.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? None;

    /// <summary>Time zone of all times: "Europe/Berlin, UTC+01:00".</summary>
    public static string Zone
    {
        get
        {
            var (zone, now) = (TimeZoneInfo.Local, DateTimeOffset.Now);
            return zone.Id is "UTC" or "Etc/UTC" ? "UTC" : $"{zone.Id}, UTC{now.ToString("zzz", CultureInfo.InvariantCulture)}";
        }
    }

    /// <summary>An error of the API, with what to do about it.</summary>
    public static string Trouble(LnsApiException e) => e.Status switch
    {
        System.Net.HttpStatusCode.Forbidden => "Not permitted: the token has the role read, and this needs the role operate. "
            + "Log out, and log in with another token.",
        null or System.Net.HttpStatusCode.ServiceUnavailable => $"The node does not answer: {e.Message}. "
            + "Look at its log, or at systemctl status akka-lns on its host.",
        _ => e.Message,
    };

    /// <summary>Party that ended a call.</summary>
    public static string Party(string endedBy) => endedBy switch
    {
        "Peer" => "the LAC",
        "Subscriber" => "the subscriber",
        "Lns" => "this LNS",
        "Administrator" => "an administrator",
        "Radius" => "the RADIUS server",
        _ => endedBy,
    };

    public static string Rate(double bitsPerSecond) => RateText.Show(bitsPerSecond);

    /// <summary>State of a pool in a word, and its color.</summary>
    public static (string Word, BadgeStyle Badge, string Color) Pool(int used, int size) =>
        size == 0 ? ("no addresses", BadgeStyle.Info, "none")
        : used >= size ? ("full", BadgeStyle.Danger, "red")
        : used > 0.9 * size ? ("nearly full", BadgeStyle.Warning, "amber")
        : ("ok", BadgeStyle.Success, "none");

    public static BadgeStyle Severity(string severity) => severity switch
    {
        "critical" => BadgeStyle.Danger,
        "warning" => BadgeStyle.Warning,
        _ => BadgeStyle.Info,
    };

    /// <summary>Page that shows more about a problem.</summary>
    public static string Page(string see) => see switch
    {
        "sessions" or "lacs" or "tunnels" or "radius" or "pools" or "disconnects" => $"/{see}",
        _ => "/",
    };

    public static string YesNo(bool? value) => value switch { true => "yes", false => "no", _ => None };

    public static string Text(string? value) => string.IsNullOrEmpty(value) ? None : value;

    public static string Speed(uint bitsPerSecond) => bitsPerSecond == 0 ? None : RateText.Show(bitsPerSecond);

    /// <summary>Label of an axis.</summary>
    public static string Short(object value)
    {
        var v = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return v switch
        {
            >= 1e6 => (v / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M",
            >= 1e4 => (v / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k",
            _ => v.ToString("0.##", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>End and step of an axis: the next round number (1, 2 or 5 times a power of ten), in four or five steps.</summary>
    public static (double End, double Step) Axis(double highest)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, highest))));
        return highest <= power ? (power, power / 5)
            : highest <= 2 * power ? (2 * power, power / 2)
            : highest <= 5 * power ? (5 * power, power)
            : (10 * power, 2 * power);
    }

    public static BadgeStyle Style(string state) => StateRatings.Of(state) switch
    {
        StateRating.Good => BadgeStyle.Success,
        StateRating.Warning => BadgeStyle.Warning,
        StateRating.Bad => BadgeStyle.Danger,
        _ => BadgeStyle.Info,
    };
}
