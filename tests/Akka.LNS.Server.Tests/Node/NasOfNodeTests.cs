using System.Net;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Clustering;
using Akka.LNS.Protocol.Membership;
using Akka.LNS.Server.Node;
using Akka.LNS.Wire;

namespace Akka.LNS.Server.Tests.Node;

/// <summary>What RADIUS servers take a node for, from its settings.</summary>
public class NasOfNodeTests
{
    private static LnsSettings Settings(string? address) => new()
    {
        Group = new GroupSettings { NasIdentifier = "north", NasIpAddress = address is null ? null : Ipv4Address.Parse(address) },
        Radius = new RadiusSettings { Servers = [new RadiusServerSettings { Accounting = new IPEndPoint(IPAddress.Loopback, 1813) }] },
    };

    [Fact]
    public void Without_nas_ip_address_the_source_address_of_the_requests_is_the_identity()
    {
        var nas = NasOfNode.Of(Settings(null));
        Assert.Equal((new NasIdentity("127.0.0.1", "north"), true), (nas.Identity, nas.IsOwnAddress));
        Assert.Equal(NasVerdict.Sole, nas.AtStart(new ClusterSettings()));
    }

    [Fact]
    public void A_nas_ip_address_that_is_no_address_of_this_machine_may_be_that_of_another_node()
    {
        var nas = NasOfNode.Of(Settings("192.0.2.10"));
        Assert.Equal(NasClaim.Shared, nas.AtStart(new ClusterSettings()).Claim);
        Assert.Equal(NasClaim.Shared, nas.Judge(NasVerdict.Sole).Claim);
        Assert.Contains("192.0.2.10 is no address of this machine", nas.Judge(NasVerdict.Sole).Why, StringComparison.Ordinal);
        Assert.Equal(NasVerdict.Sole, NasOfNode.Of(Settings("127.0.0.1")).AtStart(new ClusterSettings()));
    }

    [Fact]
    public void With_other_seeds_it_is_not_known_before_the_cluster_has_started()
    {
        var own = new ClusterSettings { Seeds = [new("127.0.0.1", 8711)], Remoting = new RemotingSettings { Port = 8711 } };
        Assert.Equal(NasVerdict.Sole, NasOfNode.Of(Settings(null)).AtStart(own));
        var more = own with { Seeds = own.Seeds.Add(new("127.0.0.2", 8711)) };
        Assert.Equal(NasClaim.Pending, NasOfNode.Of(Settings(null)).AtStart(more).Claim);
        Assert.Equal(NasVerdict.Sole, NasOfNode.Of(Settings(null)).AtStart(more with { Enabled = false }));
    }
}
