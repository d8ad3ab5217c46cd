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

    /// <summary>Until then the log gets no further line about dropped requests of the client.</summary>
    public Instant QuietUntil { get; set; }
}
