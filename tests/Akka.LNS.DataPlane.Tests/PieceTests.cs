using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Forwarding;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.DataPlane.Tests.Lab;
using Akka.LNS.DataPlane.Tun;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using CsCheck;

namespace Akka.LNS.DataPlane.Tests;

public class PieceTests
{
    private static SessionPath NewPath(ushort tunnel, ushort session, uint incarnation = 1) =>
        new(new PathKey(tunnel, session, incarnation), new SessionPath.Attachment(default, new PlaneReceiver()), 0);

    [Fact]
    public void Flows_come_back_from_their_values() => Gen.Select(Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.UShort).Sample((address, port) =>
    {
        var remote = new IPEndPoint(new IPAddress(address), port);
        var flow = UdpFlow.Of(IPAddress.Loopback, remote);
        Assert.Equal(flow, UdpFlow.Of(IPAddress.Loopback, remote));
        var expected = remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address;
        Assert.Equal((expected, (int)port), (flow.Remote.Address, flow.Remote.Port));
    });

    [Fact] // law: the table is a dictionary
    public void Path_table_equals_a_dictionary() => Gen.Select(Gen.UShort[0, 3], Gen.UShort[0, 600], Gen.Bool).Array[0, 400].Sample(steps =>
    {
        var table = new PathTable();
        var twin = new Dictionary<(ushort, ushort), SessionPath>();
        foreach (var (tunnel, session, add) in steps)
        {
            if (add && twin.TryAdd((tunnel, session), NewPath(tunnel, session))) table.Add(twin[(tunnel, session)]);
            else if (!add && twin.Remove((tunnel, session), out var path)) table.Remove(path);
            Assert.Same(twin.GetValueOrDefault((tunnel, session)), table.Find(tunnel, session));
            Assert.Equal(twin.Count, table.Count);
        }
        Assert.All(twin, pair => Assert.Same(pair.Value, table.Find(pair.Key.Item1, pair.Key.Item2)));
    }, iter: 50);

    [Fact] // law: longest match as a slow search finds it
    public void Route_table_equals_a_linear_search() =>
        Gen.Select(Gen.Select(Gen.UInt[0, 255], Gen.Int[20, 32], Gen.Bool).Array[1, 60], Gen.UInt[0, 255]).Sample((steps, address) =>
        {
            var table = new RouteTable();
            var twin = new Dictionary<Ipv4Prefix, SessionPath>();
            foreach (var (network, length, add) in steps)
            {
                var prefix = new Ipv4Prefix(new Ipv4Address(network), length);
                if (add) table.Set(prefix, twin[prefix] = NewPath(1, 1));
                else if (twin.Remove(prefix, out var path)) table.Remove(prefix, path);
            }
            var best = twin.Where(p => p.Key.Contains(new Ipv4Address(address))).OrderByDescending(static p => p.Key.Length).Select(static p => p.Value).FirstOrDefault();
            Assert.Same(best, table.Find(address));
        }, iter: 300);

    [Fact]
    public void A_prefix_that_another_path_took_is_not_taken_from_it()
    {
        var (table, first, second) = (new RouteTable(), NewPath(1, 1), NewPath(1, 2));
        var host = Bench.Prefix("192.0.2.1/32");
        table.Set(host, first);
        table.Set(host, second);
        table.Remove(host, first);
        Assert.Same(second, table.Find(host.Network.Value));
    }

    [Fact]
    public void Policer_gives_its_burst_and_then_one_per_interval()
    {
        var policer = new Policer(perSecond: 10, burst: 3, ticksPerSecond: 1000);
        var due = long.MinValue;
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => policer.TryTake(ref due, 5000)));
        Assert.False(policer.TryTake(ref due, 5099));
        Assert.True(policer.TryTake(ref due, 5100));
        Assert.False(policer.TryTake(ref due, 5100));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => policer.TryTake(ref due, 9000)));
    }

    [Fact]
    public void Netlink_requests_have_their_golden_octets()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "written for a little-endian host");
        Span<byte> buffer = stackalloc byte[NetlinkWriter.MaxLength];
        Assert.Equal(Octets.Hex("2C000000 1800 0506 07000000 00000000" + "02 10 00 00 FE 04 FD 01 00000000" + "0800 0100 64400000" + "0800 0400 05000000"),
            new NetlinkWriter(buffer, 7).AddRoute(5, Bench.Prefix("100.64.0.0/16")).ToArray());
        Assert.Equal(Octets.Hex("28000000 1400 0506 07000000 00000000" + "02 20 00 00 05000000" + "0800 0200 64400001" + "0800 0100 64400001"),
            new NetlinkWriter(buffer, 7).AddAddress(5, Bench.Gateway).ToArray());
        Assert.Equal(Octets.Hex("30000000 1000 0500 07000000 00000000" + "00000000 05000000 01000000 01000000" + "0800 0400 DC050000" + "0800 0D00 00100000"),
            new NetlinkWriter(buffer, 7).LinkUp(5, 1500, 4096).ToArray());
    }

    [Fact]
    public void Netlink_answers_are_read_only_when_they_are_whole_and_ours()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "written for a little-endian host");
        var answer = Octets.Hex("24000000 0200 0000 07000000 00000000 EFFFFFFF 00000000000000000000000000000000");
        Assert.Equal(17, NetlinkWriter.ReadAcknowledgement(answer, 7));
        Assert.Null(NetlinkWriter.ReadAcknowledgement(answer, 8));
        for (var length = 0; length < 20; length++) Assert.Null(NetlinkWriter.ReadAcknowledgement(answer.AsSpan(0, length), 7));
    }
}
