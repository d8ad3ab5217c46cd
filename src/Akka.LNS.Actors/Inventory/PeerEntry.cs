namespace Akka.LNS.Actors.Inventory;

/// <summary>
/// Counters of one entry of <c>tunnels.peers</c> since the start, for metrics. Their number is bounded by the settings. Written and read
/// by any thread.
/// </summary>
/// <param name="name">Key of the entry.</param>
public sealed class PeerEntry(string name)
{
    private static readonly int Classes = Enum.GetValues<EndClass>().Length;
    private readonly long[] _failed = new long[Classes], _ended = new long[Classes];
    private int _tunnels, _sessions;
    private long _setUps;

    public string Name { get; } = name;

    /// <summary>Tunnels that are up.</summary>
    public int Tunnels => Volatile.Read(ref _tunnels);

    /// <summary>Calls, including those in set-up.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Subscribers that came up.</summary>
    public long SetUps => Interlocked.Read(ref _setUps);

    /// <summary>Calls that ended before their subscriber came up.</summary>
    public long SetUpsFailed(EndClass why) => Interlocked.Read(ref _failed[(int)why]);

    /// <summary>Calls that ended after their subscriber came up.</summary>
    public long SessionsEnded(EndClass why) => Interlocked.Read(ref _ended[(int)why]);

    internal void Tunnel(int by) => Interlocked.Add(ref _tunnels, by);
    internal void Session(int by) => Interlocked.Add(ref _sessions, by);
    internal void CountSetUp() => Interlocked.Increment(ref _setUps);
    internal void CountEnded(EndCause cause, bool wasUp) => Interlocked.Increment(ref (wasUp ? _ended : _failed)[(int)cause.ToClass()]);
}
