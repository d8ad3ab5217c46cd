using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Membership;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Accounting;

/// <summary>
/// Accounting-On and Accounting-Off of the node: decides by the setting and by <see cref="NasSharing"/> whether they are sent. The
/// supervisor owns it.
/// </summary>
/// <param name="session">Acct-Session-Id of both records.</param>
/// <param name="nas">What is known at the start.</param>
internal sealed class NodeAccounting(LiveSettings live, NodeClock clock, ILogger log, string session, NasVerdict nas)
{
    /// <summary>Maximum time for which the Starts of this process wait for the decision about Accounting-On.</summary>
    public static readonly TimeSpan HoldAtMost = TimeSpan.FromSeconds(15);

    private NasVerdict _nas = nas;

    /// <summary>Accounting-On waits for the decision.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>The node starts. Comes before the first call: Accounting-On would end a Start that came before it.</summary>
    public void Begin(IActorRef accounting, IActorRef self)
    {
        if (!IsWanted(AccountingKind.On)) return;
        IsHeld = live.Current.Radius.Accounting.OnOff == AccountingOnOff.Auto && _nas.Claim == NasClaim.Pending;
        accounting.Tell(new AccountingOffered(Record(AccountingKind.On, null), self, IsHeld));
    }

    /// <summary>The cluster knows more about the NAS.</summary>
    public void Learn(NasVerdict verdict, IActorRef accounting)
    {
        _nas = verdict;
        if (verdict.Claim != NasClaim.Pending) Decide(accounting);
    }

    /// <summary>Decides about Accounting-On with what is known.</summary>
    public void Decide(IActorRef accounting)
    {
        if (!IsHeld) return;
        IsHeld = false;
        accounting.Tell(new AccountingOnDecided(_nas.Claim == NasClaim.Sole));
        if (_nas.Claim != NasClaim.Sole) log.NodeRecordWithheld(nameof(AccountingKind.On), _nas.Why);
    }

    /// <summary>The last Stop was sent and the node ends. To the server, Accounting-Off ends all sessions of the NAS.</summary>
    public void End(IActorRef accounting, IActorRef self)
    {
        if (!IsWanted(AccountingKind.Off) || IsHeld) return;
        if (live.Current.Radius.Accounting.OnOff == AccountingOnOff.Auto && _nas.Claim == NasClaim.Pending)
        {
            log.NodeRecordWithheld(nameof(AccountingKind.Off), _nas.Why);
            return;
        }
        var why = new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "the node stops");
        accounting.Tell(new AccountingOffered(Record(AccountingKind.Off, why), self));
    }

    private bool IsWanted(AccountingKind kind)
    {
        var radius = live.Current.Radius;
        if (!radius.Accounts || radius.Accounting.OnOff == AccountingOnOff.Off) return false;
        if (radius.Accounting.OnOff == AccountingOnOff.On || _nas.Claim != NasClaim.Shared) return true;
        log.NodeRecordWithheld(kind.ToString(), _nas.Why);
        return false;
    }

    private AccountingRecord Record(AccountingKind kind, EndReason? why)
    {
        var group = live.Current.Group;
        var port = new NasPort(group.NasIdentifier, group.NasIpAddress, null, 0, "", "", "", "", "", "", null);
        return AccountingRecord.OfNode(kind, session, port, clock.UtcNow, why);
    }
}
