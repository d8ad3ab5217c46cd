using System.Globalization;
using Tmds.Linux;

namespace Akka.LNS.Benchmarks;

/// <summary>Assigns threads to processors. sched_setaffinity(2).</summary>
internal static unsafe class Processors
{
    /// <summary>Restricts the calling thread, and the threads and processes that it starts from now on, to one processor.</summary>
    public static void PinThisThread(int core) => Pin(0, core);

    /// <summary>Restricts all threads of this process, and all that they start from now on, to one processor.</summary>
    public static void PinThisProcess(int core)
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            Pin(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), core);
    }

    private static void Pin(int thread, int core)
    {
        cpu_set_t set;
        LibC.CPU_ZERO(&set);
        LibC.CPU_SET(core, &set);
        _ = LibC.sched_setaffinity(thread, sizeof(cpu_set_t), &set);
    }
}
