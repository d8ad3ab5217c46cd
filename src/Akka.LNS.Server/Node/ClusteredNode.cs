using System.Net;
using Akka.Actor;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Clustering;
using Akka.LNS.Protocol.Membership;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Server.Node;

/// <summary>What the node reports to the other members of its cluster.</summary>
internal sealed class ClusteredNode(LnsNode node, NasOfNode nas) : IClusteredNode
{
    private NasVerdict _nas; // the actor of the cluster sets it

    public string Name => node.Settings.NodeName;
    public string Version => LnsdVersion.Text;
    public int Sessions => node.Counters.Sessions;
    public int Tunnels => node.Counters.Tunnels;
    public long Load => node.Load.Load;
    public string Verdict => Node.Verdict.Of(node.IsStopping, node.Admission);
    public DateTimeOffset Started { get; } = node.Clock.UtcNow;

    public NodeDrain Drain => node.Admission.Drain switch
    {
        DrainState.Draining => NodeDrain.Draining,
        DrainState.Drained => NodeDrain.Drained,
        _ => NodeDrain.Serving,
    };

    public NasIdentity Nas => nas.Identity;

    public void NasIs(NasVerdict verdict)
    {
        var judged = nas.Judge(verdict);
        if (judged == _nas) return;
        _nas = judged;
        node.NasIs(judged);
    }

    public void BeginDrain(TimeSpan? within) => node.Drain(within, exit: false, "it leaves the cluster");

    public void CallOffDrain() => node.Undrain();

    public void Meet(IEnumerable<string> members) => node.Protect("cluster", AddressesOf(members));

    /// <summary>Members whose host is an address. A name may have another address with each question to DNS.</summary>
    internal static IEnumerable<NamedAddress> AddressesOf(IEnumerable<string> members)
    {
        foreach (var member in members)
            if (Address.TryParse(member, out var at) && IPAddress.TryParse(at.Host, out var host))
                yield return new NamedAddress(host, $"the cluster member {at.Host}:{at.Port}");
    }
}
