using System.Globalization;

namespace Akka.LNS.Stress.Nodes;

/// <summary>CPU time and memory of a process. proc(5).</summary>
/// <param name="Cpu">User and system time.</param>
/// <param name="ResidentOctets">VmRSS.</param>
public readonly record struct ProcessUse(TimeSpan Cpu, long ResidentOctets)
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    public static ProcessUse Of(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name may hold anything; state is the first behind it
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        var rss = File.ReadLines($"/proc/{pid}/status").First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1];
        return new ProcessUse(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), long.Parse(rss, CultureInfo.InvariantCulture) * 1024);
    }
}
