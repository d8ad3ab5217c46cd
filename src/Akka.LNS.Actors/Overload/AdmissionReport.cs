using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Overload;

/// <summary>State of admission at one moment, for people.</summary>
/// <param name="Load">As last sampled.</param>
/// <param name="State">Latch, share and what RADIUS does to new calls.</param>
/// <param name="Reason">Why new calls are refused, all or a random share; null: they are taken.</param>
/// <param name="InSetup">Calls between ICRQ and the end of their set-up.</param>
/// <param name="Drain">Whether and how the node is being drained.</param>
public sealed record AdmissionReport(
    LoadSample Load, AdmissionState State, RefusalReason? Reason, int InSetup, DrainState Drain, RadiusCondition Radius);
