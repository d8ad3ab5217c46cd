using System.Collections.Concurrent;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Inventory;

public enum TunnelPhase : byte
{
    /// <summary>From SCCRQ to SCCCN.</summary>
    Opening,
    Up,
    /// <summary>After StopCCN: it waits for the acknowledgement, or acknowledges repetitions for a while.</summary>
    Closing,
}

/// <summary>One control connection. Written by its actor, read by any thread.</summary>
public sealed class TunnelEntry
{
    private volatile TunnelPhase _phase;
    private int _calls;
    private long _callsEver;
    private ulong _numbers; // tunnel id of the peer, Ns, Nr: in one word, which the reader gets as a whole

    internal TunnelEntry(ushort id, string lac, UdpFlow flow, DateTimeOffset began, IActorRef actor) =>
        (Id, Lac, Flow, Began, Actor) = (id, lac, flow, began, actor);

    /// <summary>Our tunnel id.</summary>
    public ushort Id { get; }

    /// <summary>Host Name AVP.</summary>
    public string Lac { get; }
    public UdpFlow Flow { get; }
    public DateTimeOffset Began { get; }
    public TunnelPhase Phase { get => _phase; internal set => _phase = value; }
    public int Calls => Volatile.Read(ref _calls);
    public long CallsEver => Volatile.Read(ref _callsEver);
    internal IActorRef Actor { get; }

    /// <summary>The control channel has moved.</summary>
    internal void MoveTo(TunnelId peer, long ns, long nr) =>
        Volatile.Write(ref _numbers, ((ulong)peer.Value << 32) | ((ulong)(ushort)ns << 16) | (ushort)nr);

    /// <param name="listener">End point of <see cref="UdpFlow.Listener"/>.</param>
    internal KeptTunnel ToKept(KeptEndpoint listener)
    {
        var numbers = Volatile.Read(ref _numbers);
        return new KeptTunnel(Id, (ushort)(numbers >> 32), (ushort)(numbers >> 16), (ushort)numbers, listener, Flow.LocalAddress,
            new KeptEndpoint(Flow.RemoteAddress, Flow.RemotePort));
    }

    internal void Count(int calls, long ever)
    {
        Volatile.Write(ref _calls, calls);
        Volatile.Write(ref _callsEver, ever);
    }
}

/// <summary>All tunnels of the node, and all LACs that had one.</summary>
public sealed class TunnelTable
{
    /// <summary>Bound of the LAC names, which peers choose.</summary>
    private const int MostLacs = 10_000;
    private readonly ConcurrentDictionary<ushort, TunnelEntry> _byId = new();
    private readonly ConcurrentDictionary<string, LacEntry> _lacs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PeerEntry> _peers = new(StringComparer.Ordinal);

    public TunnelEntry? Find(ushort id) => _byId.GetValueOrDefault(id);

    public IEnumerable<TunnelEntry> All
    {
        get
        {
            foreach (var (_, tunnel) in _byId) yield return tunnel;
        }
    }

    /// <summary>LACs that had an established tunnel.</summary>
    public IEnumerable<LacEntry> Lacs
    {
        get
        {
            foreach (var (_, lac) in _lacs) yield return lac;
        }
    }

    /// <summary>Entries of <c>tunnels.peers</c> that had an established tunnel.</summary>
    public IEnumerable<PeerEntry> Peers
    {
        get
        {
            foreach (var (_, peer) in _peers) yield return peer;
        }
    }

    public LacEntry? FindLac(string name) => _lacs.GetValueOrDefault(name);

    internal void Add(TunnelEntry tunnel) => _byId[tunnel.Id] = tunnel;

    internal void Remove(TunnelEntry tunnel) => _byId.TryRemove(KeyValuePair.Create(tunnel.Id, tunnel));

    /// <summary>Counters of a LAC. Beyond the bound of names they are not in the table.</summary>
    internal LacEntry Lac(string name) =>
        _lacs.TryGetValue(name, out var known) ? known : _lacs.Count >= MostLacs
        ? new LacEntry(name) : _lacs.GetOrAdd(name, static n => new LacEntry(n));

    /// <summary>Counters of an entry of <c>tunnels.peers</c>.</summary>
    internal PeerEntry Peer(string name) => _peers.GetOrAdd(name, static n => new PeerEntry(n));
}
