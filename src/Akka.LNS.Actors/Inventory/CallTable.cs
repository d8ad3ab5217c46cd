using System.Collections.Concurrent;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Inventory;

/// <summary>How far a call is.</summary>
public enum CallPhase : byte
{
    /// <summary>ICRQ came, ICCN did not.</summary>
    Calling,
    /// <summary>LCP is negotiated.</summary>
    Link,
    /// <summary>The subscriber proves who it is, or somebody is asked about it.</summary>
    Authentication,
    /// <summary>It gets its address and IPCP.</summary>
    Network,
    /// <summary>The user is on.</summary>
    Up,
    Closing,
}

/// <summary>One call as its actors publish it: they write, anybody reads, nobody waits.</summary>
public sealed class CallEntry
{
    private readonly TunnelInfo _tunnel;
    private readonly long _began;
    private long _on;
    private Instant _reached;
    private volatile CallPhase _phase;
    private int _userHash = string.GetHashCode("", StringComparison.Ordinal);

    internal CallEntry(string id, PathKey path, ushort peerSessionId, TunnelInfo tunnel, string calling, string called,
        DateTimeOffset began, Instant now, IActorRef session)
    {
        (Id, Path, PeerSessionId, _tunnel, Calling, Called, Session) = (id, path, peerSessionId, tunnel, calling, called, session);
        _began = began.UtcTicks;
        BeganAt = _reached = now;
    }

    /// <summary>Acct-Session-Id.</summary>
    public string Id { get; }
    public PathKey Path { get; }

    /// <summary>mpd-link and interface: tunnel and session as they stand in the L2TP header.</summary>
    public string LinkName => PortName.Of(Path.TunnelId, Path.SessionId);

    /// <summary>As the LAC calls the call.</summary>
    internal ushort PeerSessionId { get; }
    public string Lac => _tunnel.Lac;
    public string LacAddress => _tunnel.LacAddress;
    public string Calling { get; }
    public string Called { get; }

    /// <summary>Since the ICRQ.</summary>
    public DateTimeOffset Began => new(_began, TimeSpan.Zero);

    /// <summary>Since when the user is on; null: it was not yet.</summary>
    public DateTimeOffset? On => Volatile.Read(ref _on) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>As the subscriber calls itself; empty before it did.</summary>
    public string User
    {
        get;
        internal set
        {
            field = value;
            _userHash = string.GetHashCode(value, StringComparison.Ordinal);
        }
    } = "";

    /// <summary>None before it has one.</summary>
    public Ipv4Address Address { get; internal set; }

    /// <summary>Where the address is from; null: not from a pool, or not yet.</summary>
    public string? Pool { get; internal set; }

    public CallPhase Phase { get => _phase; internal set => _phase = value; }

    /// <summary><see cref="Began"/> by the node's own clock.</summary>
    internal Instant BeganAt { get; }
    internal IActorRef Session { get; }
    internal IActorRef? Link { get; set; }
    internal IActorRef? Bundle { get; set; }
    internal TunnelInfo Tunnel => _tunnel;

    /// <summary>The next phase of its set-up, entered by the actor that has it.</summary>
    /// <returns>How long the one before took.</returns>
    internal TimeSpan Reach(CallPhase next, Instant now)
    {
        var took = now - _reached;
        (_reached, _phase) = (now, next);
        return took;
    }

    /// <summary>
    /// False: it cannot be one of the wanted. From this object alone, so that a walk over a hundred thousand does not read all that they
    /// refer to.
    /// </summary>
    /// <param name="userHash">Of the name as the subscriber says it; null: any.</param>
    internal bool MayBe(SessionSelector wanted, int? userHash) => (userHash is not { } hash || hash == _userHash)
        && (wanted.FramedIpAddress is not { } address || address == Address)
        && (wanted.NasPort is not { } port || port == PortName.Number(Path.TunnelId, Path.SessionId));

    /// <param name="wanted">A user name that is looked for: only if it may be a part of this user's are realms asked.</param>
    internal SessionIdentity ToIdentity(LnsSettings settings, string? wanted)
    {
        var user = User;
        var radiusUser = wanted is not null && wanted.Length < user.Length
            && user.Contains(wanted, StringComparison.Ordinal) ? settings.RadiusNameOf(user) : user;
        return new SessionIdentity(Id, user, radiusUser, Address, Calling, Called, PortName.Number(Path.TunnelId, Path.SessionId));
    }

    internal void TurnOn(string user, DateTimeOffset now)
    {
        User = user;
        Volatile.Write(ref _on, now.UtcTicks);
        _phase = CallPhase.Up;
    }
}

/// <summary>All calls of the node, in set-up, up and closing: for operators, tests, and whoever ends a subscriber by name.</summary>
/// <remarks>Walking over it takes no lock and holds up no call; what comes or goes meanwhile is seen or not.</remarks>
public sealed class CallTable
{
    private readonly ConcurrentDictionary<string, CallEntry> _byId = new(StringComparer.Ordinal);

    public CallEntry? Find(string id) => _byId.GetValueOrDefault(id);

    public IEnumerable<CallEntry> All
    {
        get
        {
            foreach (var (_, call) in _byId) yield return call;
        }
    }

    internal void Add(CallEntry call) => _byId[call.Id] = call;

    internal void Remove(CallEntry call) => _byId.TryRemove(call.Id, out _);
}
