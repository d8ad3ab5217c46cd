using Akka.LNS.Stress.Nodes;

namespace Akka.LNS.Benchmarks;

/// <summary>A server of `beside`, as a child process.</summary>
internal abstract class MeasuredLns : IDisposable
{
    public abstract int Id { get; }
    public abstract bool HasExited { get; }
    /// <summary>Its last lines of output and log.</summary>
    public abstract string Said { get; }
    /// <summary>It has started and takes calls.</summary>
    public abstract bool IsReady { get; }
    public ProcessUse Use => ProcessUse.Of(Id);
    public abstract void Dispose();
}

/// <summary>lnsd with its TUN plane.</summary>
internal sealed class MeasuredLnsd(LnsdProcess process) : MeasuredLns
{
    private const int LastLines = 10;

    public override int Id => process.Id;
    public override bool HasExited => process.HasExited;
    public override string Said => File.Exists(process.LogFile)
        ? process.Said + string.Join('\n', File.ReadLines(process.LogFile).TakeLast(LastLines)) : process.Said;
    public override bool IsReady => File.Exists(process.ApiSocket);
    public string ApiSocket => process.ApiSocket;

    public override void Dispose() => process.Dispose();
}
