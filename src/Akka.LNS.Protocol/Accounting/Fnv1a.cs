namespace Akka.LNS.Protocol.Accounting;

/// <summary>FNV-1a over UTF-16 code units, 32 bits: a hash that is the same in every process.</summary>
internal static class Fnv1a
{
    public static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var unit in text) hash = (hash ^ unit) * 16777619u;
        return hash;
    }
}
