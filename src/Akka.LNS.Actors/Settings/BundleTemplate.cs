using Akka.LNS.Protocol.Ppp.Ncp;

namespace Akka.LNS.Actors.Settings;

/// <summary>What a subscriber gets when nobody (RADIUS, users) says otherwise.</summary>
public sealed record BundleTemplate
{
    public string Name { get; init; } = TemplateNames.Default;

    /// <summary>Own address, name servers, restart timers.</summary>
    public IpcpPolicy Ipcp { get; init; } = new();

    /// <summary>Pool of the addresses; null: only who has an address from RADIUS or users gets on.</summary>
    public string? Pool { get; init; }

    /// <summary>Without a data packet for so long it ends; zero: never.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>It ends after so long; zero: never.</summary>
    public TimeSpan SessionTimeout { get; init; }

    /// <summary>Largest IP packet towards the subscriber in octets, if its MRU allows it.</summary>
    public int MaxMtu { get; init; } = 1500;

    /// <summary>Lower the MSS of TCP SYNs to the MTU.</summary>
    public bool ClampMss { get; init; } = true;

    /// <summary>Drop what does not come from the subscriber's addresses.</summary>
    public bool AntiSpoofing { get; init; } = true;
}
