namespace Akka.LNS.Stress.Lacs;

/// <summary>
/// Looks at things when their time has come, at the earliest, in constant time. What is far away comes back early: whoever takes a number compares its own
/// deadline and adds it again.
/// </summary>
internal sealed class DeadlineWheel
{
    private const int Buckets = 256;
    private readonly List<int>[] _buckets = new List<int>[Buckets];
    private readonly long _tick;
    private long _taken; // the last tick that was looked at
    private int _at;     // how much of its bucket was taken

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

    /// <summary>The next number whose time has come.</summary>
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
