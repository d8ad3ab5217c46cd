using System.Buffers.Binary;
using System.Diagnostics;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Benchmarks;

/// <summary>Direction of the packets of a measurement.</summary>
internal enum TrafficKind
{
    None,
    /// <summary>From the subscribers to the server.</summary>
    Up,
    /// <summary>From the server to the subscribers.</summary>
    Down,
    /// <summary>Up and down at the same time.</summary>
    Both,
    /// <summary>From a subscriber to the server and back, 1,000 packets per second.</summary>
    Echo,
}

/// <summary>
/// UDP between the subscribers of a generator and one server, in a closed loop: a fixed number of packets is under way in each direction.
/// </summary>
internal sealed class ForwardTraffic(LoadGenerator load, DatagramSocket server, int window) : ITraffic
{
    /// <summary>Octets of the IPv4 and UDP headers.</summary>
    public const int Headers = 28;

    private const ushort Port = 4000;
    private static readonly long Stall = Stopwatch.Frequency / 5; // no packet arrives for so long: those under way are lost
    private static readonly long EchoInterval = Stopwatch.Frequency / 1000;
    private readonly List<double> _roundTrips = []; // microseconds
    private byte[][] _packets = [];
    private TrafficKind _kind;
    private int _next;
    private long _up, _down, _lost;
    private long _upUnderWay, _downUnderWay;
    private long _upAt, _downAt, _echoAt;

    /// <summary>Packets that arrived.</summary>
    public long Arrived => _up + _down;

    public long Lost => _lost;

    /// <summary>Begins with empty counters.</summary>
    /// <param name="kind">Direction of the packets.</param>
    /// <param name="octets">Length of the IPv4 packets, at least 36.</param>
    public void Begin(TrafficKind kind, int octets)
    {
        _packets = [.. Enumerable.Range(0, load.Sessions).Select(i => Packet(load.AddressOf(i), Port, server.Bound, octets))];
        (_upUnderWay, _downUnderWay) = (0, 0);
        _upAt = _downAt = _echoAt = Stopwatch.GetTimestamp();
        _kind = kind;
        ClearCounters();
    }

    public void ClearCounters()
    {
        (_up, _down, _lost) = (0, 0, 0);
        _roundTrips.Clear();
    }

    public void End() => _kind = TrafficKind.None;

    /// <summary>A percentile of the round trips in microseconds. 0: there was none.</summary>
    public double RoundTrip(double share)
    {
        if (_roundTrips.Count == 0) return 0;
        _roundTrips.Sort();
        return _roundTrips[Math.Min(_roundTrips.Count - 1, (int)(share * _roundTrips.Count))];
    }

    public void OnIp(int index, ReadOnlySpan<byte> packet)
    {
        _downAt = Stopwatch.GetTimestamp();
        _down++;
        if (_kind == TrafficKind.Echo && packet.Length >= Headers + sizeof(long))
            _roundTrips.Add(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(packet[Headers..]), _downAt).TotalMicroseconds);
        if (_downUnderWay > 0) _downUnderWay--;
    }

    public long NextSend => 0;

    public void Send()
    {
        Receive();
        var now = Stopwatch.GetTimestamp();
        Lose(ref _upUnderWay, ref _upAt, now);
        Lose(ref _downUnderWay, ref _downAt, now);
        switch (_kind)
        {
            case TrafficKind.Up: FillUp(); break;
            case TrafficKind.Down: FillDown(); break;
            case TrafficKind.Both:
                FillUp();
                FillDown();
                break;
            case TrafficKind.Echo: SendEcho(now); break;
        }
        server.Flush();
    }

    private void Receive()
    {
        for (int count; (count = server.Receive()) > 0;)
        {
            _upAt = Stopwatch.GetTimestamp();
            _up += count;
            _upUnderWay = Math.Max(0, _upUnderWay - count);
            if (_kind == TrafficKind.Echo)
                for (var i = 0; i < count; i++) Answer(server.Received(i), server.Sender(i));
            if (count < DatagramSocket.BatchSize) return;
        }
    }

    private void Answer(ReadOnlySpan<byte> payload, UdpEndpoint to)
    {
        payload.CopyTo(server.NextSlot());
        server.Add(payload.Length, to);
    }

    private void FillUp()
    {
        for (; _upUnderWay < window; _upUnderWay++)
        {
            var index = Next();
            load.SendIp(index, _packets[index]);
        }
    }

    private void FillDown()
    {
        for (; _downUnderWay < window; _downUnderWay++)
        {
            var index = Next();
            Answer(_packets[index].AsSpan(Headers), new UdpEndpoint(load.AddressOf(index), Port));
        }
    }

    private void SendEcho(long now)
    {
        if (now < _echoAt) return;
        _echoAt = Math.Max(_echoAt + EchoInterval, now - EchoInterval);
        var index = Next();
        BinaryPrimitives.WriteInt64BigEndian(_packets[index].AsSpan(Headers), Stopwatch.GetTimestamp());
        load.SendIp(index, _packets[index]);
    }

    private void Lose(ref long underWay, ref long at, long now)
    {
        if (underWay == 0 || now - at < Stall) return;
        _lost += underWay;
        (underWay, at) = (0, now);
    }

    private int Next()
    {
        if (++_next >= _packets.Length) _next = 0;
        return _next;
    }

    /// <summary>A UDP packet of a subscriber to a server, without a UDP checksum (RFC 768).</summary>
    public static byte[] Packet(Ipv4Address from, ushort fromPort, UdpEndpoint to, int octets)
    {
        var packet = new byte[octets];
        (packet[0], packet[8], packet[9]) = (0x45, 64, Ipv4HeaderView.ProtocolUdp); // no options, time to live (RFC 791 section 3.1)
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)octets);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), from.Value);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), to.Address.Value);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Of(packet.AsSpan(0, 20)));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(octets - 20));
        return packet;
    }
}
