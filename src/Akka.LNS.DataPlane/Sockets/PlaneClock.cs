using System.Diagnostics;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>The monotonic clock of the plane: read once per batch.</summary>
internal static class PlaneClock
{
    public static long Frequency => Stopwatch.Frequency;
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>In ticks of 100 ns, as TimeSpan counts.</summary>
    public static long ToTicks(long timestamp) => Stopwatch.GetElapsedTime(0, timestamp).Ticks;
}
