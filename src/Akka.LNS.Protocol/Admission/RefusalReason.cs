namespace Akka.LNS.Protocol.Admission;

/// <summary>Why a new tunnel or call is not taken: the label of a counter and of a log line.</summary>
public enum RefusalReason
{
    /// <summary>The Load: between <c>refuse-from</c> and <c>refuse-all</c> by chance, above it and until the latch opens always.</summary>
    Load,
    /// <summary>No RADIUS server that authenticates is alive, and the call would need one.</summary>
    RadiusUnavailable,
    /// <summary>Logins wait so long for RADIUS that one more would come too late.</summary>
    RadiusSlow,
    /// <summary>The node is being drained.</summary>
    Draining,
    /// <summary>The node is being stopped.</summary>
    Stopping,
    /// <summary>No entry of <c>tunnels.peers</c> fits the LAC.</summary>
    UnknownLac,
    NodeTunnels,
    LacTunnels,
    NodeSessions,
    LacSessions,
    TunnelSessions,
    NodeInSetup,
    LacInSetup,
    NodeCallRate,
    LacCallRate,
    /// <summary>All 65,535 tunnel ids, or session ids of the tunnel, are in use or rest.</summary>
    NoIdentifier,
}

/// <summary>A refusal: its reason, the limit where there is one, and words where somebody else has chosen them.</summary>
public readonly record struct Refused(RefusalReason Reason, double Limit = 0, string? Words = null)
{
    /// <summary>For the LAC's engineer: goes into the Error Message of CDN and StopCCN.</summary>
    public string Text => Words ?? Reason switch
    {
        RefusalReason.Load => "the LNS is overloaded",
        RefusalReason.RadiusUnavailable => "no RADIUS server answers",
        RefusalReason.RadiusSlow => "RADIUS is too slow for one more login",
        RefusalReason.Draining => "the LNS is being drained",
        RefusalReason.Stopping => "the LNS is being stopped",
        RefusalReason.UnknownLac => "unknown LAC",
        RefusalReason.NodeTunnels => Of("tunnels on this node"),
        RefusalReason.LacTunnels => Of("tunnels of this LAC"),
        RefusalReason.NodeSessions => Of("sessions on this node"),
        RefusalReason.LacSessions => Of("sessions of this LAC"),
        RefusalReason.TunnelSessions => Of("sessions in this tunnel"),
        RefusalReason.NodeInSetup => Of("sessions in set-up on this node"),
        RefusalReason.LacInSetup => Of("sessions in set-up of this LAC"),
        RefusalReason.NodeCallRate => Of("calls per second on this node"),
        RefusalReason.LacCallRate => Of("calls per second of this LAC"),
        _ => "no free identifier",
    };

    public EndReason ToEndReason(EndLayer layer) => new(EndParty.Lns, layer, EndCause.Refused, Text);

    private string Of(string what) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"limit of {Limit} {what}");
}
