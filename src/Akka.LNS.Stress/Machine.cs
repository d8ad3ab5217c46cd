using System.Globalization;
using System.Runtime.InteropServices;

namespace Akka.LNS.Stress;

/// <summary>The machine that lns-stress runs on.</summary>
internal static class Machine
{
    public static string Description
    {
        get
        {
            const string Info = "/proc/cpuinfo", Key = "model name";
            var lines = File.Exists(Info) ? File.ReadLines(Info) : [];
            var line = lines.FirstOrDefault(static l => l.StartsWith(Key, StringComparison.Ordinal));
            var model = line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
            var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
            return string.Create(
                CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} x {model}, {memory} GiB, .NET {Environment.Version}");
        }
    }
}
