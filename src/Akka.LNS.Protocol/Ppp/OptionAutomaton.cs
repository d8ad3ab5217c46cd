using static Akka.LNS.Protocol.Ppp.AutomatonActions;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>State of the automaton, with the number of the RFC. RFC 1661 section 4.2.</summary>
public enum AutomatonState : byte
{
    Initial = 0,
    Starting = 1,
    Closed = 2,
    Stopped = 3,
    Closing = 4,
    Stopping = 5,
    ReqSent = 6,
    AckRcvd = 7,
    AckSent = 8,
    Opened = 9,
}

/// <summary>Event at the automaton, in the order of the table. RFC 1661 section 4.3.</summary>
public enum AutomatonEvent : byte
{
    /// <summary>The lower layer is ready.</summary>
    Up,
    Down,
    /// <summary>The protocol is wanted.</summary>
    Open,
    Close,
    /// <summary>TO+: the restart timer expired with the counter above zero.</summary>
    TimeoutLeft,
    /// <summary>TO-: the restart timer expired with the counter at zero.</summary>
    TimeoutLast,
    /// <summary>RCR+: an acceptable Configure-Request.</summary>
    ReceiveConfigureRequestGood,
    /// <summary>RCR-: a Configure-Request that gets a Nak or a Reject.</summary>
    ReceiveConfigureRequestBad,
    /// <summary>RCA.</summary>
    ReceiveConfigureAck,
    /// <summary>RCN: Nak or Reject.</summary>
    ReceiveConfigureNak,
    /// <summary>RTR.</summary>
    ReceiveTerminateRequest,
    /// <summary>RTA.</summary>
    ReceiveTerminateAck,
    /// <summary>RUC.</summary>
    ReceiveUnknownCode,
    /// <summary>RXJ+: the peer rejects a code or a protocol that is not essential.</summary>
    ReceiveRejectPermitted,
    /// <summary>RXJ-: the peer rejects an essential code or protocol.</summary>
    ReceiveRejectCatastrophic,
    /// <summary>RXR: Echo-Request, Echo-Reply or Discard-Request.</summary>
    ReceiveEcho,
}

/// <summary>Actions of a transition; their order is in <see cref="OptionAutomaton"/>. RFC 1661 section 4.4.</summary>
[Flags]
public enum AutomatonActions : ushort
{
    None = 0,
    /// <summary>This-Layer-Up.</summary>
    Tlu = 1 << 0,
    /// <summary>This-Layer-Down.</summary>
    Tld = 1 << 1,
    /// <summary>This-Layer-Started.</summary>
    Tls = 1 << 2,
    /// <summary>This-Layer-Finished.</summary>
    Tlf = 1 << 3,
    /// <summary>Initialize-Restart-Count.</summary>
    Irc = 1 << 4,
    /// <summary>Zero-Restart-Count.</summary>
    Zrc = 1 << 5,
    /// <summary>Send-Configure-Request.</summary>
    Scr = 1 << 6,
    /// <summary>Send-Configure-Ack.</summary>
    Sca = 1 << 7,
    /// <summary>Send-Configure-Nak or -Reject.</summary>
    Scn = 1 << 8,
    /// <summary>Send-Terminate-Request.</summary>
    Str = 1 << 9,
    /// <summary>Send-Terminate-Ack.</summary>
    Sta = 1 << 10,
    /// <summary>Send-Code-Reject.</summary>
    Scj = 1 << 11,
    /// <summary>Send-Echo-Reply.</summary>
    Ser = 1 << 12,
}

/// <summary>One cell of the table.</summary>
/// <param name="IsLegal">False for "-": the event is impossible in this state, and the step changes nothing.</param>
public readonly record struct AutomatonStep(AutomatonState Next, AutomatonActions Actions, bool IsLegal)
{
    /// <summary>True when the transition has this action.</summary>
    public bool Does(AutomatonActions action) => (Actions & action) != 0;
}

/// <summary>The table of the option negotiation automaton, without timers and packets. RFC 1661 section 4.1.</summary>
/// <remarks>
/// The order of the actions of one cell, as in the RFC: tld, tls, irc or zrc, scr, sca or scn, str, sta, scj, ser, tlu, tlf. The letters of
/// the RFC behind some cells (p, r, x) are options that this LNS does not use.
/// </remarks>
public static class OptionAutomaton
{
    private const int States = 10;
    private static readonly AutomatonStep[] Table = Build();

    /// <summary>Returns one cell; the step of an illegal pair keeps the state.</summary>
    public static AutomatonStep On(AutomatonState state, AutomatonEvent ev) => Table[(int)ev * States + (int)state];

    private static AutomatonStep[] Build()
    {
        // one line per row; the columns are Initial, Starting, Closed, Stopped, Closing | Stopping, Req-Sent, Ack-Rcvd, Ack-Sent, Opened
        (AutomatonActions, int)?[] cells =
        [
            /* Up   */ C(2), C(6, Irc | Scr), null, null, null,
                       null, null, null, null, null,
            /* Down */ null, null, C(0), C(1, Tls), C(0),
                       C(1), C(1), C(1), C(1), C(1, Tld),
            /* Open */ C(1, Tls), C(1), C(6, Irc | Scr), C(3), C(5),
                       C(5), C(6), C(7), C(8), C(9),
            /* Close*/ C(0), C(0, Tlf), C(2), C(2), C(4),
                       C(4), C(4, Irc | Str), C(4, Irc | Str), C(4, Irc | Str), C(4, Tld | Irc | Str),

            /* TO+  */ null, null, null, null, C(4, Str),
                       C(5, Str), C(6, Scr), C(6, Scr), C(8, Scr), null,
            /* TO-  */ null, null, null, null, C(2, Tlf),
                       C(3, Tlf), C(3, Tlf), C(3, Tlf), C(3, Tlf), null,

            /* RCR+ */ null, null, C(2, Sta), C(8, Irc | Scr | Sca), C(4),
                       C(5), C(8, Sca), C(9, Sca | Tlu), C(8, Sca), C(8, Tld | Scr | Sca),
            /* RCR- */ null, null, C(2, Sta), C(6, Irc | Scr | Scn), C(4),
                       C(5), C(6, Scn), C(7, Scn), C(6, Scn), C(6, Tld | Scr | Scn),
            /* RCA  */ null, null, C(2, Sta), C(3, Sta), C(4),
                       C(5), C(7, Irc), C(6, Scr), C(9, Irc | Tlu), C(6, Tld | Scr),
            /* RCN  */ null, null, C(2, Sta), C(3, Sta), C(4),
                       C(5), C(6, Irc | Scr), C(6, Scr), C(8, Irc | Scr), C(6, Tld | Scr),

            /* RTR  */ null, null, C(2, Sta), C(3, Sta), C(4, Sta),
                       C(5, Sta), C(6, Sta), C(6, Sta), C(6, Sta), C(5, Tld | Zrc | Sta),
            /* RTA  */ null, null, C(2), C(3), C(2, Tlf),
                       C(3, Tlf), C(6), C(6), C(8), C(6, Tld | Scr),

            /* RUC  */ null, null, C(2, Scj), C(3, Scj), C(4, Scj),
                       C(5, Scj), C(6, Scj), C(7, Scj), C(8, Scj), C(9, Scj),
            /* RXJ+ */ null, null, C(2), C(3), C(4),
                       C(5), C(6), C(6), C(8), C(9),
            /* RXJ- */ null, null, C(2, Tlf), C(3, Tlf), C(2, Tlf),
                       C(3, Tlf), C(3, Tlf), C(3, Tlf), C(3, Tlf), C(5, Tld | Irc | Str),

            /* RXR  */ null, null, C(2), C(3), C(4),
                       C(5), C(6), C(7), C(8), C(9, Ser),
        ];
        var table = new AutomatonStep[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            table[i] = cells[i] is var (actions, next)
                ? new AutomatonStep((AutomatonState)next, actions, IsLegal: true)
                : new AutomatonStep((AutomatonState)(i % States), AutomatonActions.None, IsLegal: false);
        }
        return table;
    }

    private static (AutomatonActions, int) C(int next, AutomatonActions actions = 0) => (actions, next);
}
