namespace Akka.LNS.Protocol.Radius;

/// <summary>Acct-Terminate-Cause (RFC 2866 section 5.10).</summary>
public enum AcctTerminateCauseValue : uint
{
    UserRequest = 1,
    LostCarrier = 2,
    LostService = 3,
    IdleTimeout = 4,
    SessionTimeout = 5,
    AdminReset = 6,
    AdminReboot = 7,
    PortError = 8,
    NasError = 9,
    NasRequest = 10,
    NasReboot = 11,
    PortUnneeded = 12,
    PortPreempted = 13,
    PortSuspended = 14,
    ServiceUnavailable = 15,
    Callback = 16,
    UserError = 17,
    HostRequest = 18,
}

/// <summary>Which of the RFC's few causes an end is. The full text goes beside it as mpd-term-cause.</summary>
public static class AcctTerminateCause
{
    public static AcctTerminateCauseValue From(EndReason reason) => reason.Cause switch
    {
        EndCause.UserRequest => AcctTerminateCauseValue.UserRequest,
        EndCause.EchoTimeout => AcctTerminateCauseValue.LostCarrier, // "DCD was dropped on the port": the line is gone
        EndCause.CallDisconnected => AcctTerminateCauseValue.LostCarrier, // the LAC saw the line go
        // "Service can no longer be provided; for example, user's connection to a host was interrupted"
        EndCause.TunnelStopped => AcctTerminateCauseValue.LostService,
        EndCause.TunnelTimeout => AcctTerminateCauseValue.LostService,
        EndCause.SetupTimeout => AcctTerminateCauseValue.PortError,
        EndCause.IdleTimeout => AcctTerminateCauseValue.IdleTimeout,
        EndCause.SessionTimeout => AcctTerminateCauseValue.SessionTimeout,
        EndCause.AuthenticationFailed => AcctTerminateCauseValue.UserError,
        EndCause.AuthenticationUnavailable => AcctTerminateCauseValue.ServiceUnavailable,
        EndCause.TunnelAuthenticationFailed => AcctTerminateCauseValue.PortError,
        EndCause.NegotiationFailed => AcctTerminateCauseValue.UserError,
        EndCause.NoAddress => AcctTerminateCauseValue.ServiceUnavailable,
        EndCause.ProtocolViolation => AcctTerminateCauseValue.PortError,
        EndCause.Refused => AcctTerminateCauseValue.NasRequest,
        // "Administrator reset the port or session"; by RADIUS it is the host that asked (RFC 5176)
        EndCause.AdministrativeReset => AcctTerminateCauseValue.AdminReset,
        EndCause.Shutdown => AcctTerminateCauseValue.AdminReboot, // "ending service on the NAS, e.g. prior to rebooting"
        EndCause.DataPlaneFailed => AcctTerminateCauseValue.NasError,
        EndCause.InternalError => AcctTerminateCauseValue.NasError,
        EndCause.NodeLost => AcctTerminateCauseValue.NasReboot, // "NAS ended session in order to reboot non-administratively ("crash")"
        _ => AcctTerminateCauseValue.NasError,
    };
}
