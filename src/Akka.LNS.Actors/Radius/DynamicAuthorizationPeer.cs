using System.Net;
using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Actors.Radius;

/// <summary>One client of the settings that may send CoA-Requests and Disconnect-Requests.</summary>
internal sealed class DynamicAuthorizationPeer(DynamicAuthorizationClient settings)
{
    public string Name => settings.Name;
    public IPNetwork Network => settings.Network;
    public bool RequiresMessageAuthenticator => settings.RequireMessageAuthenticator;
    public byte[] Secret { get; } = settings.Secret.Octets;

    /// <summary>Time until which dropped requests of the client are not logged again.</summary>
    public Instant QuietUntil { get; set; }
}
