using System.Globalization;
using System.Text;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>
/// Gives out Acct-Session-Ids: group, epoch, counter, e.g. "default-6925f3a0-0000002a". Unique across restarts because the epoch is the
/// second of the start, and never one that was used before.
/// </summary>
/// <param name="Prefix">The group, short enough that the whole has at most 32 octets.</param>
public readonly record struct AcctSessionIds(string Prefix, uint Epoch, uint Counter)
{
    /// <summary>Most octets of an Acct-Session-Id: what accounting databases have room for at the least.</summary>
    public const int MaxLength = 32;
    private const int SuffixLength = 18; // -eeeeeeee-cccccccc
    private const int MaxPrefixLength = MaxLength - SuffixLength;

    /// <param name="previousEpoch">Highest epoch that the group is known to have used, 0 when nothing is known: two starts in one second
    /// differ.</param>
    public static AcctSessionIds Start(string group, DateTimeOffset startedUtc, uint previousEpoch = 0)
    {
        var seconds = (uint)Math.Clamp(startedUtc.ToUnixTimeSeconds(), 0, uint.MaxValue);
        return new AcctSessionIds(Shorten(group), seconds > previousEpoch ? seconds : previousEpoch + 1, 0);
    }

    /// <summary>The next id, and the generator that gives the one after it.</summary>
    public (string Id, AcctSessionIds Next) Take()
    {
        var next = Counter == uint.MaxValue ? this with { Epoch = Epoch + 1, Counter = 0 } : this with { Counter = Counter + 1 };
        return (string.Create(CultureInfo.InvariantCulture, $"{next.Prefix}-{next.Epoch:x8}-{next.Counter:x8}"), next);
    }

    /// <summary>A long group keeps its beginning and gets a hash (FNV-1a) of the whole, so that two long groups stay apart.</summary>
    private static string Shorten(string group)
    {
        if (Encoding.UTF8.GetByteCount(group) <= MaxPrefixLength) return group;
        var kept = Wire.Radius.RadiusPacketWriter.Cut(group, MaxPrefixLength - 9, out _);
        return string.Create(CultureInfo.InvariantCulture, $"{kept}~{Fnv1a.Hash(group):x8}");
    }
}
