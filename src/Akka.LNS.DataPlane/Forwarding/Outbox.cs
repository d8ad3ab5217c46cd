using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>Control messages and PPP frames of all threads that wait to be sent together, in their order.</summary>
/// <param name="transport">Sends them.</param>
/// <param name="counters">Counts what was sent. Without an owner.</param>
internal sealed class Outbox(IL2tpTransport transport, ThreadCounters counters)
{
    private sealed unsafe class Batch
    {
        private readonly byte[] _memory = GC.AllocateArray<byte>(DatagramList.Size * SlotOctets, pinned: true);
        private readonly byte* _start;

        public Batch() => _start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]);

        public DatagramList Datagrams { get; } = new();
        public int Control { get; set; } // the others are PPP frames

        public void Add(in UdpFlow flow, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
        {
            var slot = _start + (Datagrams.Count * SlotOctets);
            first.CopyTo(new Span<byte>(slot, SlotOctets));
            second.CopyTo(new Span<byte>(slot + first.Length, SlotOctets - first.Length));
            Datagrams.Add(slot, first.Length + second.Length, flow);
        }
    }

    /// <summary>Maximum length of a datagram that waits. A longer one is sent at once.</summary>
    private const int SlotOctets = 2048;
    private readonly Lock _gate = new();    // held to add
    private readonly Lock _sending = new(); // held to send, so that batches keep their order
    private Batch _filling = new(), _spare = new();
    private volatile bool _hasSome;

    /// <summary>Takes a datagram of two parts. The second may be empty.</summary>
    /// <param name="what">Counter of the datagram: ControlOut or PppOut.</param>
    public void Add(in UdpFlow flow, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, PlaneCounter what)
    {
        if (flow.Listener >= transport.Listening.Count)
        {
            counters.DropShared(DropReason.SendFailed);
            return;
        }
        if (first.Length + second.Length > SlotOctets)
        {
            Send(flow, first, second, what);
            return;
        }
        while (!TryAdd(flow, first, second, what)) Flush();
    }

    /// <summary>Sends a datagram of two parts at once, behind those that wait.</summary>
    public void Send(in UdpFlow flow, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, PlaneCounter what)
    {
        Flush();
        if (transport.Send(flow, first, second)) counters.AddShared(what);
        else counters.DropShared(DropReason.SendFailed);
    }

    /// <summary>Sends all datagrams that wait.</summary>
    public void Flush()
    {
        if (!_hasSome) return;
        lock (_sending)
        {
            lock (_gate)
            {
                if (!_hasSome) return;
                (_filling, _spare, _hasSome) = (_spare, _filling, false);
            }
            var (all, control) = (_spare.Datagrams.Count, _spare.Control);
            var refused = transport.WriteControl(_spare.Datagrams);
            _spare.Control = 0;
            var ppp = Math.Max(0, all - control - refused); // which were refused is unknown: the frames first
            counters.AddShared(PlaneCounter.PppOut, (ulong)ppp);
            counters.AddShared(PlaneCounter.ControlOut, (ulong)(all - refused - ppp));
            if (refused > 0) counters.DropShared(DropReason.SendFailed, (ulong)refused);
        }
    }

    private bool TryAdd(in UdpFlow flow, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, PlaneCounter what)
    {
        lock (_gate)
        {
            if (_filling.Datagrams.IsFull) return false;
            _filling.Add(flow, first, second);
            if (what == PlaneCounter.ControlOut) _filling.Control++;
            _hasSome = true;
            return true;
        }
    }
}
