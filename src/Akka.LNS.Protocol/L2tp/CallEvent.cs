using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>What happens to one call, on either side.</summary>
public abstract record CallEvent
{
    internal CallEvent() { } // the LAC's side adds its own

    /// <summary>LNS: the ICRQ that begins the call. <paramref name="Refused"/> null: it is acceptable.</summary>
    public sealed record Offered(SessionId Local, ControlMessage.Icrq Request, Refusal? Refused) : CallEvent;

    /// <summary>A message of this call (<see cref="ConnectionEffect.CallMessageReceived"/>).</summary>
    public sealed record MessageReceived(ControlMessage Message) : CallEvent;

    /// <summary>A message of this call could not be understood (<see cref="ConnectionEffect.CallMessageBroken"/>).</summary>
    public sealed record MessageBroken(L2tpError Error, ResultCode Code) : CallEvent;

    /// <summary>We want the end: CDN with <paramref name="Code"/>.</summary>
    public sealed record CloseRequested(EndReason Why, ResultCode Code, PppDisconnectCause? Cause = null) : CallEvent;

    /// <summary>The tunnel is gone: no CDN can be sent any more.</summary>
    public sealed record TunnelClosed(EndReason Why) : CallEvent;

    /// <summary>A deadline may have come.</summary>
    public sealed record Tick : CallEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the shell of a call must do, in order.</summary>
public abstract record CallEffect
{
    internal CallEffect() { } // the LAC's side adds its own

    /// <summary>Give the tunnel a <see cref="ConnectionEvent.SendCallMessage"/>.</summary>
    public sealed record Send(SessionId Local, SessionId Peer, ControlMessage Message) : CallEffect;

    /// <summary>Data may flow; PPP begins.</summary>
    public sealed record OpenPath(SessionId Local, SessionId Peer, ControlMessage.Iccn Connect) : CallEffect;

    /// <summary>Data must not flow any more. Only after <see cref="OpenPath"/>, once.</summary>
    public sealed record ClosePath(SessionId Local) : CallEffect;

    /// <summary>The call is over. Comes once, last.</summary>
    public sealed record Ended(EndReason Why) : CallEffect;
}

/// <summary>State of one call, on either side: the words of RFC 2661 section 7.4.</summary>
public abstract record CallState
{
    internal CallState() { } // the LAC's side adds its own

    public sealed record Idle : CallState
    {
        public static readonly Idle Instance = new();
    }

    /// <summary>LNS: ICRP sent, waits for ICCN.</summary>
    public sealed record WaitConnect(SessionId Local, SessionId Peer, Instant GiveUpAt) : CallState;

    public sealed record Established(SessionId Local, SessionId Peer) : CallState;

    /// <summary>The RFC's second "idle": over, for good.</summary>
    public sealed record Over(EndReason Why) : CallState;
}

/// <summary>Limits of a call's set-up; ours, the RFC has none.</summary>
/// <param name="ConnectTimeout">LNS: from ICRP to ICCN. LAC: from ICRQ to ICRP.</param>
public sealed record CallSettings(TimeSpan ConnectTimeout)
{
    public static readonly CallSettings Default = new(TimeSpan.FromSeconds(30));
}
