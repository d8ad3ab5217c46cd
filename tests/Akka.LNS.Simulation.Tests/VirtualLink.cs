using Akka.LNS.Protocol;

namespace Akka.LNS.Simulation.Tests;

/// <summary>One end of a <see cref="VirtualLink"/>: machines and the shell that runs their effects.</summary>
public interface IVirtualNode
{
    Instant? NextDeadline { get; }
    void Tick(Instant now);
    /// <summary>Receives a datagram of the other end. The node may keep the octets.</summary>
    void Receive(byte[] datagram, Instant now);
}

/// <summary>Loss, duplication, delay and jitter of the link. Shares are 0 to 1.</summary>
/// <param name="Jitter">Maximum random addition to <paramref name="Delay"/>. It reorders datagrams.</param>
public sealed record LinkQuality(double Loss, double Duplication, TimeSpan Delay, TimeSpan Jitter)
{
    public static readonly LinkQuality Perfect = new(0, 0, TimeSpan.FromMilliseconds(1), TimeSpan.Zero);

    /// <summary>A link that loses a share of the datagrams, duplicates a tenth of that share, and reorders.</summary>
    public static LinkQuality Lossy(double loss) => new(loss, loss / 10, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20));
}

/// <summary>Two nodes and the datagrams between them, in virtual time. The same seed gives the same run.</summary>
public sealed class VirtualLink(LinkQuality quality, int seed)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(IVirtualNode To, byte[] Datagram), (long At, long Order)> _onTheWay = new();
    private readonly List<IVirtualNode> _nodes = [];
    private long _order;

    public Instant Now { get; private set; } = new(0);
    public LinkQuality Quality { get; set; } = quality;
    /// <summary>Number of datagrams sent, lost ones included.</summary>
    public long Sent { get; private set; }
    /// <summary>Receives each datagram sent, lost ones included.</summary>
    public Action<IVirtualNode, byte[]>? Tap { get; set; }

    public byte[] Entropy(int length)
    {
        var octets = new byte[length];
        _random.NextBytes(octets);
        return octets;
    }

    public void Attach(IVirtualNode node) => _nodes.Add(node);
    public void Detach(IVirtualNode node) => _nodes.Remove(node);

    /// <summary>Sends a copy of <paramref name="datagram"/>.</summary>
    public void Send(IVirtualNode to, ReadOnlySpan<byte> datagram)
    {
        Sent++;
        var octets = datagram.ToArray();
        Tap?.Invoke(to, octets);
        if (_random.NextDouble() < Quality.Loss) return;
        var copies = _random.NextDouble() < Quality.Duplication ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var at = Now + Quality.Delay + TimeSpan.FromTicks((long)(Quality.Jitter.Ticks * _random.NextDouble()));
            _onTheWay.Enqueue((to, octets.ToArray()), (at.Ticks, _order++));
        }
    }

    /// <summary>Advances to the next event. False: no event up to <paramref name="limit"/>.</summary>
    public bool Step(Instant limit)
    {
        Instant? due = null;
        foreach (var node in _nodes) due = Instant.Earliest(due, node.NextDeadline);
        var arrives = _onTheWay.TryPeek(out _, out var key) ? new Instant(key.At) : (Instant?)null;
        if (Instant.Earliest(due, arrives) is not { } next || next > limit) return false;
        if (next > Now) Now = next;
        if (arrives is { } a && a <= next)
        {
            var (to, datagram) = _onTheWay.Dequeue();
            if (_nodes.Contains(to)) to.Receive(datagram, Now);
            return true;
        }
        foreach (var node in _nodes.ToArray())
            if (node.NextDeadline is { } at && at <= Now) node.Tick(Now);
        return true;
    }

    /// <summary>Advances until <paramref name="done"/> holds. False: not within <paramref name="limit"/> of virtual time.</summary>
    public bool Run(TimeSpan limit, Func<bool> done)
    {
        var end = Now + limit;
        while (!done())
            if (!Step(end)) return done();
        return true;
    }

    /// <summary>Advances the virtual time by <paramref name="limit"/>.</summary>
    public void Run(TimeSpan limit)
    {
        var end = Now + limit;
        while (Step(end)) { }
        if (end > Now) Now = end;
    }
}
