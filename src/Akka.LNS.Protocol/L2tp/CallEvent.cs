using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>Event of one call, on the side of the LNS or of the LAC.</summary>
public abstract record CallEvent
{
    internal CallEvent() { } // the LAC side adds its own events

    /// <summary>LNS: the ICRQ that begins the call. <paramref name="Refused"/> null: the call is acceptable.</summary>
    public sealed record Offered(SessionId Local, ControlMessage.Icrq Request, Refusal? Refused) : CallEvent;

    /// <summary>A message of this call (<see cref="ConnectionEffect.CallMessageReceived"/>).</summary>
    public sealed record MessageReceived(ControlMessage Message) : CallEvent;

    /// <summary>A malformed message of this call (<see cref="ConnectionEffect.CallMessageBroken"/>).</summary>
    public sealed record MessageBroken(L2tpError Error, ResultCode Code) : CallEvent;

    /// <summary>This side ends the call: CDN with <paramref name="Code"/>.</summary>
    public sealed record CloseRequested(EndReason Why, ResultCode Code, PppDisconnectCause? Cause = null) : CallEvent;

    /// <summary>The tunnel has ended: no CDN can be sent.</summary>
    public sealed record TunnelClosed(EndReason Why) : CallEvent;

    /// <summary>A deadline may have passed.</summary>
    public sealed record Tick : CallEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the shell of a call must do, in order.</summary>
public abstract record CallEffect
{
    internal CallEffect() { } // the LAC side adds its own effects

    /// <summary>Send a message through the tunnel: <see cref="ConnectionEvent.SendCallMessage"/>.</summary>
    public sealed record Send(SessionId Local, SessionId Peer, ControlMessage Message) : CallEffect;

    /// <summary>Start the data path and PPP.</summary>
    public sealed record OpenPath(SessionId Local, SessionId Peer, ControlMessage.Iccn Connect) : CallEffect;

    /// <summary>Stop the data path. Comes at most once, after <see cref="OpenPath"/>.</summary>
    public sealed record ClosePath(SessionId Local) : CallEffect;

    /// <summary>The call has ended. Comes once, as the last effect.</summary>
    public sealed record Ended(EndReason Why) : CallEffect;
}

/// <summary>State of one call, on either side. The names are those of RFC 2661 section 7.4.</summary>
public abstract record CallState
{
    internal CallState() { } // the LAC side adds its own states

    public sealed record Idle : CallState
    {
        public static readonly Idle Instance = new();
    }

    /// <summary>LNS: the ICRP is sent, and the ICCN has not arrived.</summary>
    public sealed record WaitConnect(SessionId Local, SessionId Peer, Instant GiveUpAt) : CallState;

    public sealed record Established(SessionId Local, SessionId Peer) : CallState;

    /// <summary>Final state: the "idle" of the RFC after a call.</summary>
    public sealed record Over(EndReason Why) : CallState;
}

/// <summary>Time limits of the set-up of a call. The RFC defines none.</summary>
/// <param name="ConnectTimeout">LNS: time from ICRP to ICCN. LAC: time from ICRQ to ICRP.</param>
public sealed record CallSettings(TimeSpan ConnectTimeout)
{
    public static readonly CallSettings Default = new(TimeSpan.FromSeconds(30));
}
