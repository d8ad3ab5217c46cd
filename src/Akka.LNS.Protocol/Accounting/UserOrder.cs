using System.Runtime.InteropServices;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>
/// The Stop of a session whose forwarding has ended, until a server has accepted it or it is lost. There is one for each session that waits
/// through an outage, so it has a hash of the User-Name, not the name.
/// </summary>
/// <param name="user"><see cref="Fnv1a"/> of the User-Name. Two users with the same hash wait for each other: that delays a Start and
/// breaks no order.</param>
/// <param name="queue">Where the Stop waits.</param>
internal sealed class PendingStop(uint user, RetryQueue queue)
{
    public uint User { get; } = user;
    public RetryQueue Queue { get; } = queue;

    /// <summary>Pending Stops of the same user, in the order in which the sessions ended.</summary>
    public PendingStop? Previous, Next;

    /// <summary>Later sessions of the user, which begin when this Stop and those before it have been accepted; null: none.</summary>
    public List<WaitingSession>? Behind;
}

/// <summary>
/// The order of the sessions of one user: a Start waits for the pending Stops of the user's earlier sessions. Sessions that an earlier
/// process left behind have an order of their own, because the node marker separates them from the sessions of this process.
/// </summary>
/// <param name="lastEarlier">Highest key of the sessions that an earlier process left behind.</param>
internal sealed class UserOrder(long lastEarlier)
{
    private readonly Dictionary<long, PendingStop> _stops = [];         // by key of the session
    private readonly Dictionary<uint, PendingStop> _last = [];          // the latest of each user
    private readonly Dictionary<uint, PendingStop> _lastOfEarlier = []; // the same of the sessions of an earlier process

    /// <summary>Number of sessions that wait for a pending Stop.</summary>
    public int Waiting { get; private set; }

    /// <summary>An earlier process left the session behind.</summary>
    public bool IsEarlier(long key) => key <= lastEarlier;

    /// <summary>The Stop of the session is pending.</summary>
    public bool Contains(long key) => _stops.ContainsKey(key);

    /// <summary>The pending Stop that the Start of a session of this process must wait for; null: none.</summary>
    /// <param name="withEarlier">Sessions of an earlier process count too.</param>
    public PendingStop? Before(long key, string userName, bool withEarlier)
    {
        if (userName.Length == 0) return null; // sessions without a User-Name are not ordered
        var user = Fnv1a.Hash(userName);
        // a session whose forwarding has ended already is in the list itself
        var before = _stops.TryGetValue(key, out var own) ? own.Previous : _last.GetValueOrDefault(user);
        return before ?? (withEarlier ? _lastOfEarlier.GetValueOrDefault(user) : null);
    }

    /// <summary>The same for a session of an earlier process.</summary>
    public PendingStop? BeforeEarlier(string userName) => _lastOfEarlier.GetValueOrDefault(Fnv1a.Hash(userName));

    /// <summary>Forwarding of the session has ended: its Stop is pending. A second call for the same session does nothing.</summary>
    public void Add(long key, string userName, RetryQueue queue)
    {
        if (userName.Length == 0 || _stops.ContainsKey(key)) return;
        var stop = new PendingStop(Fnv1a.Hash(userName), queue);
        _stops.Add(key, stop);
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(LastOf(key), stop.User, out _);
        if (last is not null) (stop.Previous, last.Next) = (last, stop);
        last = stop;
    }

    /// <summary>Lets a later session of the user wait.</summary>
    public void Wait(PendingStop before, WaitingSession session)
    {
        (before.Behind ??= new List<WaitingSession>(1)).Add(session);
        Waiting++;
    }

    /// <summary>The Stop has been accepted, or no session may wait for it any more.</summary>
    /// <returns>The Stop if the sessions behind it may go; null: none waits, or all wait for an earlier Stop as well.</returns>
    public PendingStop? Remove(long key)
    {
        if (!_stops.Remove(key, out var stop)) return null;
        if (stop.Previous is { } previous) previous.Next = stop.Next;
        if (stop.Next is { } next) next.Previous = stop.Previous;
        else if (stop.Previous is { } last) LastOf(key)[stop.User] = last;
        else LastOf(key).Remove(stop.User);
        if (stop.Behind is not { } behind) return null;
        if (stop.Previous is not { } still)
        {
            Waiting -= behind.Count;
            return stop;
        }
        if (still.Behind is null) still.Behind = behind;
        else still.Behind.AddRange(behind);
        return null;
    }

    private Dictionary<uint, PendingStop> LastOf(long key) => IsEarlier(key) ? _lastOfEarlier : _last;
}
