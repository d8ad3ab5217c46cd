using System.Globalization;

namespace Akka.LNS.Protocol.Pacing;

/// <summary>
/// Use of one limit that several LACs share. Below the limit each LAC may take more, so a LAC that is alone may use all of it. At the
/// limit only a LAC below its share may: it gets in although another LAC has taken the rest.
/// </summary>
/// <remarks>
/// The LACs that get in at the limit take it above the limit by less than the limit itself, since their shares together are at most the
/// limit. The surplus goes with the calls of the LAC that is above its share.
/// </remarks>
/// <param name="Limit">Number of places.</param>
/// <param name="Total">Places in use.</param>
/// <param name="Own">Places that the asking LAC uses.</param>
/// <param name="Users">LACs that use a place, the asking one included; at least 1.</param>
public readonly record struct FairShare(int Limit, int Total, int Own, int Users)
{
    /// <summary>Places that each LAC may use also at the limit.</summary>
    public int Share => Limit / Math.Max(1, Users);

    /// <summary>The asking LAC may take one more place.</summary>
    public bool Admits => Total < Limit || Own < Share;

    /// <summary>Text for a refusal; empty when no other LAC uses a place.</summary>
    public string Words => Users <= 1 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; this LAC has {Own}, the share of each of {Users} LACs is {Share}");
}
