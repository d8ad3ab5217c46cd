using System.Globalization;
using System.Text;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>
/// Generates Acct-Session-Ids of group, epoch and counter, for example "default-6925f3a0-0000002a". They are unique across restarts: the
/// epoch is the second of the start, and always higher than the one before.
/// </summary>
/// <param name="Prefix">The group, shortened so that an id has at most 32 octets.</param>
public readonly record struct AcctSessionIds(string Prefix, uint Epoch, uint Counter)
{
    /// <summary>Maximum length of an Acct-Session-Id in octets: accounting databases have at least that much room.</summary>
    public const int MaxLength = 32;
    private const int SuffixLength = 18; // -eeeeeeee-cccccccc
    private const int MaxPrefixLength = MaxLength - SuffixLength;

    /// <summary>The generator of one process.</summary>
    /// <param name="previousEpoch">Highest epoch that the group has used; 0: none is known. Two starts in one second differ.</param>
    public static AcctSessionIds Start(string group, DateTimeOffset startedUtc, uint previousEpoch = 0)
    {
        var seconds = (uint)Math.Clamp(startedUtc.ToUnixTimeSeconds(), 0, uint.MaxValue);
        return new AcctSessionIds(Shorten(group), seconds > previousEpoch ? seconds : previousEpoch + 1, 0);
    }

    /// <summary>The next id, and the generator of the one after it.</summary>
    public (string Id, AcctSessionIds Next) Take()
    {
        var next = Counter == uint.MaxValue ? this with { Epoch = Epoch + 1, Counter = 0 } : this with { Counter = Counter + 1 };
        return (string.Create(CultureInfo.InvariantCulture, $"{next.Prefix}-{next.Epoch:x8}-{next.Counter:x8}"), next);
    }

    /// <summary>Shortens a long group to its beginning and a hash of the whole, so two long groups stay different.</summary>
    private static string Shorten(string group)
    {
        if (Encoding.UTF8.GetByteCount(group) <= MaxPrefixLength) return group;
        var kept = Wire.Radius.RadiusPacketWriter.Cut(group, MaxPrefixLength - 9, out _);
        return string.Create(CultureInfo.InvariantCulture, $"{kept}~{Fnv1a.Hash(group):x8}");
    }
}
