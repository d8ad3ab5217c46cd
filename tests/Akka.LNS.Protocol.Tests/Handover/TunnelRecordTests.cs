using System.Collections.Immutable;
using Akka.LNS.Protocol.Handover;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Handover;

public class TunnelRecordTests
{
    private static readonly ControlConnectionSettings Settings = new() { Secret = "s", HideAvps = true };
    private static readonly TunnelId Local = new(70), Peer = new(30);

    private static ControlConnectionState Established(string host = "lac", string vendor = "v")
    {
        var entropy = Enumerable.Range(0, ControlConnection.EntropyLength).Select(static i => (byte)i).ToArray();
        var peer = new PeerInfo(Peer, host, vendor, 0x0690, 3, 0, 16);
        return ControlConnection.Listen(Settings, Local, entropy, new Instant(0)).State with
        {
            Tunnel = new TunnelState.Established(peer),
            Budget = null,
            PeerTunnelId = Peer,
            Channel = new ControlChannel { Expected = 65530 }.WithPeerWindow(4),
        };
    }

    private static ControlConnectionState Moved(ControlConnectionState state, Instant now, Instant there)
    {
        if (TunnelSnapshot.Of(state, 1, now) is not { } snapshot) return state;
        var octets = snapshot.Record.Encode();
        Assert.InRange(octets.Length, 1, TunnelRecord.MaxLength);
        Assert.True(TunnelRecord.TryDecode(octets, out var record));
        return (snapshot with { Record = record }).Resume(Settings, there);
    }

    private static string Show(ImmutableArray<ConnectionEffect> effects) => string.Join('\n', effects.Select(static effect =>
        effect is ConnectionEffect.Transmit t ? $"{Convert.ToHexString(t.Message)} {t.Nr}" : effect.ToString()));

    [Fact] // law: snapshot and resume at every step equals never having stopped, though the clock is another one each time
    public void Snapshot_and_resume_at_every_step_equals_never_having_stopped() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 6], Gen.Int[0, 3000]).Array[1, 60].Sample(script =>
        {
            var (stays, moves) = (Established(), Established());
            var (now, shift) = (new Instant(0), TimeSpan.Zero);
            foreach (var (what, skew, milliseconds) in script)
            {
                var longer = shift + TimeSpan.FromSeconds(1_000);
                moves = Moved(moves, now + shift, now + longer);
                shift = longer;
                now += TimeSpan.FromMilliseconds(milliseconds);
                var octets = new ControlMessage.Hello().Encode(Local, default, (ushort)(stays.Channel.Expected + skew - 2));
                L2tpControlHeader.WriteNr(octets,
                    (ushort)(stays.Channel.FirstUnacked + Math.Min(skew, stays.Channel.NeverSent - stays.Channel.FirstUnacked)));
                ConnectionEvent ev = what switch
                {
                    0 or 1 => new ConnectionEvent.SendCallMessage(new(1), new(2), new ControlMessage.Icrp(new((ushort)(1 + skew)))),
                    2 or 3 => new ConnectionEvent.DatagramReceived(octets),
                    _ => ConnectionEvent.Tick.Instance,
                };
                (stays, var one) = ControlConnection.On(stays, ev, now);
                (moves, var other) = ControlConnection.On(moves, ev, now + shift);
                if (Show(one) != Show(other) || ControlConnection.NextDeadline(stays) + shift != ControlConnection.NextDeadline(moves))
                    return false;
                if (!stays.IsEstablished) return true;
            }
            return true;
        }, iter: 1_000);

    [Fact]
    public void The_largest_record_fits_and_long_names_are_cut_between_characters()
    {
        var state = Established(new string('ü', 600), new string('€', 600));
        state = state with { Channel = state.Channel with { RetransmitAt = new Instant(1), AckAt = new Instant(2) } };
        var record = TunnelSnapshot.Of(state, long.MaxValue, new Instant(0))!.Record;
        var octets = record.Encode();
        Assert.InRange(octets.Length, 1, TunnelRecord.MaxLength);
        Assert.True(TunnelRecord.TryDecode(octets, out var back));
        Assert.Equal((new string('ü', 50), new string('€', 20)), (back.Peer.HostName, back.Peer.VendorName));
        for (var length = 0; length < octets.Length; length++) Assert.False(TunnelRecord.TryDecode(octets.AsSpan(0, length), out _));
    }

    [Fact]
    public void Any_octets_never_throw() => Gen.Byte.Array[0, 420].Sample(octets =>
    {
        if (octets.Length > 0) octets[0] = 2; // the version
        _ = TunnelRecord.TryDecode(octets, out _);
    }, iter: 20_000);

    [Fact]
    public void A_tunnel_that_is_not_established_has_no_snapshot() =>
        Assert.Null(TunnelSnapshot.Of(ControlConnection.Listen(Settings, Local, new byte[32], new Instant(0)).State, 1, new Instant(0)));
}
