using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Akka.LNS.Client;

/// <summary>Durations for people, the same in lnsctl and the dashboard.</summary>
public static class DurationText
{
    /// <summary>"3d04h", "2h05m", "4m30s", "12s"; two decimal places below 10 s: "0.25s".</summary>
    public static string Show(double seconds)
    {
        if (seconds < 0) return $"-{Show(-seconds)}";
        if (seconds < 10) return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds, 2)}s");
        var s = (long)Math.Min(Math.Round(seconds), 1e15);
        var (days, hours, minutes) = (s / 86_400, s / 3600 % 24, s / 60 % 60);
        return days > 0 ? string.Create(CultureInfo.InvariantCulture, $"{days}d{hours:d2}h")
            : hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{minutes:d2}m")
            : minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m{s % 60:d2}s")
            : string.Create(CultureInfo.InvariantCulture, $"{s}s");
    }

    /// <summary>Reads a whole or decimal number followed by s, m, h or d.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TimeSpan? duration)
    {
        duration = null;
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        if (unit == 0) return false;
        var digits = text.AsSpan(0, text.Length - 1);
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        if (number * unit > TimeSpan.MaxValue.TotalSeconds / 2) return false;
        duration = TimeSpan.FromSeconds(number * unit);
        return true;
    }
}
