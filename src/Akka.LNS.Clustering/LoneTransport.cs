using Akka.Configuration;
using Akka.Remote.Transport;

namespace Akka.LNS.Clustering;

/// <summary>
/// The transport of a cluster of one: it opens no port and reaches no node. A listening port would let each local user join the cluster.
/// </summary>
internal sealed class LoneTransport : Transport
{
    private readonly Address _address;

    /// <summary>Akka calls it with the section of the transport: hostname.</summary>
    public LoneTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        (SchemeIdentifier, MaximumPayloadBytes) = ("tcp", 128_000);
        _address = new Address(SchemeIdentifier, system.Name, config.GetString("hostname"), 0);
    }

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() =>
        Task.FromResult((_address, new TaskCompletionSource<IAssociationEventListener>()));

    public override bool IsResponsibleFor(Address remote) => true;

    public override Task<AssociationHandle> Associate(Address remoteAddress) =>
        Task.FromException<AssociationHandle>(new InvalidAssociationException("this node is a cluster of one and listens nowhere"));

    public override Task<bool> Shutdown() => Task.FromResult(true);

    public override Task<bool> ManagementCommand(object message) => Task.FromResult(false);
}
