using Akka.LNS.Actors.Inventory;
using Akka.LNS.Client;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>
/// The rule of all searches: <c>q</c> of the lists, <c>sessions/find</c>, lnsctl and dashboard. A text that is an id finds that row. Else
/// it finds the rows with exactly this user, address or calling number; else those of the LAC with exactly this name or address; else those
/// that have it as a part, with case ignored. The whole list decides which step applies, before any filter.
/// </summary>
/// <remarks>White space around a text is ignored, unless the text names a row as it is.</remarks>
internal static class SearchRule
{
    private enum Match : byte
    {
        None,
        Lac,
        Subscriber,
        Id,
    }

    /// <summary>A searched text, and the address that it is.</summary>
    private readonly record struct Word(string Text)
    {
        public Ipv4Address? Address { get; } = Ipv4Address.TryParse(Text, out var address) && !address.IsNone ? address : null;
    }

    public static Func<CallEntry, bool> Calls(string text, CallTable all) => For(text, all.All, Name, Has);

    public static Func<Disconnect, bool> Ended(string text, IEnumerable<Disconnect> all) => For(text, all, Name, Has);

    public static Func<LacRow, bool> Lacs(string text, IEnumerable<LacRow> all) => For(text, all,
        static (l, word) => l.Name == word.Text || l.Addresses.Contains(word.Text) ? Match.Lac : Match.None,
        static (l, word) => In(l.Name, word) || l.Addresses.Any(a => InAddress(a, word)));

    public static Func<RefusedLacRow, bool> RefusedLacs(string text, IEnumerable<RefusedLacRow> all) => For(text, all,
        static (l, word) => l.HostName == word.Text || l.Address == word.Text ? Match.Lac : Match.None,
        static (l, word) => In(l.HostName, word) || InAddress(l.Address, word) || (l.Entry is { } entry && In(entry, word)));

    /// <summary>The calls that a text names: that with this id, else those with exactly this user, address or calling number.</summary>
    public static List<CallEntry> Named(string text, CallTable calls)
    {
        if (calls.Find(text) is { } one) return [one];
        var word = new Word(text);
        return [.. calls.All.Where(c => Name(c, word) >= Match.Subscriber)];
    }

    private static Func<T, bool> For<T>(string text, IEnumerable<T> all, Func<T, Word, Match> name, Func<T, Word, bool> has)
    {
        var (given, trimmed) = (new Word(text), new Word(text.Trim()));
        foreach (var word in given == trimmed ? [given] : (Word[])[given, trimmed])
        {
            var best = Match.None;
            foreach (var row in all)
                if (name(row, word) is var its && its > best) best = its;
            if (best != Match.None) return row => name(row, word) >= best;
        }
        return row => has(row, trimmed);
    }

    private static Match Name(CallEntry c, Word word) => c.Id == word.Text ? Match.Id
        : c.User == word.Text || c.Login == word.Text || c.Calling == word.Text || c.Address == word.Address ? Match.Subscriber
        : c.Lac == word.Text ? Match.Lac : Match.None;

    private static Match Name(Disconnect d, Word word) => d.Id == word.Text ? Match.Id
        : d.User == word.Text || d.Calling == word.Text || d.Address == word.Address ? Match.Subscriber
        : d.Lac == word.Text ? Match.Lac : Match.None;

    private static bool Has(CallEntry c, Word word) => In(c.User, word) || In(c.Login, word) || In(c.Id, word) || In(c.Calling, word)
        || In(c.Called, word) || In(c.Lac, word) || InAddress(c.Address, word);

    private static bool Has(Disconnect d, Word word) =>
        In(d.User, word) || In(d.Id, word) || In(d.Calling, word) || In(d.Lac, word) || InAddress(d.Address, word);

    /// <summary>A complete address is no part of a longer one.</summary>
    private static bool InAddress(Ipv4Address address, Word word)
    {
        if (address.IsNone || word.Address is not null) return false;
        Span<char> text = stackalloc char[Ipv4Address.MostCharacters];
        return address.TryFormat(text, out var length) && In(text[..length], word);
    }

    private static bool InAddress(string address, Word word) => word.Address is null && In(address.AsSpan(), word);

    private static bool In(ReadOnlySpan<char> value, Word word) => value.Contains(word.Text, StringComparison.OrdinalIgnoreCase);

    /// <summary>A part of the text as it is shown is enough, so that the list follows what is typed.</summary>
    private static bool In(string value, Word word) =>
        In(value.AsSpan(), word) || (!PeerText.IsPlain(value) && In(PeerText.Show(value).AsSpan(), word));
}
