using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Inventory;

/// <summary>How one call ended.</summary>
/// <param name="At">UTC.</param>
/// <param name="Id">Acct-Session-Id.</param>
/// <param name="Address">None: it never had one.</param>
/// <param name="WasOn">The user was on.</param>
/// <param name="Duration">Since the ICRQ.</param>
public sealed record Disconnect(DateTimeOffset At, string Id, string User, string Lac, string Calling, Ipv4Address Address, bool WasOn, EndReason Why,
    TimeSpan Duration, ulong InOctets, ulong OutOctets);

/// <summary>The last ends of calls; the oldest makes room.</summary>
public sealed class DisconnectLog(int most)
{
    private readonly Lock _gate = new();
    private readonly Queue<Disconnect> _last = new();

    internal void Add(Disconnect disconnect)
    {
        lock (_gate)
        {
            if (_last.Count >= most) _last.Dequeue();
            _last.Enqueue(disconnect);
        }
    }

    /// <summary>A copy, the latest first.</summary>
    public Disconnect[] Latest()
    {
        Disconnect[] all;
        lock (_gate) all = _last.ToArray();
        Array.Reverse(all);
        return all;
    }
}
