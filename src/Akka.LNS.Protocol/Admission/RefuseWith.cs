namespace Akka.LNS.Protocol.Admission;

/// <summary>Result code of refusals (<c>refuse-with</c>). Which code makes a LAC try its next LNS depends on the LAC.</summary>
public enum RefuseWith
{
    /// <summary>2/7: general error, try another.</summary>
    TryAnother,
    /// <summary>2/4: general error, insufficient resources.</summary>
    NoResources,
    /// <summary>4: temporarily no facilities. Only a CDN has this code; a StopCCN gets 2/4.</summary>
    NoFacilities,
}
