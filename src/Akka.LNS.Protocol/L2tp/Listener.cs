using System.Collections.Immutable;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>Source of an SCCRQ. SCCRQs with the same origin come from the same LAC and name the same tunnel.</summary>
/// <param name="Address">Remote address, IPv4 addresses are mapped to IPv6.</param>
/// <param name="PeerTunnelId">Assigned Tunnel ID of the LAC; zero: the AVP is hidden, and its secret is unknown.</param>
public readonly record struct SccrqOrigin(UInt128 Address, ushort Port, TunnelId PeerTunnelId);

/// <summary>Event of the listener.</summary>
public abstract record ListenerEvent
{
    private ListenerEvent() { }

    /// <summary>A datagram with an SCCRQ for tunnel id 0.</summary>
    public sealed record SccrqReceived(SccrqOrigin Origin) : ListenerEvent;

    /// <summary>The tunnel of <paramref name="Offer"/> is admitted.</summary>
    public sealed record Admitted(ListenerEffect.Offer Offer) : ListenerEvent;

    /// <summary>The tunnel of <paramref name="Offer"/> is refused.</summary>
    /// <param name="Ns">Ns of the SCCRQ.</param>
    /// <param name="Code">Result of the StopCCN.</param>
    public sealed record Refused(ListenerEffect.Offer Offer, ushort Ns, ResultCode Code) : ListenerEvent;

    /// <summary>A tunnel is established. The LAC has proved its address, and its secret if one is configured.</summary>
    public sealed record Opened(ushort Local) : ListenerEvent;

    /// <summary>The calls of a tunnel have ended. The tunnel only finishes the protocol.</summary>
    public sealed record Closing(ushort Local) : ListenerEvent;

    /// <summary>A tunnel has ended, normally or by a failure.</summary>
    public sealed record Gone(ushort Local) : ListenerEvent;
}

/// <summary>What the shell of the listener must do, in order.</summary>
public abstract record ListenerEffect
{
    private ListenerEffect() { }

    /// <summary>The SCCRQ is a retransmission. Pass the datagram to this tunnel.</summary>
    public sealed record Forward(ushort Local) : ListenerEffect;

    /// <summary>
    /// The SCCRQ requests a new tunnel. Decide, and answer with <see cref="ListenerEvent.Admitted"/> or
    /// <see cref="ListenerEvent.Refused"/>.
    /// </summary>
    /// <param name="Local">Tunnel id of the new tunnel; null: none is free.</param>
    public sealed record Offer(SccrqOrigin Origin, ushort? Local) : ListenerEffect;

    /// <summary>Create the tunnel, and pass the datagram to it.</summary>
    public sealed record Create(ushort Local) : ListenerEffect;

    /// <summary>Send this StopCCN.</summary>
    public sealed record Answer(byte[] StopCcn) : ListenerEffect;

    /// <summary>The LAC restarted and uses the tunnel id of this tunnel for a new one. End this tunnel without a StopCCN.</summary>
    public sealed record Supersede(ushort Local) : ListenerEffect;

    /// <summary>The tunnel no longer counts as up. Comes once for each tunnel.</summary>
    public sealed record Down(ushort Local) : ListenerEffect;

    /// <summary>Remove the tunnel. Its id is in quarantine. Comes once, after <see cref="Down"/>.</summary>
    /// <param name="Lingered">The tunnel spent some time in closing.</param>
    public sealed record Remove(ushort Local, bool Lingered) : ListenerEffect;
}

/// <summary>
/// Decides about control messages for tunnel id 0. Distinguishes a repeated SCCRQ from a new one, allocates tunnel ids, and replaces the
/// tunnel of a LAC that restarted. A refused SCCRQ needs no state (<see cref="SccrqRefusal"/>).
/// </summary>
/// <remarks>Not a state record: it has one owner, which changes it in place. It holds plain data.</remarks>
public sealed class Listener
{
    /// <summary>
    /// Time for which an SCCRQ with a known origin is a retransmission: a full retransmission cycle. A later one means that the LAC has
    /// restarted.
    /// </summary>
    public static readonly TimeSpan SccrqHorizon = TimeSpan.FromSeconds(35);

    private sealed class Entry(ushort local, SccrqOrigin origin, Instant began)
    {
        public ushort Local { get; } = local;
        public SccrqOrigin Origin { get; } = origin;
        public Instant Began { get; } = began;
        public bool IsOpen { get; set; }
        public bool IsClosing { get; set; }

        /// <summary>
        /// The tunnel that this one replaces when it is established, with its own predecessors. It is not replaced earlier, because an
        /// SCCRQ proves nothing.
        /// </summary>
        public Entry? Before { get; set; }
    }

    private readonly IdAllocator _ids;
    private readonly Dictionary<SccrqOrigin, Entry> _byOrigin = [];
    private readonly Dictionary<ushort, Entry> _byLocal = [];

    /// <param name="seed">Random seed of the tunnel ids.</param>
    /// <param name="quarantine">Time before the id of an ended tunnel is used again.</param>
    public Listener(ulong seed, TimeSpan quarantine, Instant now)
    {
        _ids = new IdAllocator(seed, quarantine);
        _ids.TryAllocate(now, out var id);
        Refusing = new TunnelId(id);
    }

    /// <summary>Assigned Tunnel ID in refusals. No tunnel has this id. A message with this id acknowledges a refusal.</summary>
    public TunnelId Refusing { get; }

    public bool IsOpen(ushort local) => _byLocal.TryGetValue(local, out var entry) && entry.IsOpen;

    public bool IsClosing(ushort local) => _byLocal.TryGetValue(local, out var entry) && entry.IsClosing;

    public ImmutableArray<ListenerEffect> On(ListenerEvent ev, Instant now) => ev switch
    {
        ListenerEvent.SccrqReceived s => [Receive(s.Origin, now)],
        ListenerEvent.Admitted { Offer: { Local: { } local } offer } => [Create(offer.Origin, local, now)],
        ListenerEvent.Refused r => Refuse(r),
        ListenerEvent.Opened o when _byLocal.TryGetValue(o.Local, out var entry) => Open(entry),
        ListenerEvent.Closing c when _byLocal.TryGetValue(c.Local, out var entry) && !entry.IsClosing => [Close(entry)],
        ListenerEvent.Gone g when _byLocal.Remove(g.Local, out var entry) => Remove(entry, now),
        _ => [], // the tunnel has ended
    };

    private ListenerEffect Receive(SccrqOrigin origin, Instant now)
    {
        if (_byOrigin.TryGetValue(origin, out var known) && now - known.Began < SccrqHorizon)
            return new ListenerEffect.Forward(known.Local);
        return new ListenerEffect.Offer(origin, _ids.TryAllocate(now, out var local) ? local : null);
    }

    private ListenerEffect.Create Create(SccrqOrigin origin, ushort local, Instant now)
    {
        var entry = new Entry(local, origin, now) { Before = _byOrigin.GetValueOrDefault(origin) };
        if (entry.Before is { } before) before.Before = LatestOf(before.Before); // drops the entries of ended tunnels
        _byOrigin[origin] = entry;
        _byLocal.Add(local, entry);
        return new ListenerEffect.Create(local);
    }

    private ImmutableArray<ListenerEffect> Refuse(ListenerEvent.Refused refused)
    {
        if (refused.Offer.Local is { } local) _ids.Free(local); // the LAC does not know this id
        var peer = refused.Offer.Origin.PeerTunnelId;
        return peer.IsZero ? [] // the answer could not reach a tunnel
            : [new ListenerEffect.Answer(SccrqRefusal.Encode(Refusing, peer, refused.Ns, refused.Code))];
    }

    private ImmutableArray<ListenerEffect> Open(Entry entry)
    {
        entry.IsOpen = true;
        var effects = new EffectBuffer<ListenerEffect>();
        for (var before = LatestOf(entry.Before); before is not null; before = LatestOf(before.Before))
            effects.Add(new ListenerEffect.Supersede(before.Local));
        entry.Before = null;
        return effects.ToImmutable();
    }

    private ListenerEffect.Down Close(Entry entry)
    {
        entry.IsClosing = true;
        Forget(entry); // a new SCCRQ of the same origin is a new tunnel
        return new ListenerEffect.Down(entry.Local);
    }

    private ImmutableArray<ListenerEffect> Remove(Entry entry, Instant now)
    {
        Forget(entry);
        _ids.Release(entry.Local, now);
        var remove = new ListenerEffect.Remove(entry.Local, Lingered: entry.IsClosing);
        return entry.IsClosing ? [remove] : [new ListenerEffect.Down(entry.Local), remove];
    }

    private bool IsCurrent(Entry entry) => _byLocal.TryGetValue(entry.Local, out var current) && ReferenceEquals(current, entry);

    /// <summary>The latest of an entry and its predecessors whose tunnel has not ended; null: all have ended.</summary>
    private Entry? LatestOf(Entry? entry)
    {
        while (entry is not null && !IsCurrent(entry)) entry = entry.Before;
        return entry;
    }

    /// <summary>Removes an entry. A tunnel that it did not replace gets the origin again.</summary>
    private void Forget(Entry entry)
    {
        if (!_byOrigin.TryGetValue(entry.Origin, out var current) || !ReferenceEquals(current, entry)) return;
        var before = LatestOf(entry.Before);
        while (before is { IsClosing: true }) before = LatestOf(before.Before);
        if (before is not null) _byOrigin[entry.Origin] = before;
        else _byOrigin.Remove(entry.Origin);
    }
}
