using System.Globalization;

namespace Akka.LNS.Client;

/// <summary>Amounts of octets for people: one decimal place and a binary unit.</summary>
public static class OctetText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>"1.5 MiB"; below 1 KiB a whole number.</summary>
    /// <param name="space">Text between number and unit.</param>
    public static string Show(double octets, string space = " ") => Scale(octets, 1024, Units, space);

    /// <summary>The value in the largest of <paramref name="units"/> in which it is at least 1.</summary>
    /// <param name="step">Factor from one unit to the next.</param>
    public static string Scale(double value, int step, ReadOnlySpan<string> units, string space)
    {
        var unit = 0;
        for (; value >= step - 0.05 && unit < units.Length - 1; unit++) value /= step;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + space + units[unit];
    }
}
