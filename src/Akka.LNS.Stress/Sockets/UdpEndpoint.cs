using Akka.LNS.Wire;

namespace Akka.LNS.Stress.Sockets;

/// <summary>An IPv4 address and a UDP port.</summary>
public readonly record struct UdpEndpoint(Ipv4Address Address, ushort Port)
{
    public override string ToString() => $"{Address}:{Port}";
}
