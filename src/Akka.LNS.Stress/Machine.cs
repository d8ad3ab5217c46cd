using System.Globalization;
using System.Runtime.InteropServices;

namespace Akka.LNS.Stress;

/// <summary>Where it ran.</summary>
internal static class Machine
{
    public static string Description
    {
        get
        {
            const string Info = "/proc/cpuinfo", Key = "model name";
            var model = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(static l => l.StartsWith(Key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() : null;
            return string.Create(CultureInfo.InvariantCulture,
                $"{Environment.ProcessorCount} x {model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, .NET {Environment.Version}");
        }
    }
}
