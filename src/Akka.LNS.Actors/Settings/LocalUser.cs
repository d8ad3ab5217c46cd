using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Settings;

/// <summary>A user that needs no RADIUS.</summary>
public sealed record LocalUser
{
    public string Name { get; init; } = "";
    public Secret Password { get; init; } = new("");

    /// <summary>What it is granted: the attributes that RADIUS would give.</summary>
    public SubscriberProfile Profile { get; init; } = SubscriberProfile.Empty;
}
