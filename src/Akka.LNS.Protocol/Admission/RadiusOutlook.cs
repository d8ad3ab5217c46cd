namespace Akka.LNS.Protocol.Admission;

/// <summary>How RADIUS is, as far as a new call is concerned.</summary>
/// <param name="CanAuthenticate">A server that authenticates may be asked.</param>
/// <param name="LoginWait">What a login waits for a worker: the longest that one has waited by now, or what one more would by <see cref="PredictWait"/>.</param>
public readonly record struct RadiusOutlook(bool CanAuthenticate, TimeSpan LoginWait)
{
    /// <summary>In a storm no login is taken to be quicker: ten thousand have called before the first answer tells how RADIUS is today.</summary>
    public static readonly TimeSpan StormRoundTrip = TimeSpan.FromMilliseconds(60);

    /// <summary>What one more login waits behind those that wait already or will, when each of the workers answers one per round trip.</summary>
    /// <param name="waiting">Logins in the backlog.</param>
    /// <param name="inSetup">Calls in set-up that need RADIUS, these included.</param>
    /// <param name="roundTrip">As measured; zero: not yet.</param>
    public static TimeSpan PredictWait(int waiting, int inSetup, int workers, TimeSpan roundTrip)
    {
        if (workers <= 0) return TimeSpan.Zero;
        var (measured, assumed) = (roundTrip * Math.Max(waiting, inSetup), StormRoundTrip * inSetup);
        return (measured > assumed ? measured : assumed) / workers;
    }
}
