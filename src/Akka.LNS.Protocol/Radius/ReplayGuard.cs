using System.Buffers.Binary;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Source of a request. An IPv4 address is mapped to IPv6 (::ffff:192.0.2.1).</summary>
public readonly record struct RequestSource(UInt128 Address, ushort Port);

/// <summary>What a request that proves its secret is.</summary>
public enum ReplayVerdict : byte
{
    /// <summary>A new request. <see cref="ReplayGuard.Settle"/> follows.</summary>
    New,
    /// <summary>A retransmission of a request that has its answer: it gets the same answer.</summary>
    AnswerAgain,
    /// <summary>A retransmission of a request that has no answer yet: it is dropped.</summary>
    UnderWay,
    /// <summary>Its Event-Timestamp is outside of the window: it is dropped (RFC 5176 section 6.3).</summary>
    Stale,
    /// <summary>It has no Event-Timestamp, and one is required: it is dropped.</summary>
    NoTimestamp,
    /// <summary>It has the octets of a request from another source: it is dropped.</summary>
    Replayed,
    /// <summary>No further request can be remembered, so that its retransmission would be done again: it is refused.</summary>
    Full,
}

/// <summary>
/// Remembers requests, so that each is done once. A retransmission (same source and octets) gets the same answer (RFC 5176 section 2.3). A
/// copy with a timestamp from another source gets none. The Request Authenticator stands for the octets, since it is their hash with the
/// secret.
/// </summary>
/// <param name="window">
/// Maximum difference of Event-Timestamp from now, in both directions. A request is remembered while its timestamp is inside.
/// </param>
/// <param name="mustHaveTimestamp">A request without Event-Timestamp is dropped.</param>
/// <param name="most">Maximum number of requests that are remembered.</param>
/// <remarks>Not for several threads.</remarks>
public sealed class ReplayGuard(TimeSpan window, bool mustHaveTimestamp, int most)
{
    /// <summary>
    /// Time that a request without a timestamp is remembered, for its retransmissions. Later its copy cannot be told from another request
    /// with the same content.
    /// </summary>
    public static readonly TimeSpan Retransmissions = TimeSpan.FromSeconds(30);

    /// <summary>Identity of a request.</summary>
    /// <param name="From">
    /// Source of a request without a timestamp. With a timestamp it is default, so that copies from other sources are found.
    /// </param>
    public readonly record struct Key(UInt128 Authenticator, RequestSource From);

    private sealed class Entry(RequestSource from)
    {
        public RequestSource From { get; } = from;
        public bool IsAnswered;
        public ErrorCause? Cause;
    }

    private readonly Dictionary<Key, Entry> _known = [];
    private readonly PriorityQueue<Key, Instant> _ends = new();

    public int Count => _known.Count;

    /// <summary>Judges a request, and remembers it when it is new.</summary>
    /// <param name="timestamp">Event-Timestamp, in seconds since 1970 UTC.</param>
    /// <param name="cause">For AnswerAgain: Error-Cause of the earlier answer; null: it was an ACK.</param>
    public ReplayVerdict Check(RequestSource from, ReadOnlySpan<byte> authenticator, uint? timestamp, DateTimeOffset utcNow, Instant now,
        out Key key, out ErrorCause? cause)
    {
        cause = null;
        while (_ends.TryPeek(out var oldest, out var end) && end <= now)
        {
            _ends.Dequeue();
            _known.Remove(oldest);
        }
        key = new Key(BinaryPrimitives.ReadUInt128BigEndian(authenticator), timestamp is null ? from : default);
        var keep = Retransmissions;
        if (timestamp is { } stamp)
        {
            var age = utcNow - DateTimeOffset.FromUnixTimeSeconds(stamp);
            if (age > window || age < -window) return ReplayVerdict.Stale;
            keep = window - age + TimeSpan.FromSeconds(1); // afterwards it is stale
        }
        else if (mustHaveTimestamp)
        {
            return ReplayVerdict.NoTimestamp;
        }
        if (_known.TryGetValue(key, out var known))
        {
            if (known.From != from) return ReplayVerdict.Replayed;
            cause = known.Cause;
            return known.IsAnswered ? ReplayVerdict.AnswerAgain : ReplayVerdict.UnderWay;
        }
        if (_known.Count >= most) return ReplayVerdict.Full;
        _known.Add(key, new Entry(from));
        _ends.Enqueue(key, now + keep);
        return ReplayVerdict.New;
    }

    /// <summary>Remembers the answer to a request that was New.</summary>
    public void Settle(Key key, ErrorCause? cause)
    {
        if (!_known.TryGetValue(key, out var known)) return; // forgotten: the answer took longer than retransmissions come
        (known.IsAnswered, known.Cause) = (true, cause);
    }
}
