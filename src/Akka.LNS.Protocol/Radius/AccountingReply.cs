using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Attributes of an Accounting-Response.</summary>
public static class AccountingReply
{
    /// <summary>True when mpd-drop-user is not zero: the server asks to end the session.</summary>
    public static bool WantsDrop(RadiusPacketView packet) =>
        packet.TryFind(RadiusVendor.Mpd, MpdAttributeType.DropUser, out var drop) && drop.TryReadUInt32(out var value) && value != 0;
}
