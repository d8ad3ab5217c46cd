using System.Globalization;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>
/// Generates Acct-Session-Ids of group, epoch and counter, for example "default-6925f3a07k2m9q-00002a". No two processes have the same
/// epoch: it is the second of the start and 30 random bits, so nodes of one group differ, also when they start in the same second, when
/// a clock was set back, and when they are copies of one machine. The ids of one node are in the order of time.
/// </summary>
/// <param name="Prefix">The beginning of the group, so that an id has at most 32 octets.</param>
/// <param name="Epoch">Second of the start, UTC, since 1970; always higher than the one before on this node.</param>
/// <param name="Entropy">The random bits of the epoch.</param>
public readonly record struct AcctSessionIds(string Prefix, uint Epoch, uint Entropy, uint Counter)
{
    /// <summary>Maximum length of an Acct-Session-Id in octets: accounting databases have at least that much room.</summary>
    public const int MaxLength = 32;
    private const int SuffixLength = 22; // -eeeeeeeerrrrrr-cccccc
    private const int MaxPrefixLength = MaxLength - SuffixLength;
    private const int EntropyDigits = 6;
    private const int BitsPerDigit = 5;
    private const uint LastCounter = 0xFF_FFFF;

    /// <summary>Base 32 without letters that look like digits. One case only: databases compare without case.</summary>
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>The generator of one process.</summary>
    /// <param name="random">Random bits, unpredictable, new for each process; the lowest 30 are used.</param>
    /// <param name="previousEpoch">Highest epoch that this node has used; 0: none is known.</param>
    public static AcctSessionIds Start(string group, DateTimeOffset startedUtc, uint random, uint previousEpoch = 0)
    {
        var seconds = (uint)Math.Clamp(startedUtc.ToUnixTimeSeconds(), 0, uint.MaxValue);
        return new AcctSessionIds(Wire.Text.PeerText.Cut(group, MaxPrefixLength, out _).ToString(),
            seconds > previousEpoch ? seconds : previousEpoch + 1, random & ((1u << (EntropyDigits * BitsPerDigit)) - 1), 0);
    }

    /// <summary>The next id, and the generator of the one after it.</summary>
    public (string Id, AcctSessionIds Next) Take()
    {
        var next = Counter == LastCounter ? this with { Epoch = Epoch + 1, Counter = 0 } : this with { Counter = Counter + 1 };
        Span<char> entropy = stackalloc char[EntropyDigits];
        for (var (i, left) = (EntropyDigits - 1, Entropy); i >= 0; i--, left >>= BitsPerDigit)
            entropy[i] = Digits[(int)(left % (uint)Digits.Length)];
        return (string.Create(CultureInfo.InvariantCulture, $"{next.Prefix}-{next.Epoch:x8}{entropy}-{next.Counter:x6}"), next);
    }
}
