using System.Collections.Immutable;
using System.Net;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>The UDP end points of L2TP.</summary>
/// <param name="Endpoints">1 to 255 addresses and ports. 0.0.0.0 and :: mean all addresses of their family. Port 0:
/// any free one (tests).</param>
public sealed record ListenSettings(ImmutableArray<IPEndPoint> Endpoints)
{
    /// <summary>RFC 2661 section 8.1.</summary>
    public const int L2tpPort = 1701;

    /// <summary>SO_RCVBUF per socket in octets. The kernel's default holds about 220 packets.</summary>
    public int ReceiveBufferOctets { get; init; } = 8 << 20;

    /// <summary>SO_SNDBUF per socket in octets.</summary>
    public int SendBufferOctets { get; init; } = 4 << 20;

    /// <summary>Threads (and sockets) for data messages of each end point. A session stays on one.</summary>
    public int DataThreads { get; init; } = 1;
}
