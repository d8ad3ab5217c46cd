using System.Buffers.Binary;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>One session in the plane. Writers hold the plane's gate; receive threads read the two references and go on with what they got.</summary>
internal sealed class Path(PathKey key, Path.Attachment attachment, long now)
{
    /// <summary>Smallest MTU that IPv4 allows a link (RFC 791 §3.2).</summary>
    public const int MinMtu = 68;

    /// <summary>L2TP with Ns and Nr, address and control, protocol: the most octets in front of an IP packet.</summary>
    public const int MaxHeader = 10 + 4;

    /// <summary>The path's LAC and owner: changed as a whole.</summary>
    internal sealed record Attachment(PathSettings Settings, IPppReceiver Receiver);

    private volatile Attachment _attachment = attachment;
    private volatile ForwardingSettings? _forwarding;
    private ulong _inOctets, _inPackets, _outOctets, _outPackets, _drops;
    private long _lastActivity = now;
    private long _policed = long.MinValue;
    private int _ns = -1;

    public PathKey Key { get; } = key;
    public Attachment Attached { get => _attachment; set => _attachment = value; }
    public ForwardingSettings? Forwarding { get => _forwarding; set => _forwarding = value; }

    public PathCounters Counters => new(Volatile.Read(ref _inOctets), Volatile.Read(ref _inPackets), Volatile.Read(ref _outOctets),
        Volatile.Read(ref _outPackets), Volatile.Read(ref _drops), PlaneClock.ToTicks(Volatile.Read(ref _lastActivity)));

    public bool TryTakePppToken(Policer policer, long now) => policer.TryTake(ref _policed, now);

    // two threads may meet on one path (several TUN queues): the adds are atomic, and cost little beside a system call
    public void CountIn(int octets, long now)
    {
        Interlocked.Add(ref _inOctets, (ulong)octets);
        Interlocked.Increment(ref _inPackets);
        Volatile.Write(ref _lastActivity, now);
    }

    public void CountOut(int octets, long now)
    {
        Interlocked.Add(ref _outOctets, (ulong)octets);
        Interlocked.Increment(ref _outPackets);
        Volatile.Write(ref _lastActivity, now);
    }

    public void CountDrop() => Interlocked.Increment(ref _drops);

    /// <summary>Writes the L2TP data header (RFC 2661 §3.1), without L and O, with S when the LAC demanded it; returns its length.</summary>
    public int WriteL2tp(Span<byte> to, in PathSettings settings)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(settings.Sequencing ? 0x0802 : 0x0002));
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], settings.PeerTunnelId);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], settings.PeerSessionId);
        if (!settings.Sequencing) return 6;
        BinaryPrimitives.WriteUInt16BigEndian(to[6..], (ushort)Interlocked.Increment(ref _ns));
        BinaryPrimitives.WriteUInt16BigEndian(to[8..], 0); // Nr is reserved in data messages
        return 10;
    }

    /// <summary>Writes everything that stands before an IPv4 packet; returns its length, at most <see cref="MaxHeader"/>.</summary>
    public int WriteIpHeader(Span<byte> to, in PathSettings settings)
    {
        var at = WriteL2tp(to, settings);
        BinaryPrimitives.WriteUInt32BigEndian(to[at..], 0xFF03_0000 | PppProtocol.Ip);
        return at + 4;
    }

    /// <summary>True when the subscriber may send from this address.</summary>
    public static bool Owns(ForwardingSettings forwarding, Ipv4Address source)
    {
        if (source == forwarding.Subscriber) return true;
        foreach (var network in forwarding.FramedRoutes.AsSpan())
            if (network.Contains(source)) return true;
        return false;
    }
}
