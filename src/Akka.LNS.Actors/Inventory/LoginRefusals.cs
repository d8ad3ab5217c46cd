using System.Collections.Immutable;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Inventory;

/// <summary>Logins that were refused without a RADIUS request. Counts are since the start.</summary>
/// <param name="Failing">Refused because the last logins of the line failed.</param>
/// <param name="Frequent">Refused because there were too many of the line.</param>
/// <param name="Waiting">Lines that wait now, because their logins failed.</param>
/// <param name="Remembered">Lines with logins that are not forgotten yet.</param>
/// <param name="Worst">Lines with the most refused logins and failures, at most twenty.</param>
public sealed record LoginRefusals(long Failing, long Frequent, int Waiting, int Remembered, ImmutableArray<LoginFailures> Worst)
{
    public static readonly LoginRefusals None = new(0, 0, 0, 0, []);
}
