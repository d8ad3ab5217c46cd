using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane;

/// <summary>Where L2TP is served.</summary>
/// <param name="Endpoints">Addresses and ports; 0.0.0.0 and :: take all addresses of their family. At most 255. Port 0: any free one (tests).</param>
public sealed record ListenSettings(ImmutableArray<IPEndPoint> Endpoints)
{
    /// <summary>RFC 2661 §8.1.</summary>
    public const int L2tpPort = 1701;

    /// <summary>SO_RCVBUF per socket in octets. The kernel's default cuts every burst at some 220 packets.</summary>
    public int ReceiveBufferOctets { get; init; } = 8 << 20;

    /// <summary>SO_SNDBUF per socket in octets.</summary>
    public int SendBufferOctets { get; init; } = 4 << 20;

    /// <summary>Threads (and sockets) for data messages of each end point; a session stays on one.</summary>
    public int DataThreads { get; init; } = 1;
}

/// <summary>The TUN device.</summary>
/// <param name="Device">Interface name, at most 15 octets.</param>
/// <param name="Addresses">The LNS's own addresses in the tunnel, on the device as /32; the first one signs ICMP.</param>
/// <param name="Routes">Networks that the kernel sends to the device: the pools.</param>
public sealed record TunSettings(string Device, ImmutableArray<Ipv4Address> Addresses, ImmutableArray<Ipv4Prefix> Routes)
{
    /// <summary>Device MTU in octets.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Queues of the device, each with a thread of its own.</summary>
    public int Queues { get; init; } = 1;
}

/// <summary>How much PPP control (LCP, authentication, NCPs) one path may hand to its owner.</summary>
public sealed record PolicingSettings
{
    /// <summary>Frames per second in the long run.</summary>
    public double FramesPerSecond { get; init; } = 50;

    /// <summary>Frames at once.</summary>
    public int Burst { get; init; } = 100;
}
