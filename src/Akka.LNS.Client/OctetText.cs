using System.Globalization;

namespace Akka.LNS.Client;

/// <summary>Numbers of octets for people: one decimal place and a binary unit.</summary>
public static class OctetText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>"1.5 MiB"; a whole number below 1 KiB.</summary>
    /// <param name="space">Text between number and unit.</param>
    public static string Show(double octets, string space = " ") => Scale(octets, 1024, Units, space);

    /// <summary>The value in the largest of <paramref name="units"/> in which it is at least 1.</summary>
    /// <param name="step">Factor from one unit to the next.</param>
    internal static string Scale(double value, int step, ReadOnlySpan<string> units, string space)
    {
        var unit = 0;
        for (; value >= step - 0.05 && unit < units.Length - 1; unit++) value /= step;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + space + units[unit];
    }
}

/// <summary>Bit rates for people: one decimal place and a decimal unit.</summary>
public static class RateText
{
    private static readonly string[] Units = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];

    /// <summary>"1.5 Mbit/s"; a whole number below 1 kbit/s.</summary>
    /// <param name="space">Text between number and unit.</param>
    public static string Show(double bitsPerSecond, string space = " ") => OctetText.Scale(bitsPerSecond, 1000, Units, space);
}
