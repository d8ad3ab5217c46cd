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

    public static string Number(double value) => value.ToString(value is > 0 and < 10 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    public static string Span(double? seconds) => seconds is { } s ? DurationText.Show(s) : None;

    /// <summary>Local time of the node.</summary>
    public static string Time(DateTimeOffset? at) =>
        at?.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? None;

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
