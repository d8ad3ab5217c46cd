namespace Akka.LNS.Protocol;

/// <summary>Time of the node's monotonic clock, in ticks of 100 ns. Only differences within one process have a meaning.</summary>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>A deadline that never passes.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    public static Instant operator +(Instant at, TimeSpan by) => new(at.Ticks + by.Ticks);
    public static Instant operator -(Instant at, TimeSpan by) => new(at.Ticks - by.Ticks);
    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);
    public static bool operator <(Instant a, Instant b) => a.Ticks < b.Ticks;
    public static bool operator >(Instant a, Instant b) => a.Ticks > b.Ticks;
    public static bool operator <=(Instant a, Instant b) => a.Ticks <= b.Ticks;
    public static bool operator >=(Instant a, Instant b) => a.Ticks >= b.Ticks;
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <summary>The earlier of two deadlines; null: no deadline.</summary>
    public static Instant? Earliest(Instant? a, Instant? b) => a is { } x && b is { } y ? (x < y ? x : y) : a ?? b;
}
