using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Overload;

namespace Akka.LNS.Actors.Overload;

/// <summary>The latest sample of the Load: written by the supervisor, read by anybody.</summary>
internal sealed class LoadMonitor(OverloadSettings settings)
{
    private LoadSample _latest = new(0, 0, 0);

    public OverloadSettings Settings { get; } = settings;

    public LoadSample Latest
    {
        get => Volatile.Read(ref _latest);
        set => Volatile.Write(ref _latest, value);
    }
}
