using Akka.LNS.Protocol.Ppp.Ncp;

namespace Akka.LNS.Actors.Settings;

/// <summary>Values for a subscriber, unless RADIUS or its local user has other ones.</summary>
public sealed record BundleTemplate
{
    public string Name { get; init; } = TemplateNames.Default;

    /// <summary>Own address, name servers, restart timers.</summary>
    public IpcpPolicy Ipcp { get; init; } = new();

    /// <summary>Pool of the addresses; null: a subscriber without an address of RADIUS or users is refused.</summary>
    public string? Pool { get; init; }

    /// <summary>Time without a data packet after which a session ends; zero: never.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>Time after which a session ends; zero: never.</summary>
    public TimeSpan SessionTimeout { get; init; }

    /// <summary>Largest IP packet towards the subscriber in octets, if its MRU allows it.</summary>
    public int MaxMtu { get; init; } = 1500;

    /// <summary>Lower the MSS of TCP SYNs to the MTU.</summary>
    public bool ClampMss { get; init; } = true;

    /// <summary>Drop packets with a source address that does not belong to the subscriber.</summary>
    public bool AntiSpoofing { get; init; } = true;
}
