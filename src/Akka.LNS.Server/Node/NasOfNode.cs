using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Clustering;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Server.Node;

/// <summary>What RADIUS servers take this node for.</summary>
/// <param name="IsOwnAddress">The address is one of this machine. false: other nodes may send the same one.</param>
internal sealed record NasOfNode(NasIdentity Identity, bool IsOwnAddress)
{
    public static NasOfNode Of(LnsSettings settings)
    {
        var group = settings.Group;
        if (group.NasIpAddress is not { } address)
            return new NasOfNode(new NasIdentity(SourceOf(settings.Radius), group.NasIdentifier), true);
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(static i => i.GetIPProperties().UnicastAddresses)
            .Any(a => a.Address.ToString() == address.ToString());
        return new NasOfNode(new NasIdentity(address.ToString(), group.NasIdentifier), own);
    }

    /// <summary>What is known before the cluster has started.</summary>
    public NasVerdict AtStart(ClusterSettings cluster) =>
        Judge(cluster is { Enabled: true, OtherSeeds.IsEmpty: false } ? new NasVerdict(NasClaim.Pending, "the cluster has not started")
            : NasVerdict.Sole);

    /// <summary>The cluster sees its own nodes only.</summary>
    public NasVerdict Judge(NasVerdict ofCluster) => IsOwnAddress || ofCluster.Claim == NasClaim.Shared ? ofCluster
        : new NasVerdict(NasClaim.Shared,
            $"NAS-IP-Address {Identity.Address} is no address of this machine, so another node may send it too");

    /// <summary>Which settings make nodes one NAS, for --check; null: there is no accounting.</summary>
    public static string? Note(LnsSettings settings)
    {
        if (!settings.Radius.Accounts) return null;
        var group = settings.Group;
        var address = group.NasIpAddress is { } set ? $"NAS-IP-Address {set}" : "the source address of the requests";
        return $"note: RADIUS servers know this node by {address} and NAS-Identifier {group.NasIdentifier}; nodes with the same "
            + "lns.group.nas-ip-address or nas-identifier are one NAS, and Accounting-On of one ends the sessions of all";
    }

    /// <summary>Source address of accounting requests; empty: no route to the server.</summary>
    private static string SourceOf(RadiusSettings radius)
    {
        if (radius.Servers.FirstOrDefault(static s => s.Accounting.Port != 0) is not { } server) return "";
        if (server.Source is { } source) return source.ToString();
        try
        {
            // a connect of UDP sends nothing
            using var socket = new Socket(server.Accounting.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(server.Accounting);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
