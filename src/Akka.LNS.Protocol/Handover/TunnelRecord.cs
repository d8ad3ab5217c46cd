using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Handover;

/// <summary>
/// State of an established tunnel for another node or the next process. It contains no secret, because the secret is in the settings.
/// </summary>
/// <remarks>
/// The encoding is a format of this project. It begins with its version and has at most <see cref="MaxLength"/> octets. Times are relative
/// to the snapshot, so they do not depend on the clock of a process.
/// </remarks>
public sealed record TunnelRecord
{
    /// <summary>Maximum size of an encoded record in octets.</summary>
    public const int MaxLength = 400;
    private const byte Version = 2;
    private const int MaxHostName = 100, MaxVendorName = 60; // octets; longer names are cut

    /// <summary>Grows with each record of the tunnel. The record with the highest revision is valid.</summary>
    public required long Revision { get; init; }
    public required TunnelId Local { get; init; }
    public required PeerInfo Peer { get; init; }
    public required AvpOctets Entropy { get; init; }
    /// <summary>Time since the last message of the peer.</summary>
    public required TimeSpan Silence { get; init; }
    /// <summary>Sequence numbers, windows and counters. The queues are empty.</summary>
    public required ControlChannel Channel { get; init; }
    public required TimeSpan? RetransmitIn { get; init; }
    public required TimeSpan? AckIn { get; init; }
    /// <summary>Time since <see cref="ControlChannel.WaitsSince"/>.</summary>
    public required TimeSpan? Waited { get; init; }

    public byte[] Encode()
    {
        var octets = new byte[MaxLength];
        var at = 0;
        octets[at++] = Version;
        Put64(octets, ref at, Revision);
        Put16(octets, ref at, Local.Value);
        Put16(octets, ref at, Peer.TunnelId.Value);
        Put16(octets, ref at, Peer.ReceiveWindow);
        PutOptional(octets, ref at, Peer.FirmwareRevision);
        Put64(octets, ref at, Peer.FramingCapabilities);
        PutOptional(octets, ref at, Peer.BearerCapabilities);
        Entropy.Span.CopyTo(octets.AsSpan(at, ControlConnection.EntropyLength));
        at += ControlConnection.EntropyLength;
        Put64(octets, ref at, Silence.Ticks);
        PutOptional(octets, ref at, RetransmitIn?.Ticks);
        PutOptional(octets, ref at, AckIn?.Ticks);
        PutOptional(octets, ref at, Waited?.Ticks);
        foreach (var number in Numbers(Channel)) Put64(octets, ref at, number);
        octets[at++] = (byte)((Channel.AckNow ? 1 : 0) | (Channel.IsProbing ? 2 : 0));
        PutText(octets, ref at, Peer.HostName, MaxHostName);
        PutText(octets, ref at, Peer.VendorName, MaxVendorName);
        return octets[..at];
    }

    private static ReadOnlySpan<long> Numbers(ControlChannel c) => new[]
    {
        c.FirstUnacked, Pack(c.Outstanding, (int)(c.NeverSent - c.FirstUnacked)), c.Expected, Pack(c.PeerWindow, c.CongestionWindow),
        Pack(c.SlowStartThreshold, c.GrowthCredit), Pack(c.Attempts, c.OwedAcks), c.Sent, c.Received, c.Retransmits, c.Duplicates,
            c.OutOfOrder, c.WaitsFor,
    };

    /// <summary>Decodes the output of <see cref="Encode"/>. False: the octets are malformed or have another version.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out TunnelRecord? record)
    {
        record = null;
        var r = new Reader(octets);
        if (r.Byte() != Version) return false;
        var revision = r.Number();
        var (local, peer, window) = (r.Short(), r.Short(), r.Short());
        var firmware = r.Optional();
        var framing = r.Number();
        var bearer = r.Optional();
        var entropy = r.Octets(ControlConnection.EntropyLength);
        var silence = r.Number();
        var (retransmit, ack, waited) = (r.Optional(), r.Optional(), r.Optional());
        var first = r.Number();
        var (outstanding, sent) = Unpack(r.Number());
        var expected = r.Number();
        var (peerWindow, congestion) = Unpack(r.Number());
        var (threshold, credit) = Unpack(r.Number());
        var (attempts, owed) = Unpack(r.Number());
        var channel = new ControlChannel
        {
            FirstUnacked = first, NextToSend = first + outstanding, NeverSent = first + sent, Expected = expected,
            PeerWindow = (ushort)peerWindow, CongestionWindow = congestion, SlowStartThreshold = threshold, GrowthCredit = credit,
            Attempts = attempts, OwedAcks = owed,
            Sent = r.Number(), Received = r.Number(), Retransmits = r.Number(), Duplicates = r.Number(), OutOfOrder = r.Number(),
            WaitsFor = r.Number(),
        };
        var flags = r.Byte();
        channel = channel with { AckNow = (flags & 1) != 0, IsProbing = (flags & 2) != 0 };
        var host = PeerText.Decode(r.Octets(r.Byte()));
        var vendor = PeerText.Decode(r.Octets(r.Byte()));
        if (r.Failed || outstanding < 0 || outstanding > sent || peerWindow is < 1 or > ushort.MaxValue || congestion < 1) return false;
        record = new TunnelRecord
        {
            Revision = revision, Local = new(local), Entropy = new AvpOctets(entropy), Silence = new TimeSpan(silence), Channel = channel,
            Peer = new PeerInfo(new(peer), host, vendor, (ushort?)firmware, (uint)framing, (uint?)bearer, window),
            RetransmitIn = retransmit is { } x ? new TimeSpan(x) : null, AckIn = ack is { } y ? new TimeSpan(y) : null,
            Waited = waited is { } z ? new TimeSpan(z) : null,
        };
        return true;
    }

    private static long Pack(int high, int low) => (long)high << 32 | (uint)low;
    private static (int High, int Low) Unpack(long both) => ((int)(both >> 32), (int)both);

    private static void Put16(byte[] octets, ref int at, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(at), value);
        at += 2;
    }

    private static void Put64(byte[] octets, ref int at, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(octets.AsSpan(at), value);
        at += 8;
    }

    private static void PutOptional(byte[] octets, ref int at, long? value)
    {
        octets[at++] = value is null ? (byte)0 : (byte)1;
        if (value is { } v) Put64(octets, ref at, v);
    }

    private static void PutText(byte[] octets, ref int at, string text, int max)
    {
        // cuts between characters
        var used = PeerText.Encode(text, octets.AsSpan(at + 1, max));
        octets[at] = (byte)used;
        at += 1 + used;
    }

    private ref struct Reader(ReadOnlySpan<byte> octets)
    {
        private ReadOnlySpan<byte> _rest = octets;

        internal bool Failed { get; private set; }

        internal ReadOnlySpan<byte> Octets(int count)
        {
            if (count > _rest.Length)
            {
                Failed = true;
                return new byte[count];
            }
            var got = _rest[..count];
            _rest = _rest[count..];
            return got;
        }

        internal byte Byte() => Octets(1)[0];
        internal ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Octets(2));
        internal long Number() => BinaryPrimitives.ReadInt64BigEndian(Octets(8));
        internal long? Optional() => Byte() == 0 ? null : Number();
    }
}
