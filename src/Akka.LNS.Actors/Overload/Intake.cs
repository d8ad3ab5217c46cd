namespace Akka.LNS.Actors.Overload;

/// <summary>
/// Bound of the messages from a receive thread to an actor. Messages above the limit are dropped, and the peer sends them again, so that no
/// peer can fill a mailbox.
/// </summary>
public sealed class Intake(int limit)
{
    private int _underway;
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>True: send the message. The actor calls <see cref="Done"/> when it has received it.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _underway) <= limit) return true;
        Interlocked.Decrement(ref _underway);
        Interlocked.Increment(ref _dropped);
        return false;
    }

    public void Done() => Interlocked.Decrement(ref _underway);
}
