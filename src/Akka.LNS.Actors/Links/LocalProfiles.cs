using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Links;

/// <summary>What a local user is granted, in the terms that RADIUS grants it.</summary>
internal static class LocalProfiles
{
    public static SubscriberProfile Of(LocalUser user) => new()
    {
        AddressChoice = user.FramedIpAddress is null ? FramedAddressChoice.NotSaid : FramedAddressChoice.Fixed,
        FramedIpAddress = user.FramedIpAddress ?? default,
        FramedRoutes = [.. user.FramedRoutes.Select(static r => new FramedRoute(r, default, 1))],
        FramedPool = user.Pool ?? "",
        SessionTimeout = user.SessionTimeout,
        IdleTimeout = user.IdleTimeout,
        ReplyMessage = user.ReplyMessage ?? "",
    };
}
