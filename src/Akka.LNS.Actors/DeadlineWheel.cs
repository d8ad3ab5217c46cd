using System.Numerics;

namespace Akka.LNS.Actors;

/// <summary>
/// The deadlines of all actors of one actor system, in slots of 8 ms that one thread runs. The thread sleeps until the first slot in use.
/// A wake-up that is cancelled leaves its slot at once.
/// </summary>
/// <remarks>
/// Akka's scheduler wakes up every tick, adds an object to each entry and holds a cancelled entry until its time. A node at rest with
/// 50,000 sessions has 100,000 deadlines.
/// </remarks>
internal sealed class DeadlineWheel : IExtension
{
    /// <summary>Maximum time ahead of a deadline.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromSeconds(60);

    private const int SlotCount = 8192; // a power of two; 65.5 s, more than the horizon
    private const long SlotTicks = 8 * TimeSpan.TicksPerMillisecond;

    /// <summary>A deadline that is more than 5 s ahead ends in each sixteenth slot, so that one wake-up serves many actors.</summary>
    private const long CoarseSlots = 16, CoarseFrom = 5 * TimeSpan.TicksPerSecond / SlotTicks;

    private sealed class Provider : ExtensionIdProvider<DeadlineWheel>
    {
        public static readonly Provider Instance = new();
        public override DeadlineWheel CreateExtension(ExtendedActorSystem system) => new(system, TimeProvider.System);
    }

    private readonly object _lock = new(); // pulsed when the thread must wake up earlier
    private readonly DeadlineReached?[] _slots = new DeadlineReached?[SlotCount];
    private readonly ulong[] _used = new ulong[SlotCount / 64];
    private readonly TimeProvider _clock;
    private readonly long _start;
    private long _next; // number of the first slot that has not run
    private long _wake; // number of the slot for which the thread sleeps
    private bool _isStopped;

    internal DeadlineWheel(ActorSystem system, TimeProvider clock)
    {
        (_clock, _start) = (clock, clock.GetTimestamp());
        new Thread(Run) { IsBackground = true, Name = "lns-deadlines" }.Start();
        system.RegisterOnTermination(() =>
        {
            lock (_lock)
            {
                _isStopped = true;
                Monitor.Pulse(_lock);
            }
        });
    }

    public static DeadlineWheel Of(ActorSystem system) => (DeadlineWheel)system.RegisterExtension(Provider.Instance);

    /// <summary>All wake-ups to come.</summary>
    public IReadOnlyList<DeadlineReached> Armed
    {
        get
        {
            var armed = new List<DeadlineReached>();
            lock (_lock)
            {
                foreach (var first in _slots)
                    for (var entry = first; entry is not null; entry = entry.Next) armed.Add(entry);
            }
            return armed;
        }
    }

    /// <summary>Arms a wake-up. It never comes before <paramref name="delay"/>, which is at most <see cref="Horizon"/>.</summary>
    public void Add(DeadlineReached entry, TimeSpan delay)
    {
        lock (_lock)
        {
            var now = Elapsed;
            var slot = (now + delay.Ticks + SlotTicks - 1) / SlotTicks;
            // the thread moves _next only when it runs, and it may have slept for a minute or more
            if (slot - _next >= SlotCount) _next = Math.Min(FirstUsed(), now / SlotTicks);
            if (slot - _next >= CoarseFrom) slot = (slot + CoarseSlots - 1) / CoarseSlots * CoarseSlots;
            slot = Math.Clamp(slot, _next, _next + SlotCount - 1);
            var index = (int)(slot & (SlotCount - 1));
            ref var first = ref _slots[index];
            entry.Slot = index;
            entry.Next = first;
            if (first is not null) first.Previous = entry;
            first = entry;
            _used[index >> 6] |= 1UL << (index & 63);
            if (slot < _wake)
            {
                _wake = slot;
                Monitor.Pulse(_lock);
            }
        }
    }

    /// <summary>Cancels a wake-up. Without effect when it has run.</summary>
    public void Remove(DeadlineReached entry)
    {
        lock (_lock)
        {
            if (entry.Slot < 0) return;
            if (entry.Previous is { } previous) previous.Next = entry.Next;
            else _slots[entry.Slot] = entry.Next;
            if (entry.Next is { } next) next.Previous = entry.Previous;
            if (_slots[entry.Slot] is null) _used[entry.Slot >> 6] &= ~(1UL << (entry.Slot & 63));
            Unlink(entry);
        }
    }

    private long Elapsed => _clock.GetElapsedTime(_start).Ticks;

    private static void Unlink(DeadlineReached entry)
    {
        (entry.Next, entry.Previous) = (null, null);
        entry.Slot = -1;
    }

    private void Run()
    {
        var due = new List<DeadlineReached>();
        while (true)
        {
            lock (_lock)
            {
                if (_isStopped) return;
                TakeDue(due);
                _wake = FirstUsed();
                if (due.Count == 0) Monitor.Wait(_lock, Pause());
            }
            foreach (var entry in due) entry.Send();
            due.Clear();
        }
    }

    /// <summary>Milliseconds until <see cref="_wake"/>, rounded up.</summary>
    private int Pause()
    {
        if (_wake == long.MaxValue) return Timeout.Infinite;
        var ticks = Math.Max(0, (_wake * SlotTicks) - Elapsed);
        return (int)((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
    }

    private void TakeDue(List<DeadlineReached> due)
    {
        var now = Elapsed / SlotTicks; // read once: no slot in use may be passed over
        while (FirstUsed() is var slot && slot <= now)
        {
            var index = (int)(slot & (SlotCount - 1));
            for (var entry = _slots[index]; entry is not null;)
            {
                due.Add(entry);
                var next = entry.Next;
                Unlink(entry);
                entry = next;
            }
            _slots[index] = null;
            _used[index >> 6] &= ~(1UL << (index & 63));
            _next = slot + 1;
        }
        _next = Math.Max(_next, now);
    }

    /// <summary>Number of the first slot in use from <see cref="_next"/> on; <see cref="long.MaxValue"/>: there is none.</summary>
    private long FirstUsed()
    {
        var from = (int)(_next & (SlotCount - 1));
        for (var i = 0; i <= _used.Length; i++)
        {
            var word = ((from >> 6) + i) & (_used.Length - 1);
            var bits = _used[word];
            if (i == 0) bits &= ulong.MaxValue << (from & 63);
            else if (i == _used.Length) bits &= ~(ulong.MaxValue << (from & 63));
            if (bits == 0) continue;
            var index = (word << 6) + BitOperations.TrailingZeroCount(bits);
            return _next + ((index - from) & (SlotCount - 1));
        }
        return long.MaxValue;
    }
}
