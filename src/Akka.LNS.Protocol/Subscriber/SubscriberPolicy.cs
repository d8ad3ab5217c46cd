namespace Akka.LNS.Protocol.Subscriber;

/// <summary>Limits of a bundle template and of accounting, for what the <see cref="SubscriberProfile"/> leaves open.</summary>
/// <param name="AddressTimeout">Longest wait for the address. A static one may have to be taken over from an older session.</param>
/// <param name="SessionTimeout">Longest session; zero: no limit.</param>
/// <param name="IdleTimeout">Longest time without a data packet; zero: no limit.</param>
/// <param name="MaxMtu">Largest IP packet to the subscriber in octets.</param>
/// <param name="Accounts">Accounting is enabled. False: no Interim-Updates, whatever the profile asks for.</param>
/// <param name="InterimInterval">Time between two Interim-Updates; zero: none.</param>
/// <param name="InterimJitter">Largest share by which an interval is shortened, from 0 to below 1.</param>
public readonly record struct SubscriberPolicy(
    TimeSpan AddressTimeout, TimeSpan SessionTimeout, TimeSpan IdleTimeout, int MaxMtu,
    bool Accounts, TimeSpan InterimInterval, double InterimJitter)
{
    /// <summary>Longest session of this subscriber; null: no limit.</summary>
    public TimeSpan? SessionLimit(SubscriberProfile profile) => profile.SessionTimeout ?? NotZero(SessionTimeout);

    /// <summary>Longest time without a data packet of this subscriber; null: no limit.</summary>
    public TimeSpan? IdleLimit(SubscriberProfile profile) => profile.IdleTimeout ?? NotZero(IdleTimeout);

    /// <summary>Time between two Interim-Updates of this subscriber, before jitter; null: none are sent.</summary>
    public TimeSpan? InterimOf(SubscriberProfile profile) => Accounts ? NotZero(profile.AcctInterimInterval ?? InterimInterval) : null;

    /// <summary>Largest IP packet to this subscriber in octets: the least of template, profile and the peer's MRU.</summary>
    public int MtuOf(SubscriberProfile profile, int peerMru) => Math.Min(peerMru, Math.Min(MaxMtu, profile.FramedMtu ?? ushort.MaxValue));

    private static TimeSpan? NotZero(TimeSpan span) => span > TimeSpan.Zero ? span : null;
}
