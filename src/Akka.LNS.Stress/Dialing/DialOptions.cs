using System.Net;
using Akka.LNS.Protocol.Ppp.Authentication;

namespace Akka.LNS.Stress.Dialing;

/// <summary>What one subscriber dials with.</summary>
/// <param name="Secret">Tunnel secret; null: no tunnel authentication.</param>
/// <param name="Method">The only method the subscriber accepts.</param>
/// <param name="Pings">Echo requests through the tunnel, one each second.</param>
/// <param name="Hold">Time from the network phase to the hang-up; null: until cancelled.</param>
internal sealed record DialOptions(
    IPEndPoint Lns, string User, string Password, AuthMethod Method, string? Secret, int Pings, TimeSpan? Hold);
