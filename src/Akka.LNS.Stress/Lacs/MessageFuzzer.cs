using System.Buffers.Binary;
using System.Diagnostics;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>
/// Sends wrong messages among the right ones: messages that some LACs sent, each with something changed. The same seed changes in the same way. Only tunnels
/// that <see cref="LacTunnel.IsFuzzed"/> are hit: a message whose changed header would name another LAC's tunnel is not sent, for L2TP proves no sender.
/// </summary>
/// <param name="rate">Wrong messages per second.</param>
internal sealed class MessageFuzzer(int seed, double rate)
{
    private const int Kept = 512;
    private readonly Random _random = new(seed);
    private readonly (byte[] Octets, LacTunnel Tunnel)[] _kept = new (byte[], LacTunnel)[Kept];
    private int _count;
    private long _next;
    private long _started;
    private long _sent;
    private long _skipped;

    public long Sent => Interlocked.Read(ref _sent);
    /// <summary>Not sent, since they could have hit a neighbour or taken the number of a right message.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Remembers a message of a fuzzed tunnel.</summary>
    public void OnSend(ReadOnlySpan<byte> octets, LacTunnel tunnel)
    {
        if (octets.Length == 0) return;
        _kept[_count < Kept ? _count++ : _random.Next(Kept)] = (octets.ToArray(), tunnel);
    }

    /// <summary>Sends as many as are due.</summary>
    public void Inject(DatagramSocket socket, UdpEndpoint lns, long now)
    {
        if (_count == 0) return;
        if (_started == 0) _started = now;
        for (var due = (long)(Stopwatch.GetElapsedTime(_started, now).TotalSeconds * rate); _next < due; _next++)
        {
            var (octets, tunnel) = _kept[_random.Next(_count)];
            if (tunnel.Phase != LacTunnelPhase.Open) continue;
            var wrong = Mutate(octets, _random);
            var isNext = _random.Next(2) == 0 && MakeNext(wrong, tunnel);
            if (!IsHarmless(wrong, tunnel) || (isNext && !tunnel.Channel.TryGiveAway(new Order(MessageType.Hello), now)))
            {
                Interlocked.Increment(ref _skipped);
                continue;
            }
            wrong.CopyTo(socket.NextSlot());
            socket.Add(wrong.Length, lns, tunnel.Source);
            Interlocked.Increment(ref _sent);
        }
        socket.Flush();
    }

    /// <summary>The message with one to four changes: octets, bits, lengths, its end.</summary>
    internal static byte[] Mutate(ReadOnlySpan<byte> octets, Random random)
    {
        var wrong = octets.ToArray();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            if (wrong.Length == 0) return [0];
            var at = random.Next(wrong.Length);
            switch (random.Next(7))
            {
                case 0: wrong[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: wrong[at] = (byte)random.Next(256); break;
                case 2: wrong = wrong[..at]; break;
                case 3:
                    var tail = new byte[random.Next(1, 64)];
                    random.NextBytes(tail);
                    wrong = [.. wrong, .. tail];
                    break;
                case 4 when at + 1 < wrong.Length: BinaryPrimitives.WriteUInt16BigEndian(wrong.AsSpan(at), random.Next(2) == 0 ? (ushort)0 : ushort.MaxValue); break;
                case 5: wrong = [.. wrong[..at], .. wrong]; break;
                default: wrong[at]++; break;
            }
        }
        return wrong.Length > 1400 ? wrong[..1400] : wrong;
    }

    /// <summary>Gives a control message the number that the LNS waits for, so that it looks at the rest; false: it is none.</summary>
    private static bool MakeNext(Span<byte> octets, LacTunnel tunnel)
    {
        if (octets.Length < L2tpControlHeader.Length || (octets[0] & 0x80) == 0) return false;
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], (ushort)octets.Length); // Length, then Tunnel ID, Session ID, Ns (RFC 2661 section 3.1)
        BinaryPrimitives.WriteUInt16BigEndian(octets[8..], tunnel.Channel.NextNs);
        return true;
    }

    /// <summary>For its own tunnel, and with no number that one of its own messages is still to have: the LNS would keep it and take that one for a repetition.</summary>
    private static bool IsHarmless(ReadOnlySpan<byte> octets, LacTunnel tunnel) =>
        !L2tpHeaderView.TryRead(octets, out var header, out _)
        || ((header.TunnelId == tunnel.Peer || header.TunnelId.IsZero) && (!header.IsControl || (short)(header.Ns - tunnel.Channel.NextNs) <= 0));
}
