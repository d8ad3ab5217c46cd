using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Settings;

/// <summary>A user in the settings, without RADIUS.</summary>
public sealed record LocalUser
{
    public string Name { get; init; } = "";
    public Secret Password { get; init; } = new("");

    /// <summary>Profile of the user: the attributes that RADIUS would send.</summary>
    public SubscriberProfile Profile { get; init; } = SubscriberProfile.Empty;
}
