namespace Akka.LNS.Actors.Overload;

/// <summary>
/// The bounded hand-off from a receive thread to an actor: what is on its way is counted, and over the limit it is dropped, since the peer
/// sends it again. So no peer can fill a mailbox.
/// </summary>
public sealed class Intake(int limit)
{
    private int _underway;
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>True: hand it over, and the actor calls <see cref="Done"/> when it has taken it.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _underway) <= limit) return true;
        Interlocked.Decrement(ref _underway);
        Interlocked.Increment(ref _dropped);
        return false;
    }

    public void Done() => Interlocked.Decrement(ref _underway);
}
