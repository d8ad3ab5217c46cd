using System.Runtime.Serialization;
using Akka.LNS.Protocol.Membership;
using CsCheck;

namespace Akka.LNS.Clustering.Tests;

public class ClusterWireTests
{
    private static readonly string[] Manifests = ["report", "leave", "answer"];

    private static readonly NasIdentity North = new("192.0.2.10", "north");

    private static NodeReported Report(params string[] silent) =>
        new(new NodeReport("n1", "1.2.3+abc", 12_345, 17, 80_000, "early", NodeDrain.Draining,
        DateTimeOffset.FromUnixTimeMilliseconds(1_764_000_000_123), true, [.. silent]));

    public static TheoryData<string, object> Messages => new()
    {
        { "report", Report() }, { "report", new NodeReported(Report().Report with { Nas = North }) },
        { "leave", new LeaveOrder(null, "uid 0") }, { "leave", new LeaveOrder(TimeSpan.FromSeconds(90), "") },
            { "answer", new LeaveAnswer(true, "") },
        { "answer", new LeaveAnswer(false, "not now") },
    };

    [Fact]
    public void A_report_has_its_golden_octets()
    {
        const string Golden = "0A026E31" + "1209312E322E332B616263" + "18B960" + "2011" + "2880F104" + "32056561726C79" + "3801"
            + "40FBD0DFB4AB33" + "4801" + "5203616B6B";
        Assert.Equal(Golden, Convert.ToHexString(ClusterWire.Write(Report("akk"))));
        Assert.Equal(Golden + "5A0A3139322E302E322E3130" + "62056E6F727468",
            Convert.ToHexString(ClusterWire.Write(new NodeReported(Report("akk").Report with { Nas = North }))));
    }

    [Theory, MemberData(nameof(Messages))]
    public void Written_messages_are_read_back(string manifest, object message)
    {
        var read = ClusterWire.Read(ClusterWire.Write(message), manifest);
        if (message is NodeReported { Report: var wanted })
        {
            var found = Assert.IsType<NodeReported>(read).Report;
            Assert.Equal<string>(wanted.Silent, found.Silent);
            Assert.Equal(wanted, found with { Silent = wanted.Silent });
        }
        else Assert.Equal(message, read);
    }

    [Fact] // a newer node may send more fields
    public void An_unknown_field_is_skipped()
    {
        byte[] more = [.. ClusterWire.Write(new LeaveAnswer(false, "no")), 0xFA, 0x01, 0x02, 1, 2, 0xF8, 0x02, 0x05];
        Assert.Equal(new LeaveAnswer(false, "no"), ClusterWire.Read(more, "answer"));
    }

    [Fact]
    public void Unknown_and_oversized_messages_are_unreadable_and_do_not_throw()
    {
        Assert.Equal(new Unreadable("System.Diagnostics.Process"), ClusterWire.Read([1, 2, 3], "System.Diagnostics.Process"));
        byte[] name = [0x0A, 0x80, 0x02, .. Enumerable.Repeat((byte)'x', 256)];
        Assert.Equal(new Unreadable("report"), ClusterWire.Read(name, "report"));
        byte[] silent = [.. Enumerable.Repeat<byte[]>([0x52, 0x01, (byte)'a'], NodeReport.MostSilent + 1).SelectMany(static o => o)];
        Assert.Equal(new Unreadable("report"), ClusterWire.Read(silent, "report"));
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_by_its_writer()
    {
        var read = Assert.IsType<LeaveOrder>(ClusterWire.Read(ClusterWire.Write(new LeaveOrder(null, new string('ü', 300))), "leave"));
        Assert.Equal(new string('ü', 127), read.By);
    }

    [Fact]
    public void Every_truncation_is_read_or_unreadable()
    {
        var octets = ClusterWire.Write(Report("akka.tcp://lns@10.0.0.1:8711"));
        for (var length = 0; length < octets.Length; length++)
            Assert.True(ClusterWire.Read(octets[..length], "report") is NodeReported or Unreadable);
    }

    [Fact] // law: octets never cause an exception
    public void Any_octets_never_throw() => Gen.Select(Gen.Int[0, 2], Gen.Byte.Array[0, 200]).Sample(static (manifest, octets) =>
        Assert.IsAssignableFrom<IClusterWireMessage>(ClusterWire.Read(octets, Manifests[manifest])));

    [Fact]
    public void Only_messages_between_nodes_are_written() => Assert.Throws<SerializationException>(static () => ClusterWire.Write("text"));
}
