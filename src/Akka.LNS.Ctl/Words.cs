using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl;

/// <summary>Filters of a command line: key=value, or a text to search for.</summary>
internal sealed class Words
{
    public const string Text = "q";

    /// <summary>The rule of searches, for help texts.</summary>
    public const string SearchRule = "a text to search for: an id; else exactly a user, an address or a calling number; else exactly a "
        + "LAC; else a part of one of these, with case ignored";
    private static readonly string[] CallKeys = ["user", "calling", "called", "lac", "pool", "address", "state"];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="hasText">A word without = is a text to search for.</param>
    /// <exception cref="CtlException">A key is unknown or given twice.</exception>
    public Words(IEnumerable<string>? words, bool hasText, params string[] keys)
    {
        foreach (var word in words ?? [])
        {
            // the parser takes an unknown option as a word
            if (word.StartsWith('-'))
                throw CtlException.Usage($"unknown option '{word}'{(hasText ? $"; to search for this text, write {Text}={word}" : "")}");
            var (key, value) = word.Split('=', 2) is [var k, var v] ? (k, v) : (Text, word);
            if (value.Length == 0 || (key == Text ? !hasText : !keys.Contains(key)))
            {
                var allowed = string.Join(", ", keys.Select(static k => $"{k}=..."));
                var text = !hasText ? "" : keys.Length == 0 ? "a text to search for" : ", or a text to search for";
                throw CtlException.Usage($"'{word}' is not a filter; allowed: {allowed}{text}");
            }
            if (_values.TryAdd(key, value)) continue;
            throw CtlException.Usage($"'{word}': {(key == Text ? "only one text to search for is allowed" : $"{key} is given twice")}");
        }
    }

    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Filter argument of the verbs that list calls.</summary>
    public static Argument<string[]> Calls() => Argument(
        $"Filters; all must match: user=, calling=, called=, lac=, pool= (wildcards * and ?), address=, state=, or {SearchRule}.",
        "user=", "calling=", "called=", "lac=", "pool=", "address=", "state=calling", "state=link", "state=authentication",
        "state=network", "state=up", "state=closing");

    public static Argument<string[]> Argument(string description, params string[] suggestions)
    {
        var argument = new Argument<string[]>("filter")
        {
            Description = description, Arity = ArgumentArity.ZeroOrMore, HelpName = "filter",
        };
        argument.CompletionSources.Add(suggestions);
        return argument;
    }

    public static SessionQuery Query(string[]? given)
    {
        var words = new Words(given, hasText: true, CallKeys);
        return new SessionQuery
        {
            User = words["user"], Calling = words["calling"], Called = words["called"], Lac = words["lac"], Pool = words["pool"],
            Address = words["address"], State = words["state"], Text = words[Text],
        };
    }
}
