namespace Akka.LNS.Protocol.Admission;

/// <summary>Reason for the refusal of a tunnel or call. Label of counters and log lines.</summary>
public enum RefusalReason
{
    /// <summary>The Load: a random share from <c>refuse-from</c> on, all from <c>refuse-all</c> on and while the latch is set.</summary>
    Load,
    /// <summary>No authentication server is alive, and the call needs one.</summary>
    RadiusUnavailable,
    /// <summary>Logins wait too long for RADIUS.</summary>
    RadiusSlow,
    /// <summary>The node is being drained.</summary>
    Draining,
    /// <summary>The node is being stopped.</summary>
    Stopping,
    /// <summary>The data plane does not forward.</summary>
    DataPlane,
    /// <summary>No entry of <c>tunnels.peers</c> matches the LAC.</summary>
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
    /// <summary>All 65,535 tunnel ids, or session ids of the tunnel, are in use or in quarantine.</summary>
    NoIdentifier,
    /// <summary>A tunnel whose LAC or LNS did not accept the secret of the other.</summary>
    WrongSecret,
    /// <summary>A tunnel that ended before it was established, for another reason than its secret.</summary>
    NotEstablished,
}

/// <summary>A refusal.</summary>
/// <param name="Limit">The limit that was reached; zero: none.</param>
/// <param name="Words">Text that replaces the one of the reason; null: none.</param>
/// <param name="Share">Use and share of the LAC, when several LACs share the limit.</param>
public readonly record struct Refused(RefusalReason Reason, double Limit = 0, string? Words = null, string Share = "")
{
    /// <summary>Text for the engineer at the LAC: the Error Message of CDN and StopCCN.</summary>
    public string Text => (Words ?? TextOfReason) + Share;

    private string TextOfReason => Reason switch
    {
        RefusalReason.Load => "the LNS is overloaded",
        RefusalReason.RadiusUnavailable => "no RADIUS server answers",
        RefusalReason.RadiusSlow => "RADIUS is too slow for one more login",
        RefusalReason.Draining => "the LNS is being drained",
        RefusalReason.Stopping => "the LNS is being stopped",
        RefusalReason.DataPlane => "the LNS cannot forward",
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
        RefusalReason.WrongSecret => "tunnel authentication failed",
        RefusalReason.NotEstablished => "the tunnel was not established",
        _ => "no free identifier",
    };

    public EndReason ToEndReason(EndLayer layer) => new(EndParty.Lns, layer, EndCause.Refused, Text);

    private string Of(string what) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"limit of {Limit} {what}");
}
