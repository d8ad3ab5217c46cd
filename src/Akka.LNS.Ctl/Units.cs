using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Akka.LNS.Client;

namespace Akka.LNS.Ctl;

/// <summary>Numbers for people, without spaces; JSON has them exact.</summary>
internal static class Units
{
    private static readonly string[] RateUnits = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>"1.5MiB".</summary>
    public static string Octets(double octets) => OctetText.Show(octets, space: "");

    /// <summary>"1.5Mbit/s".</summary>
    public static string Rate(double octetsPerSecond) => OctetText.Scale(octetsPerSecond * 8, 1000, RateUnits, space: "");

    public static string Speed(uint bitsPerSecond) => OctetText.Scale(bitsPerSecond, 1000, RateUnits, space: "");

    /// <summary>"3d04h", "2h05m", "4m30s", "12s", "0.25s".</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 0) return $"-{Duration(-seconds)}";
        if (seconds < 10) return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds, 2)}s");
        var s = (long)Math.Min(Math.Round(seconds), 1e15);
        var (days, hours, minutes) = (s / 86_400, s / 3600 % 24, s / 60 % 60);
        return days > 0 ? string.Create(CultureInfo.InvariantCulture, $"{days}d{hours:d2}h")
            : hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{minutes:d2}m")
            : minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m{s % 60:d2}s")
            : string.Create(CultureInfo.InvariantCulture, $"{s}s");
    }

    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A whole or decimal number with s, m, h or d behind it.</summary>
    public static bool TryParseDuration(string text, [NotNullWhen(true)] out TimeSpan? duration)
    {
        duration = null;
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        if (unit == 0 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        if (number * unit > TimeSpan.MaxValue.TotalSeconds / 2) return false;
        duration = TimeSpan.FromSeconds(number * unit);
        return true;
    }
}
