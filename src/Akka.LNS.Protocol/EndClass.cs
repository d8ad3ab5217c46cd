namespace Akka.LNS.Protocol;

/// <summary>Class of an <see cref="EndCause"/>: where to look for the cause. Label of metrics with a small number of values.</summary>
public enum EndClass
{
    /// <summary>The subscriber hung up.</summary>
    User,
    /// <summary>A limit of the subscriber's session was reached.</summary>
    Limit,
    /// <summary>The LAC hung up.</summary>
    Lac,
    /// <summary>The subscriber or the LAC stopped to answer.</summary>
    Lost,
    /// <summary>The login was refused, or no server answered.</summary>
    Login,
    /// <summary>The set-up found no agreement in time.</summary>
    Negotiation,
    /// <summary>The node refused, or had no address.</summary>
    Refused,
    /// <summary>An operator ended it.</summary>
    Operator,
    /// <summary>The node failed.</summary>
    Fault,
}

public static class EndClasses
{
    /// <summary>The class of a cause.</summary>
    public static EndClass ToClass(this EndCause cause) => cause switch
    {
        EndCause.UserRequest => EndClass.User,
        EndCause.IdleTimeout or EndCause.SessionTimeout => EndClass.Limit,
        EndCause.CallDisconnected or EndCause.TunnelStopped => EndClass.Lac,
        EndCause.EchoTimeout or EndCause.TunnelTimeout => EndClass.Lost,
        EndCause.AuthenticationFailed or EndCause.AuthenticationUnavailable or EndCause.TunnelAuthenticationFailed => EndClass.Login,
        EndCause.SetupTimeout or EndCause.NegotiationFailed or EndCause.ProtocolViolation => EndClass.Negotiation,
        EndCause.NoAddress or EndCause.Refused => EndClass.Refused,
        EndCause.AdministrativeReset or EndCause.Shutdown => EndClass.Operator,
        _ => EndClass.Fault,
    };
}
