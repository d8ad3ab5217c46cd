using System.Collections.Frozen;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>Parts of a user name.</summary>
/// <param name="Realm">Empty: the name has none.</param>
/// <param name="User">The name without the realm and the separator.</param>
/// <param name="IsPrefix">realm\user; else user@realm.</param>
public readonly record struct RealmOfUser(string Realm, string User, bool IsPrefix)
{
    /// <summary>
    /// The realm follows the last @ (RFC 7542 section 2.2). Without an @ it is before the first \, as in Windows. A / has no meaning, since
    /// user names have it.
    /// </summary>
    public static RealmOfUser Of(string name)
    {
        var at = name.LastIndexOf('@');
        if (at >= 0) return new RealmOfUser(name[(at + 1)..], name[..at], false);
        var slash = name.IndexOf('\\', StringComparison.Ordinal);
        return slash >= 0 ? new RealmOfUser(name[..slash], name[(slash + 1)..], true) : new RealmOfUser("", name, false);
    }
}

/// <summary>Keys of the realms in the settings.</summary>
public static class RealmKey
{
    /// <summary>For names without a realm.</summary>
    public const string NoRealm = "none";

    /// <summary>For names that match no other key, also names without a realm.</summary>
    public const string Any = "*";

    /// <summary>Whether the text is a key: a realm, *.SUFFIX, none or *.</summary>
    public static bool IsKey(string key) =>
        key is Any || (key.Length > 0 && key.AsSpan().IndexOfAny('@', '\\') < 0 && (!key.Contains('*', StringComparison.Ordinal)
            || (key.StartsWith("*.", StringComparison.Ordinal) && key.Length > 2 && key.LastIndexOf('*') == 0)));
}

/// <summary>
/// Values by realm. The name of a realm goes before *.SUFFIX, a longer suffix before a shorter one, and * comes last. Case is ignored.
/// </summary>
public sealed class RealmTable<T> where T : class
{
    private readonly FrozenDictionary<string, T> _exact, _suffixes; // suffixes with the dot: .example.net
    private readonly T? _none, _any;

    /// <exception cref="ArgumentException">A key is malformed (<see cref="RealmKey.IsKey"/>), or there twice.</exception>
    public RealmTable(IEnumerable<KeyValuePair<string, T>> realms)
    {
        List<T> values = [];
        Dictionary<string, T> exact = new(StringComparer.OrdinalIgnoreCase), suffixes = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in realms)
        {
            if (!RealmKey.IsKey(key)) throw new ArgumentException($"'{key}' is no realm", nameof(realms));
            values.Add(value);
            if (key == RealmKey.Any) _any = value;
            else if (key.Equals(RealmKey.NoRealm, StringComparison.OrdinalIgnoreCase)) _none = value;
            else if (key[0] == '*') suffixes.Add(key[1..], value);
            else exact.Add(key, value);
        }
        Values = values;
        _exact = exact.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _suffixes = suffixes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public int Count => Values.Count;

    /// <summary>All values, in the given order.</summary>
    public IReadOnlyList<T> Values { get; }

    /// <summary>The value of a realm; null: no key matches.</summary>
    /// <param name="realm">Empty: the name has none.</param>
    public T? Find(string realm)
    {
        if (realm.Length == 0) return _none ?? _any;
        if (_exact.TryGetValue(realm, out var found)) return found;
        if (_suffixes.Count > 0)
        {
            var lookup = _suffixes.GetAlternateLookup<ReadOnlySpan<char>>();
            for (var dot = realm.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = realm.IndexOf('.', dot + 1))
                if (dot > 0 && lookup.TryGetValue(realm.AsSpan(dot), out found)) return found;
        }
        return _any;
    }
}
