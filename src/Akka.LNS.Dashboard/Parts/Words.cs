using System.Globalization;
using Radzen;

namespace Akka.LNS.Dashboard.Parts;

/// <summary>Figures as people read them.</summary>
internal static class Words
{
    public const string None = "-";

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double value) => value.ToString(value is > 0 and < 10 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    public static string Span(double? seconds)
    {
        if (seconds is not { } s) return None;
        var span = TimeSpan.FromSeconds(Math.Max(0, s));
        return span.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s")
            : span.TotalDays < 1 ? span.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span:h\\:mm\\:ss}");
    }

    /// <summary>In the time of the node.</summary>
    public static string Time(DateTimeOffset? at) => at?.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? None;

    public static string YesNo(bool? value) => value switch { true => "yes", false => "no", _ => None };

    public static string Text(string? value) => string.IsNullOrEmpty(value) ? None : value;

    public static string Speed(uint bitsPerSecond) => bitsPerSecond == 0 ? None : string.Create(CultureInfo.InvariantCulture, $"{bitsPerSecond / 1e6:0.###} Mbit/s");

    /// <summary>Of an axis.</summary>
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

    /// <summary>Ends at the next round figure (1, 2 or 5 times a power of ten), in four or five steps.</summary>
    public static (double End, double Step) Axis(double highest)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, highest))));
        return highest <= power ? (power, power / 5) : highest <= 2 * power ? (2 * power, power / 2) : highest <= 5 * power ? (5 * power, power) : (10 * power, 2 * power);
    }

    public static BadgeStyle Style(string state) => state switch
    {
        "open" or "up" or "serving" => BadgeStyle.Success,
        "early" or "suspect" or "half-open" or "draining" => BadgeStyle.Warning,
        "closed" or "dead" or "drained" => BadgeStyle.Danger,
        _ => BadgeStyle.Info,
    };
}
