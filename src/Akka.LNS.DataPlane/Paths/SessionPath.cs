using System.Buffers.Binary;
using System.Diagnostics;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.DataPlane.Paths;

/// <summary>One session in the plane.</summary>
/// <remarks>Orders replace <see cref="Attached"/> and <see cref="Forwarding"/> under the plane's lock. Both are immutable:
/// a packet thread reads the reference once and works on with that value.</remarks>
internal sealed class SessionPath(PathKey key, SessionPath.Attachment attachment, long now)
{
    /// <summary>Smallest MTU of an IPv4 link in octets (RFC 791 section 3.2).</summary>
    public const int MinMtu = 68;

    /// <summary>Length of an L2TP data header without Ns and Nr in octets (RFC 2661 section 3.1).</summary>
    private const int PlainL2tpHeader = 6;

    /// <summary>Length of an L2TP data header with Ns and Nr in octets.</summary>
    public const int MaxL2tpHeader = PlainL2tpHeader + 4;

    /// <summary>The path's LAC and the receiver of its PPP frames.</summary>
    internal sealed record Attachment(PathSettings Settings, IPppReceiver Receiver);

    private volatile Attachment _attachment = attachment;
    private volatile ForwardingSettings? _forwarding;
    private ulong _inOctets, _inPackets, _outOctets, _outPackets, _drops;
    private long _lastActivity = now, _lastHeard = now;
    private int _ns = -1;

    /// <summary>State of the limit on PPP control frames, for <c>Policer</c>.</summary>
    public long PppLimit = long.MinValue;

    public PathKey Key { get; } = key;

    public Attachment Attached
    {
        get => _attachment;
        set => _attachment = value;
    }

    /// <summary>Null: the path carries PPP only.</summary>
    public ForwardingSettings? Forwarding
    {
        get => _forwarding;
        set => _forwarding = value;
    }

    public PathCounters Counters => new(Volatile.Read(ref _inOctets), Volatile.Read(ref _inPackets),
        Volatile.Read(ref _outOctets), Volatile.Read(ref _outPackets), Volatile.Read(ref _drops),
        Stopwatch.GetElapsedTime(0, Volatile.Read(ref _lastActivity)).Ticks)
    {
        LastInTicks = Stopwatch.GetElapsedTime(0, Volatile.Read(ref _lastHeard)).Ticks,
    };

    /// <summary>A data message of the LAC has come.</summary>
    /// <param name="now">Timestamp of <see cref="Stopwatch"/>.</param>
    public void Heard(long now) => Volatile.Write(ref _lastHeard, now);

    // Several device queues may carry packets of one path: the adds are atomic. They cost little beside a system call.

    /// <param name="octets">Length of the packet.</param>
    /// <param name="now">Timestamp of <see cref="Stopwatch"/>.</param>
    public void CountIn(int octets, long now)
    {
        Interlocked.Add(ref _inOctets, (ulong)octets);
        Interlocked.Increment(ref _inPackets);
        Volatile.Write(ref _lastActivity, now);
    }

    /// <inheritdoc cref="CountIn"/>
    public void CountOut(int octets, long now)
    {
        Interlocked.Add(ref _outOctets, (ulong)octets);
        Interlocked.Increment(ref _outPackets);
        Volatile.Write(ref _lastActivity, now);
    }

    public void CountDrop() => Interlocked.Increment(ref _drops);

    /// <summary>Length of the L2TP data header towards the LAC in octets.</summary>
    public static int L2tpHeaderLength(in PathSettings settings) => settings.Sequencing ? MaxL2tpHeader : PlainL2tpHeader;

    /// <summary>Length of everything in front of an IPv4 packet towards the LAC in octets.</summary>
    public static int IpHeaderLength(in PathSettings settings) => L2tpHeaderLength(settings) + PppFrame.HeaderLength;

    /// <summary>Writes an L2TP data header of <see cref="L2tpHeaderLength"/> octets without L and O;
    /// with S when the LAC requires it.</summary>
    public void WriteL2tpHeader(Span<byte> to, in PathSettings settings)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(settings.Sequencing ? 0x0802 : 0x0002));
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], settings.PeerTunnelId);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], settings.PeerSessionId);
        if (!settings.Sequencing) return;
        BinaryPrimitives.WriteUInt16BigEndian(to[6..], (ushort)Interlocked.Increment(ref _ns));
        BinaryPrimitives.WriteUInt16BigEndian(to[8..], 0); // Nr is reserved in data messages
    }

    /// <summary>Writes the <see cref="IpHeaderLength"/> octets in front of an IPv4 packet.</summary>
    public void WriteIpHeader(Span<byte> to, in PathSettings settings)
    {
        WriteL2tpHeader(to, settings);
        PppFrame.WriteHeader(to[L2tpHeaderLength(settings)..], PppProtocol.Ip);
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
