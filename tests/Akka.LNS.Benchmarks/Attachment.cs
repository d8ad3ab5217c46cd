using System.Diagnostics;
using System.Globalization;
using Tmds.Linux;

namespace Akka.LNS.Benchmarks;

/// <summary>A shell command that observes lnsd during a phase, for example a profiler. It ends by SIGINT.</summary>
internal sealed class Attachment : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    /// <param name="command">{pid}, {name} and {api} stand for lnsd, the phase and the path of the API's socket.</param>
    /// <param name="name">Name of the phase.</param>
    /// <param name="lnsd">The process to observe.</param>
    public Attachment(string command, string name, MeasuredLnsd lnsd)
    {
        var text = command.Replace("{pid}", lnsd.Id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{name}", name, StringComparison.Ordinal).Replace("{api}", lnsd.ApiSocket, StringComparison.Ordinal);
        _process = Process.Start("sh", ["-c", text]);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _ = LibC.kill(_process.Id, LibC.SIGINT);
        if (!_process.WaitForExit(Patience)) _process.Kill();
        _process.Dispose();
    }
}
