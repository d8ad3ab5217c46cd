using System.CommandLine;
using Akka.LNS.Client;

namespace Akka.LNS.Ctl;

/// <summary>Filters as words: key=value, or a text that is looked for anywhere.</summary>
internal sealed class Words
{
    public const string Text = "q";
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="CtlException">A key that there is not, or one twice.</exception>
    public Words(IEnumerable<string>? words, bool hasText, params string[] keys)
    {
        foreach (var word in words ?? [])
        {
            // the parser takes them for words
            if (word.StartsWith('-')) throw CtlException.Usage($"there is no option '{word}'{(hasText ? $"; a text that begins so is looked for with {Text}={word}" : "")}");
            var (key, value) = word.Split('=', 2) is [var k, var v] ? (k, v) : (Text, word);
            var isKnown = key == Text ? hasText : keys.Contains(key);
            if (!isKnown || value.Length == 0)
                throw CtlException.Usage($"'{word}' is no filter; allowed: {string.Join(", ", keys.Select(static k => $"{k}=..."))}{(hasText ? ", or a text to look for" : "")}");
            if (!_values.TryAdd(key, value)) throw CtlException.Usage(key == Text ? $"'{word}': one text can be looked for, not several" : $"'{word}': {key} is there more than once");
        }
    }

    public bool IsEmpty => _values.Count == 0;

    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>The words of those verbs that list calls.</summary>
    public static Argument<string[]> Calls() => Argument("What must fit: user=, calling=, called=, lac=, pool= (with * and ?), address=, state=, or a text that is looked for in them and the id.",
        "user=", "calling=", "called=", "lac=", "pool=", "address=", "state=calling", "state=link", "state=authentication", "state=network", "state=up", "state=closing");

    public static Argument<string[]> Argument(string description, params string[] suggestions)
    {
        var argument = new Argument<string[]>("filter") { Description = description, Arity = ArgumentArity.ZeroOrMore, HelpName = "filter" };
        argument.CompletionSources.Add(suggestions);
        return argument;
    }

    public static SessionQuery Query(string[]? given)
    {
        var words = new Words(given, hasText: true, "user", "calling", "called", "lac", "pool", "address", "state");
        return new SessionQuery
        {
            User = words["user"], Calling = words["calling"], Called = words["called"], Lac = words["lac"], Pool = words["pool"], Address = words["address"],
            State = words["state"], Text = words[Text],
        };
    }
}
