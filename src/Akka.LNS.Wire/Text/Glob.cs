namespace Akka.LNS.Wire.Text;

/// <summary>
/// Name patterns of operators: <c>*</c> stands for any characters, <c>?</c> for exactly one. No character escapes another.
/// </summary>
public static class Glob
{
    /// <summary>True when <paramref name="text"/> has a wildcard.</summary>
    public static bool IsPattern(ReadOnlySpan<char> text) => text.IndexOfAny('*', '?') >= 0;

    /// <summary>True when the whole <paramref name="name"/> matches. Allocates nothing.</summary>
    /// <param name="ignoreCase">Compare without case, by the invariant culture.</param>
    /// <remarks>At most pattern length times name length steps, so a peer may choose the name.</remarks>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name, bool ignoreCase = false)
    {
        var (p, n) = (0, 0);
        var (star, resume) = (-1, 0); // the last star, and the position in the name after the characters that it matches
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || AreEqual(pattern[p], name[n], ignoreCase)))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++resume); // the star matches one more character
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private static bool AreEqual(char a, char b, bool ignoreCase) =>
        a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
