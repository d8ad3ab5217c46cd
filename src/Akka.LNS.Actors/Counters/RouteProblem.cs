namespace Akka.LNS.Actors.Counters;

/// <summary>Problem with a route or an address of a subscriber. Label of a counter.</summary>
public enum RouteProblem
{
    /// <summary>The node did not grant it.</summary>
    Refused,
    /// <summary>The kernel did not take the route, or did not remove it.</summary>
    Kernel,
    /// <summary>It is granted and shares addresses with another subscriber or with a route of the host.</summary>
    Overlap,
    /// <summary>A subscriber has an address that the node needs now.</summary>
    Needed,
}
