using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Overload;

/// <summary>Latest sample of the Load. Written by the supervisor, read by any thread.</summary>
internal sealed class LoadMonitor(OverloadSettings settings)
{
    private sealed record Box(LoadSample Sample);

    private volatile LoadGauge _gauge = GaugeOf(settings);
    private Box _latest = new(default);

    public LoadSample Latest => Volatile.Read(ref _latest).Sample;

    /// <summary>New weights.</summary>
    public void Change(OverloadSettings settings) => _gauge = GaugeOf(settings);

    private static LoadGauge GaugeOf(OverloadSettings settings) => new(settings.SerialWeight, settings.ParallelWeight);

    /// <summary>The Load at this moment.</summary>
    public LoadSample Of(MailboxMeters meters) => _gauge.Sample(meters.Serial.Depth, meters.Parallel.Depth);

    public void Take(MailboxMeters meters) => Volatile.Write(ref _latest, new Box(Of(meters)));
}
