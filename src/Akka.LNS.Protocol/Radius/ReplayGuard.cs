using System.Buffers.Binary;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Where a request came from; IPv4 addresses as IPv6 has them (::ffff:192.0.2.1).</summary>
public readonly record struct RequestSource(UInt128 Address, ushort Port);

/// <summary>What is to be done with a request that has proved its secret.</summary>
public enum ReplayVerdict : byte
{
    /// <summary>It is judged for the first time; <see cref="ReplayGuard.Settle"/> follows.</summary>
    New,
    /// <summary>A retransmission of one that was answered: the same answer again.</summary>
    AnswerAgain,
    /// <summary>A retransmission of one that has no answer yet: silence.</summary>
    UnderWay,
    /// <summary>Its Event-Timestamp is outside of the window: silence (RFC 5176 section 6.3).</summary>
    Stale,
    /// <summary>It has no Event-Timestamp, and one is required: silence.</summary>
    NoTimestamp,
    /// <summary>The octets of a request of somebody else: silence.</summary>
    Replayed,
    /// <summary>As many are remembered as may be: it could not be told from its own repetition, so nothing is done.</summary>
    Full,
}

/// <summary>
/// Remembers requests, so that each is done once: a retransmission (same source and octets) gets the same answer (RFC 5176 section 2.3), a copy of one with a timestamp from another
/// source gets none. The Request Authenticator stands for the octets: it is their hash with the secret.
/// </summary>
/// <param name="window">How far Event-Timestamp may be from now, either way; what has one is remembered while it is inside.</param>
/// <param name="mustHaveTimestamp">Without one a request is not taken.</param>
/// <param name="most">Requests remembered at a time.</param>
/// <remarks>One owner only: it is not for several threads.</remarks>
public sealed class ReplayGuard(TimeSpan window, bool mustHaveTimestamp, int most)
{
    /// <summary>A request without a timestamp is remembered for its retransmissions only: nothing tells its copy from another request with the same content.</summary>
    public static readonly TimeSpan Retransmissions = TimeSpan.FromSeconds(30);

    /// <summary>One request.</summary>
    /// <param name="From">Of one without a timestamp; of one with it, nothing: its copies from elsewhere are to be found.</param>
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

    /// <param name="timestamp">Event-Timestamp: seconds since 1970 UTC.</param>
    /// <param name="cause">Of AnswerAgain: null: it was acknowledged.</param>
    public ReplayVerdict Check(RequestSource from, ReadOnlySpan<byte> authenticator, uint? timestamp, DateTimeOffset utcNow, Instant now, out Key key, out ErrorCause? cause)
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
            keep = window - age + TimeSpan.FromSeconds(1); // after that it is stale
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

    /// <summary>The answer to a request that was New.</summary>
    public void Settle(Key key, ErrorCause? cause)
    {
        if (!_known.TryGetValue(key, out var known)) return; // forgotten: the answer took longer than anybody asks again
        (known.IsAnswered, known.Cause) = (true, cause);
    }
}
