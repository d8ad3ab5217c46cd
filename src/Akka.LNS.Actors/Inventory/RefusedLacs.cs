using System.Collections.Immutable;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Inventory;

/// <summary>A tunnel that was refused, or that ended before it was established.</summary>
/// <param name="HostName">Host Name AVP, as the LAC sent it.</param>
/// <param name="Entry">Key of the entry of <c>tunnels.peers</c> that matches; null: none does.</param>
/// <param name="Refused">The refusal.</param>
/// <param name="Failure">Why the set-up failed; null: the SCCRQ was refused.</param>
internal readonly record struct RefusedTunnel(string HostName, UdpFlow Flow, string? Entry, Refused Refused, EndReason? Failure = null)
{
    /// <summary>The reason. Names what was looked for when no entry matches.</summary>
    public EndReason Why => Failure ?? (Refused is { Reason: RefusalReason.UnknownLac, Words: null }
        ? new EndReason(EndParty.Lns, EndLayer.Tunnel, EndCause.Refused,
            $"no tunnels.peers entry matches host name '{HostName}' or address {UdpFlow.ToIPAddress(Flow.RemoteAddress)}")
        : Refused.ToEndReason(EndLayer.Tunnel));
}

/// <summary>Refused tunnels of one LAC with one reason.</summary>
/// <param name="Entry">Key of the entry of <c>tunnels.peers</c> that matched last; null: none does.</param>
/// <param name="Why">The last reason in words.</param>
public sealed record RefusedLac(
    string HostName, string Address, string? Entry, RefusalReason Reason, EndReason Why, long Count, DateTimeOffset First,
    DateTimeOffset Last);

/// <summary>
/// The LACs whose tunnels were refused most recently, by Host Name, address and reason. Bounded: the one that was refused longest ago is
/// dropped first.
/// </summary>
public sealed class RefusedLacs
{
    /// <summary>Maximum number of rows.</summary>
    public const int Max = 256;

    private sealed class Row
    {
        public required RefusedTunnel Tunnel { get; set; }
        public required DateTimeOffset First { get; init; }
        public DateTimeOffset Last { get; set; }
        public long Count { get; set; }
    }

    private readonly Lock _lock = new();
    private readonly LinkedList<Row> _byAge = new(); // the most recent last
    private readonly Dictionary<(string, UInt128, RefusalReason), LinkedListNode<Row>> _rows = [];

    /// <summary>All rows, the most recent first.</summary>
    public ImmutableArray<RefusedLac> All
    {
        get
        {
            lock (_lock)
                return [.. _byAge.Reverse().Select(static r => new RefusedLac(r.Tunnel.HostName,
                    UdpFlow.ToIPAddress(r.Tunnel.Flow.RemoteAddress).ToString(), r.Tunnel.Entry, r.Tunnel.Refused.Reason, r.Tunnel.Why,
                    r.Count, r.First, r.Last))];
        }
    }

    internal void Count(in RefusedTunnel tunnel, DateTimeOffset now)
    {
        var key = KeyOf(tunnel);
        lock (_lock)
        {
            if (_rows.TryGetValue(key, out var node)) _byAge.Remove(node);
            else
            {
                if (_rows.Count >= Max)
                {
                    _rows.Remove(KeyOf(_byAge.First!.Value.Tunnel));
                    _byAge.RemoveFirst();
                }
                _rows.Add(key, node = new LinkedListNode<Row>(new Row { Tunnel = tunnel, First = now }));
            }
            (node.Value.Tunnel, node.Value.Last) = (tunnel, now);
            node.Value.Count++;
            _byAge.AddLast(node);
        }
    }

    private static (string, UInt128, RefusalReason) KeyOf(in RefusedTunnel t) => (t.HostName, t.Flow.RemoteAddress, t.Refused.Reason);
}
