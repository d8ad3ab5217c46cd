using System.Collections.Concurrent;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Inventory;

/// <summary>Phase of a call.</summary>
public enum CallPhase : byte
{
    /// <summary>The ICRQ has arrived, the ICCN has not.</summary>
    Calling,
    /// <summary>LCP negotiates.</summary>
    Link,
    /// <summary>The subscriber authenticates, or a server checks its login.</summary>
    Authentication,
    /// <summary>The subscriber gets its address, and IPCP negotiates.</summary>
    Network,
    /// <summary>The user is online.</summary>
    Up,
    Closing,
}

/// <summary>Published state of one call. Its actors write it, any thread reads it, and no thread waits.</summary>
public sealed class CallEntry
{
    private readonly TunnelInfo _tunnel;
    private readonly long _began;
    private long _on;
    private Instant _reached;
    private volatile CallPhase _phase;
    private int _userHash = string.GetHashCode("", StringComparison.Ordinal);
    private int _loginHash = string.GetHashCode("", StringComparison.Ordinal);

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

    /// <summary>Tunnel id and session id of the L2TP header, in mpd-link and interface.</summary>
    public string LinkName => PortName.Of(Path.TunnelId, Path.SessionId);

    /// <summary>Session id that the LAC assigned.</summary>
    internal ushort PeerSessionId { get; }
    public string Lac => _tunnel.Lac;
    public string LacAddress => _tunnel.LacAddress;
    public string Calling { get; }
    public string Called { get; }

    /// <summary>Time of the ICRQ.</summary>
    public DateTimeOffset Began => new(_began, TimeSpan.Zero);

    /// <summary>Time since which the user is online; null: not yet.</summary>
    public DateTimeOffset? On => Volatile.Read(ref _on) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Name of the session: that of the Access-Accept, else the one that the subscriber sent; empty before that.</summary>
    public string User
    {
        get;
        internal set
        {
            field = value;
            _userHash = string.GetHashCode(value, StringComparison.Ordinal);
        }
    } = "";

    /// <summary>Name that the subscriber sent; empty before that. The session is found by it too (RFC 2865 section 5.1).</summary>
    public string Login
    {
        get;
        internal set
        {
            field = value;
            _loginHash = string.GetHashCode(value, StringComparison.Ordinal);
        }
    } = "";

    /// <summary>Address of the subscriber; none before it is assigned.</summary>
    public Ipv4Address Address { get; internal set; }

    /// <summary>Pool of the address; null: no address yet, or the address is not from a pool.</summary>
    public string? Pool { get; internal set; }

    public CallPhase Phase { get => _phase; internal set => _phase = value; }

    /// <summary><see cref="Began"/> on the monotonic clock of the node.</summary>
    internal Instant BeganAt { get; }
    internal IActorRef Session { get; }
    internal IActorRef? Link { get; set; }
    internal IActorRef? Bundle { get; set; }
    internal TunnelInfo Tunnel => _tunnel;

    /// <summary>Enters the next phase of set-up. Called by the actor of that phase.</summary>
    /// <returns>Duration of the previous phase.</returns>
    internal TimeSpan Reach(CallPhase next, Instant now)
    {
        var took = now - _reached;
        (_reached, _phase) = (now, next);
        return took;
    }

    /// <summary>
    /// False: the call does not match the selector. Reads only this object, so that a search of a hundred thousand calls does not read all
    /// objects that they refer to.
    /// </summary>
    /// <param name="userHash">Hash of the name that the subscriber sends; null: any.</param>
    internal bool MayBe(SessionSelector wanted, int? userHash) => (userHash is not { } hash || hash == _userHash || hash == _loginHash)
        && (wanted.FramedIpAddress is not { } address || address == Address)
        && (wanted.NasPort is not { } port || port == PortName.Number(Path.TunnelId, Path.SessionId));

    /// <param name="wanted">User name of the search. Realms are applied only if it can be a part of the name of this user.</param>
    internal SessionIdentity ToIdentity(LnsSettings settings, string? wanted)
    {
        var (user, login) = (User, Login);
        var radiusUser = wanted is not null && wanted.Length < login.Length
            && login.Contains(wanted, StringComparison.Ordinal) ? settings.RadiusNameOf(login) : user;
        return new SessionIdentity(Id, user, radiusUser, Address, Calling, Called, PortName.Number(Path.TunnelId, Path.SessionId))
        {
            Login = login,
        };
    }

    internal void TurnOn(string user, DateTimeOffset now)
    {
        User = user;
        Volatile.Write(ref _on, now.UtcTicks);
        _phase = CallPhase.Up;
    }
}

/// <summary>All calls of the node: in set-up, up and closing.</summary>
/// <remarks>An enumeration takes no lock and delays no call. Calls that begin or end meanwhile may be missing.</remarks>
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
