using System.Collections.Immutable;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class ControlChannelTests
{
    private static readonly ControlConnectionSettings Settings = new();
    private static readonly TunnelId Peer = new(9);
    private static readonly Instant Start = new(0);

    private static byte[] Message(int number = 0) =>
        new ControlMessage.Icrq(new(1), (uint)number).Encode(Peer, default, 0);

    private static (ControlChannel, ImmutableArray<ConnectionEffect>) Flush(ControlChannel channel, Instant now,
        ControlConnectionSettings? settings = null)
    {
        var effects = ImmutableArray.CreateBuilder<ConnectionEffect>();
        channel = channel.Flush(settings ?? Settings, Peer, now, effects);
        return (channel, effects.ToImmutable());
    }

    private static ControlChannel Take(ControlChannel channel, ushort ns, ushort nr, out Arrival arrival, out L2tpError error,
        bool isMessage = true,
        int window = 64, Instant now = default) =>
            channel.Receive(ns, nr, isMessage, Message(), window, Settings, now, out arrival, out error);

    private static int[] Sent(ImmutableArray<ConnectionEffect> effects) =>
        [.. effects.OfType<ConnectionEffect.Transmit>().Select(static t => t.Message[8] << 8 | t.Message[9])];

    private static ControlChannel WithQueued(int count, ushort window)
    {
        var channel = new ControlChannel().WithPeerWindow(window);
        for (var i = 0; i < count; i++) channel = channel.Send(Message(i));
        return channel;
    }

    [Fact, Trait("Rfc", "RFC2661-5.8-1")]
    public void First_message_has_ns_0_and_each_next_one_more()
    {
        var (channel, effects) = Flush(WithQueued(3, 4) with { CongestionWindow = 4 }, Start);
        Assert.Equal([0, 1, 2], Sent(effects));
        Assert.Equal((3L, 3), (channel.Sent, channel.Outstanding));
    }

    [Fact, Trait("Rfc", "RFC2661-4.4.3-3")]
    public void A_peer_that_names_no_window_gets_four_messages_and_one_of_zero_gets_one()
    {
        var channel = WithQueued(20, 64).WithPeerWindow(null) with { CongestionWindow = 64 };
        Assert.Equal(4, Sent(Flush(channel, Start).Item2).Length);
        Assert.Single(Sent(Flush(channel.WithPeerWindow(0), Start).Item2));
    }

    [Fact, Trait("Rfc", "RFC2661-5.8-7")]
    public void Retransmission_backs_off_to_the_cap_and_gives_up()
    {
        var (channel, first) = Flush(WithQueued(1, 4), Start);
        Assert.Single(Sent(first));
        var now = Start;
        foreach (var seconds in new[] { 1, 2, 4, 8, 8 })
        {
            var due = channel.NextDeadline!.Value;
            Assert.Equal(TimeSpan.FromSeconds(seconds), due - now);
            Assert.Same(channel, channel.Tick(Settings, due - TimeSpan.FromTicks(1)));
            now = due;
            (channel, var again) = Flush(channel.Tick(Settings, now), now);
            Assert.Equal([0], Sent(again));
        }
        Assert.Equal(5, channel.Retransmits);
        Assert.Equal(TimeSpan.FromSeconds(8), channel.NextDeadline!.Value - now);
        channel = channel.Tick(Settings, channel.NextDeadline!.Value);
        Assert.True(channel.PeerIsDead && channel.NextDeadline is null);
    }

    [Fact, Trait("Rfc", "RFC2661-5.8-8")]
    public void Nr_is_new_at_each_transmission_and_the_octets_are_the_same()
    {
        var (channel, first) = Flush(WithQueued(1, 4), Start);
        channel = Take(channel, 0, 0, out _, out _);
        channel = Take(channel, 1, 0, out _, out _);
        (_, var again) = Flush(channel.Tick(Settings, channel.RetransmitAt!.Value), channel.RetransmitAt!.Value);
        var (old, now) = ((ConnectionEffect.Transmit)first[0], (ConnectionEffect.Transmit)again[0]);
        Assert.Same(old.Message, now.Message);
        Assert.Equal((0, 2), (old.Nr, now.Nr));
    }

    [Fact, Trait("Rfc", "RFC2661-A-1")]
    public void Slow_start_doubles_until_the_threshold_and_then_grows_by_one_a_window()
    {
        var channel = WithQueued(100, 16) with { SlowStartThreshold = 4 };
        var windows = new List<int>();
        for (var round = 0; round < 6; round++)
        {
            (channel, var effects) = Flush(channel, Start);
            windows.Add(Sent(effects).Length);
            channel = Take(channel, 0, (ushort)channel.NeverSent, out _, out _, isMessage: false);
        }
        Assert.Equal([1, 2, 4, 5, 6, 7], windows);
    }

    [Fact, Trait("Rfc", "RFC2661-A-2")]
    public void A_time_out_begins_slow_start_again_with_half_the_threshold()
    {
        var (channel, _) = Flush(WithQueued(20, 16) with { CongestionWindow = 8, SlowStartThreshold = 8 }, Start);
        var due = channel.RetransmitAt!.Value;
        (channel, var again) = Flush(channel.Tick(Settings, due), due);
        Assert.Equal([0], Sent(again));
        Assert.Equal((1, 4), (channel.CongestionWindow, channel.SlowStartThreshold));
        // the peer had all but the first: no message is sent a second time
        (channel, var next) = Flush(Take(channel, 0, 8, out _, out _, isMessage: false), due);
        Assert.Equal([8, 9, 10, 11, 12], Sent(next)); // eight acknowledged: three grow the window to the threshold, four more by one
        Assert.Equal(1, channel.Retransmits);
    }

    [Fact, Trait("Rfc", "RFC2661-5.8-4")]
    public void A_duplicate_is_acknowledged_at_once_and_not_delivered()
    {
        var channel = Take(new ControlChannel(), 0, 0, out var arrival, out _);
        Assert.Equal(Arrival.InOrder, arrival);
        (channel, var effects) = Flush(channel, Start);
        Assert.Empty(effects);
        channel = Take(channel, 0, 0, out arrival, out var error);
        Assert.Equal((Arrival.Duplicate, L2tpError.Duplicate, 1L), (arrival, error, channel.Duplicates));
        (_, effects) = Flush(channel, Start);
        Assert.Equal<ConnectionEffect>([new ConnectionEffect.Acknowledge(Peer, 0, 1)], effects);
    }

    [Fact, Trait("Rfc", "RFC2661-5.8-3")]
    public void An_acknowledgement_waits_for_its_delay_and_not_longer()
    {
        var (channel, effects) = Flush(Take(new ControlChannel(), 0, 0, out _, out _), Start);
        Assert.Empty(effects);
        Assert.Equal(Start + Settings.AckDelay, channel.NextDeadline);
        (_, effects) = Flush(channel, channel.NextDeadline!.Value - TimeSpan.FromTicks(1));
        Assert.Empty(effects);
        (channel, effects) = Flush(channel, channel.NextDeadline!.Value);
        Assert.Equal<ConnectionEffect>([new ConnectionEffect.Acknowledge(Peer, 0, 1)], effects);
        Assert.Null(channel.NextDeadline);
    }

    [Fact]
    public void An_acknowledgement_is_carried_by_the_next_message()
    {
        var (channel, effects) = Flush(Take(new ControlChannel(), 0, 0, out _, out _).Send(Message()), Start);
        Assert.Equal(1, Assert.IsType<ConnectionEffect.Transmit>(Assert.Single(effects)).Nr);
        Assert.Equal((0, (Instant?)null), (channel.OwedAcks, channel.AckAt));
    }

    [Fact]
    public void An_acknowledgement_is_never_held_back_while_messages_wait_or_many_are_pending()
    {
        var (full, _) = Flush(WithQueued(3, 1), Start); // the peer takes one at a time: two wait
        (_, var effects) = Flush(Take(full, 0, 0, out _, out _), Start);
        Assert.IsType<ConnectionEffect.Acknowledge>(Assert.Single(effects));
        var channel = new ControlChannel();
        for (ushort i = 0; i < 8; i++) channel = Take(channel, i, 0, out _, out _);
        (_, effects) = Flush(channel, Start);
        Assert.Equal<ConnectionEffect>([new ConnectionEffect.Acknowledge(Peer, 0, 8)], effects);
        (_, effects) = Flush(Take(new ControlChannel(), 0, 0, out _, out _), Start, Settings with { AckDelay = TimeSpan.Zero });
        Assert.IsType<ConnectionEffect.Acknowledge>(Assert.Single(effects));
    }

    [Fact, Trait("Rfc", "RFC2661-5.8-5")]
    public void A_zlb_has_no_number_of_its_own_and_is_not_acknowledged()
    {
        var channel = Take(new ControlChannel(), 0, 0, out var arrival, out _, isMessage: false);
        Assert.Equal((Arrival.None, 0L), (arrival, channel.Expected));
        Assert.Empty(Flush(channel, Start).Item2);
    }

    [Fact]
    public void Messages_out_of_order_wait_and_are_delivered_in_order()
    {
        var channel = Take(new ControlChannel(), 2, 0, out var arrival, out _);
        Assert.Equal(Arrival.Early, arrival);
        channel = Take(channel, 1, 0, out _, out _);
        channel = Take(channel, 1, 0, out _, out var error); // a second copy
        Assert.Equal(L2tpError.Duplicate, error);
        Assert.Same(channel, channel.TryTakeEarly(out var none));
        Assert.Null(none);
        channel = Take(channel, 0, 0, out arrival, out _);
        Assert.Equal(Arrival.InOrder, arrival);
        channel = channel.TryTakeEarly(out var first).TryTakeEarly(out var second).TryTakeEarly(out none);
        Assert.True(first is not null && second is not null && none is null);
        Assert.Equal((3L, 3L, 2L), (channel.Expected, channel.Received, channel.OutOfOrder));
    }

    [Fact]
    public void Messages_beyond_our_window_are_not_kept()
    {
        var channel = Take(new ControlChannel(), 4, 0, out var arrival, out var error, window: 4);
        Assert.Equal((Arrival.None, L2tpError.OutsideWindow), (arrival, error));
        Assert.Empty(channel.Early);
    }

    [Fact]
    public void An_nr_of_the_past_changes_nothing_and_one_of_the_future_is_an_error()
    {
        var (channel, _) = Flush(WithQueued(4, 4) with { CongestionWindow = 4 }, Start);
        channel = Take(channel, 0, 2, out _, out _, isMessage: false);
        Assert.Equal((2L, L2tpError.None), (Take(channel, 0, 1, out _, out var error, isMessage: false).FirstUnacked, error));
        var same = Take(channel, 0, 5, out var arrival, out error);
        Assert.Same(channel, same);
        Assert.Equal((Arrival.None, L2tpError.BadNr), (arrival, error));
    }

    [Fact]
    public void Waiting_messages_can_be_dropped_and_their_numbers_are_used_again()
    {
        var (channel, _) = Flush(WithQueued(5, 2) with { CongestionWindow = 2 }, Start);
        channel = channel.DropWaiting().Send(Message());
        Assert.Equal(3, channel.Messages.Count);
        Assert.Equal(2, channel.Messages[2][9]);
    }

    [Fact, Trait("Rfc", "RFC2661-5.8-2")] // laws: the window is never exceeded; delivery in order and exactly once; also across 65535
    public void Any_link_delivers_everything_once_in_order_within_the_window() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 40], Gen.Int[0, 40], Gen.Int[0, 65535]).Sample((seed, window, loss, offset) =>
        {
            const int Count = 120;
            var random = new Random(seed);
            var settings = Settings with { MaxRetransmits = int.MaxValue, ReceiveWindow = (ushort)window };
            ControlChannel Side() => new ControlChannel
            {
                FirstUnacked = offset, NextToSend = offset, NeverSent = offset, Expected = offset,
            }.WithPeerWindow((ushort)window);
            ControlChannel[] sides = [Side(), Side()];
            List<uint>[] got = [[], []];
            var way = new List<(int To, ushort Ns, ushort Nr, byte[]? Message)>();
            var now = Start;
            var sent = 0;
            for (var step = 0; step < 200_000; step++)
            {
                if (got[0].Count == Count && got[1].Count == Count && sides[0].IsIdle && sides[1].IsIdle) return true;
                if (sent < Count && random.Next(3) == 0)
                {
                    for (var i = 0; i < 2; i++) sides[i] = Run(sides[i].Send(Message(sent)), i);
                    sent++;
                }
                else if (way.Count > 0)
                {
                    var at = random.Next(Math.Min(way.Count, 6)); // reordering
                    var (to, ns, nr, message) = way[at];
                    if (random.Next(10) != 0) way.RemoveAt(at); // duplication
                    if (random.Next(100) < loss) continue;
                    var side = sides[to].Receive(ns, nr, message is not null, message, window, settings, now, out var arrival, out _);
                    if (arrival == Arrival.InOrder)
                    {
                        Deliver(to, message!);
                        while (true)
                        {
                            side = side.TryTakeEarly(out var early);
                            if (early is not { } kept) break;
                            Deliver(to, kept.Span);
                        }
                    }
                    if (side.Early.Count >= Math.Max(window, 1)) return false;
                    sides[to] = Run(side, to);
                }
                else
                {
                    if (Instant.Earliest(sides[0].NextDeadline, sides[1].NextDeadline) is not { } due) return sent < Count || Fail();
                    now = due > now ? due : now;
                    for (var i = 0; i < 2; i++) sides[i] = Run(sides[i].Tick(settings, now), i);
                }
            }
            return false;

            bool Fail() => got[0].Count == Count && got[1].Count == Count;

            void Deliver(int to, ReadOnlySpan<byte> datagram)
            {
                Assert.True(ControlMessage.TryParse(datagram[12..], default, out var message, out _));
                Assert.Equal((uint)got[to].Count, ((ControlMessage.Icrq)message).CallSerialNumber);
                got[to].Add(((ControlMessage.Icrq)message).CallSerialNumber);
            }

            ControlChannel Run(ControlChannel channel, int from)
            {
                var effects = ImmutableArray.CreateBuilder<ConnectionEffect>();
                channel = channel.Flush(settings, Peer, now, effects);
                Assert.InRange(channel.NeverSent - channel.FirstUnacked, 0, window);
                Assert.InRange(channel.Outstanding, 0, window);
                foreach (var effect in effects)
                {
                    way.Add(effect switch
                    {
                        ConnectionEffect.Transmit t => (1 - from, (ushort)(t.Message[8] << 8 | t.Message[9]), t.Nr, t.Message.ToArray()),
                        ConnectionEffect.Acknowledge a => (1 - from, a.Ns, a.Nr, null),
                        _ => throw new InvalidOperationException(),
                    });
                }
                return channel;
            }
        }, iter: 150);

    [Fact, Trait("Rfc", "RFC2661-5.8-6")]
    public void Numbers_wrap_at_65535_and_the_32767_before_are_duplicates()
    {
        var channel = new ControlChannel { Expected = 65535, FirstUnacked = 65535, NextToSend = 65535, NeverSent = 65535 };
        (channel, var effects) = Flush((channel with { CongestionWindow = 2 }).Send(Message()).Send(Message()), Start);
        Assert.Equal([65535, 0], Sent(effects));
        channel = Take(channel, 65535, 1, out var arrival, out _);
        Assert.Equal((Arrival.InOrder, true), (arrival, channel.IsIdle));
        channel = Take(channel, 0, 1, out arrival, out _);
        Assert.Equal((Arrival.InOrder, 65537L), (arrival, channel.Expected));
        _ = Take(channel, 65535, 1, out arrival, out _);
        Assert.Equal(Arrival.Duplicate, arrival);
        _ = Take(channel, unchecked((ushort)(1 - 32767)), 1, out arrival, out _);
        Assert.Equal(Arrival.Duplicate, arrival);
    }

    [Fact] // equal to a list; old versions stay unchanged
    public void A_message_queue_is_a_value() => Gen.Int[0, 3].Array[0, 200].Sample(script =>
    {
        var versions = new List<(MessageQueue Queue, List<byte[]> Model)> { (default, []) };
        foreach (var (op, i) in script.Select(static (op, i) => (op, i)))
        {
            var (queue, model) = versions[op == 3 ? i / 2 % versions.Count : versions.Count - 1]; // 3: go on from an old version
            versions.Add(op switch
            {
                1 => (queue.RemoveFirst(Math.Min(2, queue.Count)), [.. model.Skip(2)]),
                2 when i % 7 == 0 => (queue.Take(queue.Count / 2), [.. model.Take(model.Count / 2)]),
                _ => (queue.Append([(byte)i]), [.. model, [(byte)i]]),
            });
        }
        return versions.All(static v => v.Queue.Count == v.Model.Count
            && v.Model.Select((m, i) => m[0] == v.Queue[i][0]).All(static same => same));
    }, iter: 500);
}
