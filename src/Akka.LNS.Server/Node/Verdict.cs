using Akka.LNS.Actors.Overload;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Server.Node;

/// <summary>What the node does with new tunnels and calls, in one word of the API, the metrics and the cluster.</summary>
internal static class Verdict
{
    /// <summary>
    /// <c>open</c>: it accepts them. <c>early</c>: it refuses a share. <c>closed</c>: it refuses all, or all that need RADIUS, or its data
    /// plane does not forward.
    /// <c>draining</c>: it drains or stops.
    /// </summary>
    public static string Of(bool isStopping, AdmissionReport now) => isStopping || now.Drain is not DrainState.Serving ? "draining"
        : now.Reason is RefusalReason.DataPlane || now.State.IsShut || now.State.IsRadiusDown || now.State.IsRadiusSlow ? "closed"
        : now.State.Share > 0 ? "early"
        : "open";
}
