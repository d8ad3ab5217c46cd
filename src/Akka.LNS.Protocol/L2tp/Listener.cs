using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>Source of an SCCRQ.</summary>
/// <param name="Address">Remote address, IPv4 addresses are mapped to IPv6.</param>
/// <param name="PeerTunnelId">Assigned Tunnel ID of the LAC; zero: the AVP is hidden, and its secret is unknown.</param>
public readonly record struct SccrqOrigin(UInt128 Address, ushort Port, TunnelId PeerTunnelId);

/// <summary>An SCCRQ for the listener.</summary>
/// <param name="Digest">Digest of the whole datagram: SCCRQs of one origin with the same digest are one SCCRQ.</param>
/// <param name="HostName">Host Name AVP.</param>
public readonly record struct SccrqKey(SccrqOrigin Origin, UInt128 Digest, string HostName)
{
    public static SccrqKey Of(SccrqOrigin origin, string hostName, ReadOnlySpan<byte> datagram)
    {
        Span<byte> digest = stackalloc byte[16];
        MD5.HashData(datagram, digest); // only the origin itself could make two with one digest, and gains nothing
        return new SccrqKey(origin, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest), hostName);
    }
}

/// <summary>Bounds of tunnels that are not up.</summary>
/// <param name="HalfOpen">
/// Maximum number of tunnels that never came up and whose address has not proved itself. A new one replaces the oldest.
/// </param>
/// <param name="HalfOpenPerAddress">Part of them that one address may have. Further SCCRQs of it are ignored.</param>
/// <param name="Pending">
/// Maximum number of tunnels in set-up from proven addresses, and of tunnels that only finish the protocol. A new one replaces the oldest.
/// </param>
public sealed record ListenerLimits(int HalfOpen, int HalfOpenPerAddress, int Pending)
{
    public static readonly ListenerLimits Default = new(1000, 100, 10_000);
}

/// <summary>Event of the listener.</summary>
public abstract record ListenerEvent
{
    private ListenerEvent() { }

    /// <summary>A datagram with an SCCRQ for tunnel id 0.</summary>
    public sealed record SccrqReceived(SccrqKey Key) : ListenerEvent;

    /// <summary>
    /// A datagram with a StopCCN for tunnel id 0: the LAC gives up a tunnel before it knows our id. Its Assigned Tunnel ID identifies the
    /// tunnel. RFC 2661 section 4.4.3.
    /// </summary>
    public sealed record StopReceived(SccrqOrigin Origin) : ListenerEvent;

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

    /// <summary>The message is for this tunnel. Pass the datagram to it.</summary>
    public sealed record Forward(ushort Local) : ListenerEffect;

    /// <summary>
    /// The SCCRQ requests a new tunnel. Decide, and answer with <see cref="ListenerEvent.Admitted"/> or
    /// <see cref="ListenerEvent.Refused"/>.
    /// </summary>
    /// <param name="Local">Tunnel id of the new tunnel; null: none is free.</param>
    public sealed record Offer(SccrqKey Key, ushort? Local) : ListenerEffect;

    /// <summary>Create the tunnel, and pass the datagram to it.</summary>
    /// <param name="IsProven">A tunnel was up from this address. False: the tunnel has little time to come up.</param>
    public sealed record Create(ushort Local, bool IsProven) : ListenerEffect;

    /// <summary>Send this StopCCN.</summary>
    public sealed record Answer(byte[] StopCcn) : ListenerEffect;

    /// <summary>The message is dropped: count it.</summary>
    public sealed record Ignore(L2tpError Why) : ListenerEffect;

    /// <summary>The LAC may have restarted: it asked for another tunnel. Ask at once whether it still knows this one.</summary>
    public sealed record Probe(ushort Local) : ListenerEffect;

    /// <summary>The LAC restarted and uses the tunnel id of this tunnel for a new one. End this tunnel without a StopCCN.</summary>
    public sealed record Supersede(ushort Local) : ListenerEffect;

    /// <summary>The place of a tunnel that is not up is needed. End it without a message.</summary>
    public sealed record Evict(ushort Local) : ListenerEffect;

    /// <summary>The tunnel no longer counts as up. Comes once for each tunnel.</summary>
    /// <param name="Lingers">It stays for some time in closing.</param>
    public sealed record Down(ushort Local, bool Lingers) : ListenerEffect;

    /// <summary>Remove the tunnel. Comes once, after <see cref="Down"/>.</summary>
    /// <param name="Lingered">The tunnel spent some time in closing.</param>
    public sealed record Remove(ushort Local, bool Lingered) : ListenerEffect;
}

/// <summary>
/// Decides about control messages for tunnel id 0. Distinguishes a repeated SCCRQ from a new one, allocates tunnel ids, bounds the tunnels
/// that are not up, and replaces the tunnel of a LAC that restarted. A refused SCCRQ needs no state (<see cref="SccrqRefusal"/>).
/// </summary>
/// <remarks>
/// Not a state record: it has one owner, which changes it in place. It holds plain data. Each tunnel that is not up is in one of three
/// lists, the oldest first: <see cref="_strangers"/> never came up and their address has not proved itself, <see cref="_pending"/> are in
/// set-up from a proven address, <see cref="_closing"/> are all others in closing.
/// </remarks>
public sealed class Listener
{
    /// <summary>
    /// Time for which an SCCRQ with the same octets is a retransmission: a full retransmission cycle. A later one means that the LAC has
    /// restarted.
    /// </summary>
    public static readonly TimeSpan SccrqHorizon = TimeSpan.FromSeconds(35);

    /// <summary>Maximum number of remembered addresses.</summary>
    public const int MaxProven = 10_000;

    /// <summary>
    /// Time from the opening of a tunnel to its first <see cref="ListenerEffect.Probe"/>: a LAC opens its tunnels in one burst.
    /// </summary>
    public static readonly TimeSpan FirstProbe = TimeSpan.FromSeconds(2);

    /// <summary>Minimum time between two probes of a tunnel. An SCCRQ proves nothing, so any host can cause one.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);

    private sealed class Entry(ushort local, SccrqKey key, Instant began)
    {
        public ushort Local { get; } = local;
        public SccrqKey Key { get; } = key;
        public SccrqOrigin Origin => Key.Origin;
        public Instant Began { get; } = began;
        public bool IsOpen { get; set; }
        public bool IsClosing { get; set; }
        public Instant NextProbe { get; set; }

        /// <summary>Place in one of the lists; null while the tunnel is up.</summary>
        public LinkedListNode<Entry>? Place { get; set; }

        /// <summary>
        /// The tunnel that this one replaces when it is established, with its own predecessors. It is not replaced earlier, because an
        /// SCCRQ proves nothing.
        /// </summary>
        public Entry? Before { get; set; }
    }

    private readonly IdAllocator _ids;
    private readonly Dictionary<SccrqOrigin, Entry> _byOrigin = [];
    private readonly Dictionary<(SccrqOrigin, UInt128), Entry> _byDigest = [];
    private readonly Dictionary<ushort, Entry> _byLocal = [];
    private readonly Dictionary<UInt128, HashSet<Entry>> _openByAddress = [];
    private readonly Dictionary<string, HashSet<Entry>> _openByHost = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<UInt128, int> _strangersOf = [];
    private readonly LinkedList<Entry> _strangers = new(), _pending = new(), _closing = new();
    private readonly ProvenAddresses _proven = new(MaxProven);

    /// <param name="seed">Random seed of the tunnel ids.</param>
    /// <param name="quarantine">Time before the id of a tunnel that was up is used again.</param>
    /// <param name="old">Ids of an earlier process that its LACs may still use: no new tunnel gets them.</param>
    public Listener(ulong seed, TimeSpan quarantine, ListenerLimits limits, Instant now, params IEnumerable<ushort> old)
    {
        _ids = new IdAllocator(seed, quarantine);
        foreach (var id in old) _ids.Reserve(id);
        _ids.TryAllocate(now, out var refusing);
        Refusing = new TunnelId(refusing);
        Limits = limits;
    }

    /// <summary>Assigned Tunnel ID in refusals. No tunnel has this id. A message with this id acknowledges a refusal.</summary>
    public TunnelId Refusing { get; }

    /// <summary>Bounds for new tunnels. Existing ones stay.</summary>
    public ListenerLimits Limits { get; set; }

    public bool IsOpen(ushort local) => _byLocal.TryGetValue(local, out var entry) && entry.IsOpen;

    public bool IsClosing(ushort local) => _byLocal.TryGetValue(local, out var entry) && entry.IsClosing;

    public ImmutableArray<ListenerEffect> On(ListenerEvent ev, Instant now) => ev switch
    {
        ListenerEvent.SccrqReceived s => Receive(s.Key, now),
        ListenerEvent.StopReceived s => [_byOrigin.TryGetValue(s.Origin, out var known) && !known.IsOpen
            ? new ListenerEffect.Forward(known.Local) : new ListenerEffect.Ignore(L2tpError.NoControlConnection)],
        ListenerEvent.Admitted { Offer: { Local: { } local } offer } => Create(offer.Key, local, now),
        ListenerEvent.Refused r => Refuse(r),
        ListenerEvent.Opened o when _byLocal.TryGetValue(o.Local, out var entry) && !entry.IsClosing => Open(entry, now),
        ListenerEvent.Closing c when _byLocal.TryGetValue(c.Local, out var entry) && !entry.IsClosing => Close(entry),
        ListenerEvent.Gone g when _byLocal.Remove(g.Local, out var entry) => Remove(entry, now),
        _ => [], // the tunnel has ended
    };

    private ImmutableArray<ListenerEffect> Receive(SccrqKey key, Instant now)
    {
        if (_byDigest.TryGetValue((key.Origin, key.Digest), out var known) && now - known.Began < SccrqHorizon)
            return [new ListenerEffect.Forward(known.Local)];
        var effects = new EffectBuffer<ListenerEffect>();
        if (_openByAddress.TryGetValue(key.Origin.Address, out var open))
        {
            foreach (var entry in open)
                if (entry.Origin == key.Origin || IsSameHost(entry, key)) Probe(entry, now, ref effects);
        }
        if (!IsProven(key.Origin.Address) && _strangersOf.GetValueOrDefault(Network(key.Origin.Address)) >= Limits.HalfOpenPerAddress)
            effects.Add(new ListenerEffect.Ignore(L2tpError.TooManyHalfOpen));
        else effects.Add(new ListenerEffect.Offer(key, _ids.TryAllocate(now, out var local) ? local : null));
        return effects.ToImmutable();
    }

    private ImmutableArray<ListenerEffect> Create(SccrqKey key, ushort local, Instant now)
    {
        var effects = new EffectBuffer<ListenerEffect>();
        var isProven = IsProven(key.Origin.Address);
        var entry = new Entry(local, key, now) { Before = _byOrigin.GetValueOrDefault(key.Origin) };
        if (entry.Before is { } before) before.Before = LatestOf(before.Before); // drops the entries of ended tunnels
        _byOrigin[key.Origin] = entry;
        _byDigest[(key.Origin, key.Digest)] = entry;
        _byLocal.Add(local, entry);
        var (list, limit) = isProven ? (_pending, Limits.Pending) : (_strangers, Limits.HalfOpen);
        if (list.Count >= limit && list.First is { } oldest) Evict(oldest.Value, ref effects);
        if (!isProven)
        {
            var network = Network(key.Origin.Address);
            _strangersOf[network] = _strangersOf.GetValueOrDefault(network) + 1;
        }
        entry.Place = list.AddLast(entry);
        effects.Add(new ListenerEffect.Create(local, isProven));
        return effects.ToImmutable();
    }

    private ImmutableArray<ListenerEffect> Refuse(ListenerEvent.Refused refused)
    {
        if (refused.Offer.Local is { } local) _ids.Free(local); // the LAC does not know this id
        var peer = refused.Offer.Key.Origin.PeerTunnelId;
        return peer.IsZero ? [] // the answer could not reach a tunnel
            : [new ListenerEffect.Answer(SccrqRefusal.Encode(Refusing, peer, refused.Ns, refused.Code))];
    }

    private ImmutableArray<ListenerEffect> Open(Entry entry, Instant now)
    {
        if (entry.IsOpen) return [];
        Leave(entry);
        entry.IsOpen = true;
        entry.NextProbe = now + FirstProbe;
        _proven.Add(entry.Origin.Address);
        var effects = new EffectBuffer<ListenerEffect>();
        for (var before = LatestOf(entry.Before); before is not null; before = LatestOf(before.Before))
            effects.Add(new ListenerEffect.Supersede(before.Local));
        entry.Before = null;
        // the LAC may have restarted with another address, which only the established tunnel proves
        if (_openByHost.TryGetValue(entry.Key.HostName, out var others))
        {
            foreach (var other in others)
                if (other.Origin.Address != entry.Origin.Address) Probe(other, now, ref effects);
        }
        SetOf(_openByAddress, entry.Origin.Address).Add(entry);
        SetOf(_openByHost, entry.Key.HostName).Add(entry);
        return effects.ToImmutable();
    }

    private static void Probe(Entry entry, Instant now, ref EffectBuffer<ListenerEffect> effects)
    {
        if (entry.IsClosing || now < entry.NextProbe) return;
        entry.NextProbe = now + ProbeInterval;
        effects.Add(new ListenerEffect.Probe(entry.Local));
    }

    private ImmutableArray<ListenerEffect> Close(Entry entry)
    {
        var effects = new EffectBuffer<ListenerEffect>();
        Close(entry, ref effects);
        if (entry.Place?.List != _strangers)
        {
            if (entry.Place is not null) Leave(entry);
            if (_closing.Count >= Limits.Pending && _closing.First is { } oldest) Evict(oldest.Value, ref effects);
            entry.Place = _closing.AddLast(entry);
        }
        return effects.ToImmutable();
    }

    private void Close(Entry entry, ref EffectBuffer<ListenerEffect> effects)
    {
        entry.IsClosing = true;
        Forget(entry); // a new SCCRQ of the same origin is a new tunnel
        effects.Add(new ListenerEffect.Down(entry.Local, Lingers: true));
    }

    private void Evict(Entry entry, ref EffectBuffer<ListenerEffect> effects)
    {
        Leave(entry);
        if (!entry.IsClosing) Close(entry, ref effects);
        effects.Add(new ListenerEffect.Evict(entry.Local));
    }

    private ImmutableArray<ListenerEffect> Remove(Entry entry, Instant now)
    {
        Leave(entry);
        Forget(entry);
        // the id of a tunnel that never came up need not rest: a late message has the address of its LAC
        if (entry.IsOpen) _ids.Release(entry.Local, now);
        else _ids.Free(entry.Local);
        var remove = new ListenerEffect.Remove(entry.Local, Lingered: entry.IsClosing);
        return entry.IsClosing ? [remove] : [new ListenerEffect.Down(entry.Local, Lingers: false), remove];
    }

    private bool IsProven(UInt128 address) => _proven.Contains(address) || _openByAddress.ContainsKey(address);

    /// <summary>An IPv4 address, or the network of 64 bits of an IPv6 address: one host has all of its addresses.</summary>
    private static UInt128 Network(UInt128 address) => address >> 32 == 0xFFFF ? address : address >> 64 << 64;

    private static bool IsSameHost(Entry entry, SccrqKey key) =>
        string.Equals(entry.Key.HostName, key.HostName, StringComparison.OrdinalIgnoreCase);

    private bool IsCurrent(Entry entry) => _byLocal.TryGetValue(entry.Local, out var current) && ReferenceEquals(current, entry);

    /// <summary>The latest of an entry and its predecessors whose tunnel has not ended; null: all have ended.</summary>
    private Entry? LatestOf(Entry? entry)
    {
        while (entry is not null && !IsCurrent(entry)) entry = entry.Before;
        return entry;
    }

    /// <summary>Takes an entry out of its list.</summary>
    private void Leave(Entry entry)
    {
        if (entry.Place is not { List: { } list } place) return;
        list.Remove(place);
        entry.Place = null;
        if (list != _strangers) return;
        var network = Network(entry.Origin.Address);
        if (--CollectionsMarshal.GetValueRefOrNullRef(_strangersOf, network) == 0) _strangersOf.Remove(network);
    }

    /// <summary>Removes an entry from the indexes. A tunnel that it did not replace gets the origin again.</summary>
    private void Forget(Entry entry)
    {
        if (_byDigest.TryGetValue((entry.Origin, entry.Key.Digest), out var same) && ReferenceEquals(same, entry))
            _byDigest.Remove((entry.Origin, entry.Key.Digest));
        if (entry.IsOpen)
        {
            Drop(_openByAddress, entry.Origin.Address, entry);
            Drop(_openByHost, entry.Key.HostName, entry);
        }
        if (!_byOrigin.TryGetValue(entry.Origin, out var current) || !ReferenceEquals(current, entry)) return;
        var before = LatestOf(entry.Before);
        while (before is { IsClosing: true }) before = LatestOf(before.Before);
        if (before is not null) _byOrigin[entry.Origin] = before;
        else _byOrigin.Remove(entry.Origin);
    }

    private static HashSet<Entry> SetOf<TKey>(Dictionary<TKey, HashSet<Entry>> index, TKey key) where TKey : notnull
    {
        if (!index.TryGetValue(key, out var set)) index.Add(key, set = []);
        return set;
    }

    private static void Drop<TKey>(Dictionary<TKey, HashSet<Entry>> index, TKey key, Entry entry) where TKey : notnull
    {
        if (index.TryGetValue(key, out var set) && set.Remove(entry) && set.Count == 0) index.Remove(key);
    }
}
