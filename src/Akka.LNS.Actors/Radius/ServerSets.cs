using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Actors.Radius;

/// <summary>Server sets of the realms, by number. Set 0 is all servers; realms with the same servers share a set.</summary>
internal sealed class ServerSets
{
    private readonly LnsSettings _settings;
    private readonly Dictionary<RealmSettings, int> _setOf = new(ReferenceEqualityComparer.Instance);

    public ServerSets(LnsSettings settings)
    {
        _settings = settings;
        List<ImmutableArray<string>> sets = [[]];
        foreach (var realm in settings.Realms.Values)
        {
            var ordered = realm.Servers.Order(StringComparer.Ordinal);
            var set = sets.FindIndex(s => s.Order(StringComparer.Ordinal).SequenceEqual(ordered));
            if (set < 0)
            {
                set = sets.Count;
                sets.Add(realm.Servers);
            }
            _setOf.Add(realm, set);
        }
        Names = [.. sets];
    }

    /// <summary>Names of the servers in each set. Empty: all servers.</summary>
    public ImmutableArray<ImmutableArray<string>> Names { get; }

    public int Count => Names.Length;

    /// <param name="userName">With its realm; empty: a record of the node.</param>
    public int SetOf(string userName) => Names.Length > 1 && _settings.RealmOf(userName) is { } realm ? _setOf[realm] : 0;
}
