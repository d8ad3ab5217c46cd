namespace Akka.LNS.Protocol;

/// <summary>SplitMix64: a small deterministic generator for values that need not be secret: identifiers, magic numbers, jitter.</summary>
internal record struct SplitMix(ulong State)
{
    public ulong Next()
    {
        var z = State += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Never zero: a Magic-Number of zero is illegal (RFC 1661 section 6.4).</summary>
    public uint NextMagic()
    {
        uint magic;
        do magic = (uint)Next();
        while (magic == 0);
        return magic;
    }

    /// <summary>A number from 0 inclusive to 1 exclusive.</summary>
    public double NextShare() => (Next() >> 11) * (1.0 / (1UL << 53));
}
