using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class KeptTunnelTests
{
    private static readonly ResultCode Restarted = new(ResultCode.StopCcn.Clear, 0, "the LNS has restarted");
    private static readonly Gen<UInt128> Address = Gen.Select(Gen.ULong, Gen.ULong, static (a, b) => new UInt128(a, b));
    private static readonly Gen<KeptEndpoint> Endpoint = Gen.Select(Address, Gen.UShort, static (a, p) => new KeptEndpoint(a, p));
    private static readonly Gen<KeptTunnel> Tunnel = Gen.Select(Gen.UShort, Gen.UShort, Gen.UShort, Gen.UShort, Endpoint, Address, Endpoint,
        static (local, peer, ns, nr, listener, own, remote) => new KeptTunnel(local, peer, ns, nr, listener, own, remote));

    private static readonly KeptTunnel One = new(7, 77, 5, 9, new KeptEndpoint(1, 1701), 2, new KeptEndpoint(3, 1702));

    [Fact]
    public void A_file_gives_back_its_tunnels() => Tunnel.Array[0, 20].Sample(static tunnels =>
        KeptTunnels.TryDecode(KeptTunnels.Encode(tunnels), out var read, out var why) && why.Length == 0 && read.SequenceEqual(tunnels));

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_ignored_and_says_so()
    {
        var octets = KeptTunnels.Encode([One, One with { Local = 8 }]);
        for (var length = 0; length < octets.Length; length++)
        {
            Assert.False(KeptTunnels.TryDecode(octets.AsSpan(0, length), out var tunnels, out var why));
            Assert.Empty(tunnels);
            Assert.Contains("cut off", why, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_with_any_other_octet_is_ignored()
    {
        var octets = KeptTunnels.Encode([One]);
        for (var at = 0; at < octets.Length; at++)
        {
            octets[at] ^= 1;
            Assert.False(KeptTunnels.TryDecode(octets, out _, out var why));
            Assert.NotEmpty(why);
            octets[at] ^= 1;
        }
        Assert.False(KeptTunnels.TryDecode([.. octets, 0], out _, out _));
    }

    [Fact]
    public void A_file_of_another_version_is_ignored_and_names_both_versions()
    {
        var octets = KeptTunnels.Encode([One]);
        octets[7] = 2;
        Assert.False(KeptTunnels.TryDecode(octets, out _, out var why));
        Assert.Equal("its version is 2; this lnsd reads version 1", why);
    }

    [Fact]
    public void A_file_holds_at_most_half_of_all_ids()
    {
        var all = Enumerable.Range(1, 65_535).Select(static id => One with { Local = (ushort)id }).ToArray();
        Assert.True(KeptTunnels.TryDecode(KeptTunnels.Encode(all), out var read, out _));
        Assert.Equal(32_768, read.Length);
    }

    [Fact]
    public void The_stop_has_the_ids_and_numbers_of_the_tunnel()
    {
        Assert.Equal((77, 5, 9), Read(One.Stop(Restarted), out var stop));
        Assert.Equal((7, Restarted), (stop.AssignedTunnelId.Value, stop.Result));
    }

    /// <summary>RFC 2661 section 5.8: Nr is the Ns that the peer expects.</summary>
    [Fact]
    public void The_answer_to_a_message_has_the_number_that_the_lac_expects()
    {
        var hello = new ControlMessage.Hello().Encode(new TunnelId(One.Local), default, ns: 12);
        L2tpControlHeader.WriteNr(hello, 40);
        Assert.True(L2tpHeaderView.TryRead(hello, out var header, out _));
        Assert.Equal((77, 40, 13), Read(One.StopAfter(header, Restarted), out _));

        var zlb = new byte[L2tpControlHeader.Length];
        L2tpControlHeader.WriteAcknowledgement(zlb, new TunnelId(One.Local), 65_535, 41);
        Assert.True(L2tpHeaderView.TryRead(zlb, out header, out _));
        Assert.Equal((77, 41, 65_535), Read(One.StopAfter(header, Restarted), out _));
    }

    [Fact]
    public void A_new_tunnel_does_not_get_the_id_of_an_old_one()
    {
        var old = Enumerable.Range(1, 32_768).Select(static id => (ushort)id).ToHashSet();
        var listener = new Listener(3, TimeSpan.Zero, ListenerLimits.Default with { HalfOpen = 40_000, HalfOpenPerAddress = 40_000 },
            default, old);
        Assert.DoesNotContain(listener.Refusing.Value, old);
        for (var i = 1; i <= 32_766; i++)
        {
            var key = new SccrqKey(new SccrqOrigin((UInt128)i, 1701, new TunnelId(1)), (UInt128)i, "lac");
            var offer = listener.On(new ListenerEvent.SccrqReceived(key), default).OfType<ListenerEffect.Offer>().Single();
            Assert.DoesNotContain(offer.Local!.Value, old);
            listener.On(new ListenerEvent.Admitted(offer), default);
        }
    }

    private static (int Peer, int Ns, int Nr) Read(byte[] octets, out ControlMessage.StopCcn stop)
    {
        Assert.True(L2tpHeaderView.TryRead(octets, out var header, out _));
        Assert.True(ControlMessage.TryParse(header.Payload, default, out var message, out _));
        stop = Assert.IsType<ControlMessage.StopCcn>(message);
        return (header.TunnelId.Value, header.Ns, header.Nr);
    }
}
