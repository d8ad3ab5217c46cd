using Akka.LNS.Wire;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>IP traffic of the subscribers beside their negotiation. Called on the generator's thread.</summary>
internal interface ITraffic
{
    /// <summary>A subscriber received an IPv4 packet.</summary>
    void OnIp(int index, ReadOnlySpan<byte> packet);

    /// <summary>Called in each round of the generator.</summary>
    void Send();

    /// <summary>Time of the next <see cref="Send"/> in Stopwatch ticks, at the latest; 0: at once, the generator never waits.</summary>
    long NextSend { get; }
}

/// <summary>The subscribers' IP traffic.</summary>
public sealed partial class LoadGenerator
{
    /// <summary>Null: the subscribers send and take no traffic.</summary>
    internal ITraffic? Traffic { get; set; }

    /// <summary>The address that the LNS gave a subscriber. None: it has none.</summary>
    internal Ipv4Address AddressOf(int index) => new(_subscribers[index].Address);

    /// <summary>Sends one IPv4 packet of a subscriber that is up. It leaves at the end of the generator's round.</summary>
    internal void SendIp(int index, ReadOnlySpan<byte> packet)
    {
        const int headers = L2tpDataHeader.Length + PppFrame.HeaderLength;
        var slot = _socket.NextSlot();
        var tunnel = TunnelOf(index);
        L2tpDataHeader.Write(slot, tunnel.Peer, new SessionId(_subscribers[index].Peer));
        PppFrame.WriteHeader(slot[L2tpDataHeader.Length..], PppProtocol.Ip);
        packet.CopyTo(slot[headers..]);
        _socket.Add(headers + packet.Length, _settings.Lns, tunnel.Source);
    }
}
