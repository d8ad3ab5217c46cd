namespace Akka.LNS.Protocol.Admission;

/// <summary>What a LAC is told when something is refused (<c>refuse-with</c>): LACs differ in what makes them go to their next LNS.</summary>
public enum RefuseWith
{
    /// <summary>2/7: general error, try another.</summary>
    TryAnother,
    /// <summary>2/4: general error, insufficient resources.</summary>
    NoResources,
    /// <summary>4: temporarily no facilities. Only a CDN has it; a StopCCN says 2/4.</summary>
    NoFacilities,
}
