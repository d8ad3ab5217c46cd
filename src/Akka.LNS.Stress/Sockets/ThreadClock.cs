using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Akka.LNS.Stress.Sockets;

/// <summary>CPU time of the calling thread. Tmds.LibC 0.5 has no clock_gettime.</summary>
internal static unsafe partial class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    public static TimeSpan CpuTime
    {
        get
        {
            timespec time;
            return ClockGetTime(ThreadCpuTime, &time) == 0
                ? new TimeSpan((long)time.tv_sec * TimeSpan.TicksPerSecond + (long)time.tv_nsec / TimeSpan.NanosecondsPerTick)
                : default;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, timespec* time);
}
