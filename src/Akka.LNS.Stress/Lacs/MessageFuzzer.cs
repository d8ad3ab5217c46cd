using System.Buffers.Binary;
using System.Diagnostics;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>
/// Sends altered copies of the messages that some LACs sent. The same seed alters in the same way. Only tunnels with
/// <see cref="LacTunnel.IsFuzzed"/> are affected: a message whose altered header names the tunnel of another LAC is not sent, because
/// L2TP does not authenticate the sender.
/// </summary>
/// <param name="rate">Altered messages per second.</param>
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
    /// <summary>Messages not sent, because they could reach another LAC or take the sequence number of a correct message.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Keeps a copy of a message of a fuzzed tunnel.</summary>
    public void OnSend(ReadOnlySpan<byte> octets, LacTunnel tunnel)
    {
        if (octets.Length == 0) return;
        _kept[_count < Kept ? _count++ : _random.Next(Kept)] = (octets.ToArray(), tunnel);
    }

    /// <summary>Sends the altered messages that are due.</summary>
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

    /// <summary>Returns the message with one to four changes of octets, bits, lengths or its end.</summary>
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
                case 4 when at + 1 < wrong.Length:
                    BinaryPrimitives.WriteUInt16BigEndian(wrong.AsSpan(at), random.Next(2) == 0 ? (ushort)0 : ushort.MaxValue);
                    break;
                case 5: wrong = [.. wrong[..at], .. wrong]; break;
                default: wrong[at]++; break;
            }
        }
        return wrong.Length > 1400 ? wrong[..1400] : wrong;
    }

    /// <summary>Gives a control message the sequence number that the LNS expects, so that it reads the rest. False: no control
    /// message.</summary>
    private static bool MakeNext(Span<byte> octets, LacTunnel tunnel)
    {
        if (octets.Length < L2tpControlHeader.Length || (octets[0] & 0x80) == 0) return false;
        // RFC 2661 section 3.1: flags, Length, Tunnel ID, Session ID, Ns
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], (ushort)octets.Length);
        BinaryPrimitives.WriteUInt16BigEndian(octets[8..], tunnel.Channel.NextNs);
        return true;
    }

    /// <summary>The message is for its own tunnel, and its sequence number is not that of a later correct message, which the LNS would drop
    /// as a duplicate.</summary>
    private static bool IsHarmless(ReadOnlySpan<byte> octets, LacTunnel tunnel) =>
        !L2tpHeaderView.TryRead(octets, out var header, out _)
        || ((header.TunnelId == tunnel.Peer || header.TunnelId.IsZero)
            && (!header.IsControl || (short)(header.Ns - tunnel.Channel.NextNs) <= 0));
}
