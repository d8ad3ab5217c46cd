using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Overload;

/// <summary>State of admission at one moment, for operators.</summary>
/// <param name="Load">Last sample of the Load.</param>
/// <param name="State">Latch, share and state of RADIUS.</param>
/// <param name="Reason">Reason why new calls are refused, all or a random share; null: they are accepted.</param>
/// <param name="InSetup">Calls between ICRQ and the end of their set-up.</param>
/// <param name="Drain">State of the drain.</param>
public sealed record AdmissionReport(
    LoadSample Load, AdmissionState State, RefusalReason? Reason, int InSetup, DrainState Drain, RadiusCondition Radius);
