using System.Globalization;
using Akka.LNS.Client;

namespace Akka.LNS.Ctl.Terminal;

/// <summary>Numbers for people, without spaces, so that a script can split columns. JSON has exact numbers.</summary>
internal static class Units
{
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>"1.5MiB".</summary>
    public static string Octets(double octets) => OctetText.Show(octets, space: "");

    /// <summary>"1.5Mbit/s", from octets per second.</summary>
    public static string Rate(double octetsPerSecond) => RateText.Show(octetsPerSecond * 8, space: "");

    public static string Speed(uint bitsPerSecond) => RateText.Show(bitsPerSecond, space: "");

    /// <summary>Time from <paramref name="from"/> to <paramref name="until"/>.</summary>
    public static string Age(DateTimeOffset from, DateTimeOffset until) => DurationText.Show((until - from).TotalSeconds);

    /// <summary>UTC, ISO 8601 with seconds.</summary>
    public static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
