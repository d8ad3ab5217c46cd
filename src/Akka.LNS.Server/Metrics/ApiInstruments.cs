using System.Diagnostics.Metrics;
using Akka.LNS.Server.Api.Guard;

namespace Akka.LNS.Server.Metrics;

/// <summary>Instruments of the API.</summary>
internal static class ApiInstruments
{
    public static void AddTo(Meter meter, ApiRefusals refusals)
    {
        var reasons = Enum.GetValues<ApiRefusal>();
        meter.CreateObservableCounter("akka.lns.api.refusals",
            () => reasons.Select(r => new Measurement<long>(refusals[r], new KeyValuePair<string, object?>("reason", r.ToString()))),
            "{refusal}", "Refused connections and requests of the API by reason");
    }
}
