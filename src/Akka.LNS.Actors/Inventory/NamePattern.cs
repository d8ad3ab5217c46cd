using System.IO.Enumeration;

namespace Akka.LNS.Actors.Inventory;

/// <summary>A name in which * and ? stand for others, as operators give it; case counts.</summary>
public static class NamePattern
{
    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>A text without * and ? fits only itself.</summary>
    public static bool Fits(string pattern, string name) =>
        IsPattern(pattern) ? FileSystemName.MatchesSimpleExpression(Plain(pattern), Plain(name), ignoreCase: false) : name == pattern;

    /// <summary>A backslash, as in REALM\user, is none that takes the meaning of the character behind it.</summary>
    private static string Plain(string text) => text.Replace('\\', '\0');
}
