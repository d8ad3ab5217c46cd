using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Node;

/// <summary>What happens to the data plane, for log, counters, admission and the guard of the addresses. It calls no actor back.</summary>
internal sealed class PlaneObserver(ProtectedAddresses needed, AdmissionControl admission, NodeCounters counters, ILogger log)
    : IPlaneObserver
{
    public void OnHost(HostNetwork host) => needed.Set(host);

    public void OnRepaired(string what)
    {
        counters.CountPlaneRepair();
        log.PlaneRepaired(what);
    }

    public void OnFailed(string why)
    {
        admission.PlaneFailure = why;
        log.PlaneDown(why);
    }

    public void OnRecovered()
    {
        admission.PlaneFailure = null;
        log.PlaneUp();
    }

    public void OnRouteRefused(Ipv4Prefix network, string why)
    {
        counters.CountRouteProblem(RouteProblem.Kernel);
        log.PlaneWarning(why);
    }
}
