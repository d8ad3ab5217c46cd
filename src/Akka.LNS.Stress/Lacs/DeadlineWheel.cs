namespace Akka.LNS.Stress.Lacs;

/// <summary>
/// Timer wheel: returns numbers at their deadline or later, in constant time. A number with a deadline beyond the wheel comes early: the
/// caller compares the deadline and adds the number again.
/// </summary>
internal sealed class DeadlineWheel
{
    private const int Buckets = 256;
    private readonly List<int>[] _buckets = new List<int>[Buckets];
    private readonly long _tick;
    private long _taken; // last tick that was handled
    private int _at;     // numbers taken from its bucket

    public DeadlineWheel(long tick, long now)
    {
        (_tick, _taken) = (tick, now / tick);
        for (var i = 0; i < Buckets; i++) _buckets[i] = [];
    }

    public void Add(int number, long deadline)
    {
        var tick = Math.Clamp(deadline / _tick + 1, _taken + 1, _taken + Buckets - 1);
        _buckets[tick % Buckets].Add(number);
    }

    /// <summary>Takes the next due number.</summary>
    public bool TryTake(long now, out int number)
    {
        for (var due = now / _tick; ;)
        {
            var bucket = _buckets[_taken % Buckets];
            if (_at < bucket.Count)
            {
                number = bucket[_at++];
                return true;
            }
            bucket.Clear();
            _at = 0;
            number = -1;
            if (_taken >= due) return false;
            _taken++;
        }
    }
}
