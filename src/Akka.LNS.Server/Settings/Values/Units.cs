using System.Globalization;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>Durations and sizes as the configuration writes them: a number with a unit. A number alone is neither.</summary>
internal static class Units
{
    public const long KiB = 1 << 10, MiB = 1 << 20, GiB = 1 << 30;
    public static readonly TimeSpan Millisecond =
        TimeSpan.FromMilliseconds(1), Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    public static TimeSpan? Duration(string text)
    {
        var (number, unit) = Split(text);
        double? milliseconds = unit switch
        {
            "ms" or "millis" or "millisecond" or "milliseconds" => 1,
            "s" or "second" or "seconds" => 1_000,
            "m" or "minute" or "minutes" => 60_000,
            "h" or "hour" or "hours" => 3_600_000,
            "d" or "day" or "days" => 86_400_000,
            _ => null,
        };
        return number * milliseconds is { } total and < 1e13 ? TimeSpan.FromMilliseconds(total) : null;
    }

    public static long? Size(string text)
    {
        var (number, unit) = Split(text);
        double? factor = unit switch
        {
            "B" => 1,
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            "kB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            _ => null,
        };
        return number * factor is { } total and < 1e15 ? (long)total : null;
    }

    public static string Show(TimeSpan span) => span switch
    {
        { Ticks: 0 } => "0s",
        _ when span.Ticks % TimeSpan.TicksPerDay == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays}d"),
        _ when span.Ticks % TimeSpan.TicksPerHour == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours}h"),
        _ when span.Ticks % TimeSpan.TicksPerMinute == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes}m"),
        _ when span.Ticks % TimeSpan.TicksPerSecond == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds}ms"),
    };

    public static string Show(long octets) => octets switch
    {
        >= 1L << 30 when octets % (1L << 30) == 0 => string.Create(CultureInfo.InvariantCulture, $"{octets >> 30} GiB"),
        >= 1L << 20 when octets % (1L << 20) == 0 => string.Create(CultureInfo.InvariantCulture, $"{octets >> 20} MiB"),
        >= 1L << 10 when octets % (1L << 10) == 0 => string.Create(CultureInfo.InvariantCulture, $"{octets >> 10} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{octets} B"),
    };

    private static (double? Number, string Unit) Split(string text)
    {
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
        var number = double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n)
            ? n : (double?)null;
        return (number, text[digits..].Trim());
    }
}

/// <summary>Suggests a known word for an unknown one.</summary>
internal static class Nearest
{
    private const int LongestName = 64, MostNames = 500; // more are not compared

    /// <summary>"; did you mean X?", or an empty text when no word is similar.</summary>
    public static string Hint(string found, IReadOnlyCollection<string> allowed) =>
        found.Length <= LongestName && allowed.Count <= MostNames && NearestName.Of(found, allowed) is { } nearest
            ? $"; did you mean {nearest}?" : "";
}
