namespace Akka.LNS.Protocol.Admission;

/// <summary>State of the RADIUS servers at one moment.</summary>
/// <param name="CanAuthenticate">At least one authentication server may be asked.</param>
/// <param name="OldestLogin">Time since which the oldest login waits for a worker; null: none waits.</param>
/// <param name="Waiting">Logins in the backlog.</param>
/// <param name="Workers">Maximum number of outstanding requests.</param>
/// <param name="RoundTrip">Expected round trip from <see cref="RoundTripEstimate"/>; zero: not measured yet.</param>
public readonly record struct RadiusObservation(bool CanAuthenticate, Instant? OldestLogin, int Waiting, int Workers, TimeSpan RoundTrip);

/// <summary>
/// Expected round trip over several RADIUS servers: the mean of the servers that have requests outstanding, weighted by their share. While
/// no request is outstanding, the plain mean of all servers that have answered.
/// </summary>
public struct RoundTripEstimate
{
    private TimeSpan _weighted, _sum;
    private int _outstanding, _servers;

    /// <summary>Adds one authentication server.</summary>
    /// <param name="smoothed">Its smoothed round trip; a server that has not answered yet (zero) does not count.</param>
    /// <param name="outstanding">Number of its outstanding requests.</param>
    public void Add(TimeSpan smoothed, int outstanding)
    {
        if (smoothed <= TimeSpan.Zero) return;
        _weighted += smoothed * outstanding;
        _outstanding += outstanding;
        _sum += smoothed;
        _servers++;
    }

    /// <summary>The estimate; zero: no server has answered yet.</summary>
    public readonly TimeSpan Value => _outstanding > 0 ? _weighted / _outstanding : _servers > 0 ? _sum / _servers : TimeSpan.Zero;
}

/// <summary>State of RADIUS for the admission of a new call.</summary>
/// <param name="CanAuthenticate">At least one authentication server may be asked.</param>
/// <param name="LoginWait">Time that a login waits for a worker: the longest wait so far or the predicted one, whichever is longer.</param>
public readonly record struct RadiusOutlook(bool CanAuthenticate, TimeSpan LoginWait)
{
    /// <summary>
    /// Shortest round trip that is assumed for calls in set-up. In a storm thousands of calls arrive before the first answer is measured.
    /// </summary>
    public static readonly TimeSpan StormRoundTrip = TimeSpan.FromMilliseconds(60);

    /// <summary>Outlook for one more call.</summary>
    /// <param name="expected">
    /// Logins without an answer, and young calls in set-up, which will send one. The backlog alone is too small a number.
    /// </param>
    public static RadiusOutlook Of(in RadiusObservation radius, int expected, Instant now)
    {
        var waited = now - radius.OldestLogin ?? TimeSpan.Zero;
        var predicted = PredictWait(radius.Waiting, expected, radius.Workers, radius.RoundTrip);
        return new RadiusOutlook(radius.CanAuthenticate, waited > predicted ? waited : predicted);
    }

    /// <summary>Time that one more login would wait behind the others, when each worker completes one login per round trip.</summary>
    /// <param name="waiting">Logins in the backlog.</param>
    /// <param name="expected">Logins without an answer and calls that will send one, those in the backlog included.</param>
    /// <param name="roundTrip">Measured round trip; zero: not measured yet.</param>
    public static TimeSpan PredictWait(int waiting, int expected, int workers, TimeSpan roundTrip)
    {
        if (workers <= 0) return TimeSpan.Zero;
        var (measured, assumed) = (roundTrip * Math.Max(waiting, expected), StormRoundTrip * expected);
        return (measured > assumed ? measured : assumed) / workers;
    }

    /// <summary>Number of expected logins at which the predicted wait is so long.</summary>
    public static int Capacity(in RadiusObservation radius, TimeSpan wait)
    {
        var each = radius.RoundTrip > StormRoundTrip ? radius.RoundTrip : StormRoundTrip;
        return radius.Workers <= 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, Math.Ceiling(wait / each * radius.Workers));
    }
}
