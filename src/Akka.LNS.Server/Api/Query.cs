using System.Collections;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Akka.LNS.Server.Api;

/// <summary>
/// Reads a query string and collects the errors by field, each with the allowed values. An unknown parameter is an error.
/// </summary>
internal sealed class Query(HttpRequest request)
{
    private const int MostShown = 1020; // characters: 255 octets, each as an escape
    private readonly IQueryCollection _query = request.Query;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    /// <summary>The answer is CSV, which is written row by row.</summary>
    public bool IsForCsv { get; } = CsvAnswers.IsWanted(request);

    /// <summary>A text, of which <see cref="PeerText.Show(string)"/> may have made escapes; null: not set.</summary>
    public string? Text(string name)
    {
        _asked.Add(name);
        var values = _query[name];
        if (values.Count == 0) return null;
        if (values.Count == 1 && values[0] is { Length: > 0 and <= MostShown } text) return PeerText.Read(text);
        _errors[name] = [values.Count > 1 ? "found more than once; allowed: once" : $"allowed: a text of 1 to {MostShown} characters"];
        return null;
    }

    public int Number(string name, int unless, int least, int most)
    {
        if (Text(name) is not { } text) return unless;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        return Wrong(name, text, $"a whole number from {least} to {most}", unless);
    }

    public T? Word<T>(string name, params ReadOnlySpan<(string Word, T Value)> words) where T : struct
    {
        if (Text(name) is not { } text) return null;
        foreach (var (word, value) in words)
            if (word == text) return value;
        var names = new List<string>();
        foreach (var (word, _) in words) names.Add(word);
        return Wrong(name, text, string.Join(", ", names), (T?)null);
    }

    public Ipv4Address? Address(string name)
    {
        if (Text(name) is not { } text) return null;
        return Ipv4Address.TryParse(text, out var address) ? address : Wrong(name, text, "an IPv4 address", (Ipv4Address?)null);
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : Wrong(name, text, "a time of ISO 8601 (2026-01-31T23:59:59Z)", (DateTimeOffset?)null);
    }

    /// <summary>A pattern with * and ?, as a predicate; null: not set.</summary>
    public Func<string, bool>? Pattern(string name)
    {
        if (Text(name) is not { } pattern) return null;
        return Glob.IsPattern(pattern) ? value => Glob.Matches(pattern, value) : value => value == pattern;
    }

    public void Fail(string name, string message) => _errors[name] = [message];

    /// <summary>All errors; null: none. Call it after the last parameter was read.</summary>
    public ValidationProblem? Problem()
    {
        foreach (var name in _query.Keys)
            if (!_asked.Contains(name)) _errors[name] = [$"unknown; allowed: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}"];
        return _errors.Count == 0 ? null : TypedResults.ValidationProblem(_errors, title: "The query is not valid.");
    }

    private T Wrong<T>(string name, string found, string allowed, T unless)
    {
        _errors[name] = [$"found '{found}'; allowed: {allowed}"];
        return unless;
    }
}

/// <summary>The requested part of a list.</summary>
internal readonly record struct Page(int Offset, int Limit)
{
    /// <summary>Maximum number of rows up to the end of a page that are held in a queue. A later page needs an array of all rows.</summary>
    public const int MostHeld = 1_000;

    private const int MostSkipped = 10_000_000, Most = PageQuery.Most;

    public static Page Read(Query query) => new(query.Number("offset", 0, 0, MostSkipped), ReadLimit(query));

    private static int ReadLimit(Query query)
    {
        if (query.Text("limit") is not PageQuery.All) return query.Number("limit", 100, 1, Most);
        if (query.IsForCsv) return int.MaxValue - MostSkipped;
        query.Fail("limit", $"found '{PageQuery.All}'; allowed: a whole number from 1 to {Most}, or {PageQuery.All} "
            + $"with Accept: {Csv.MediaType}");
        return 1;
    }

    public IEnumerable<T> Of<T>(IEnumerable<T> all) => all.Skip(Offset).Take(Limit);

    public Cut<T> CutOf<T>(T[] all) => new([.. Of(all)], all.Length);

    /// <summary>
    /// A page of unsorted rows, in the order of their rank. A page near the start is found in one walk that holds only the rows before its
    /// end. Arrays of a hundred thousand rows for pages of fifty would be large objects and cause full collections. For later pages a sort
    /// is cheaper than a queue.
    /// </summary>
    /// <param name="rank">Rank of a row, read once, because rows change. Ranks must differ, or pages overlap.</param>
    public Cut<T> Of<T, TRank>(IEnumerable<T> all, Func<T, TRank> rank, Comparison<TRank> order)
    {
        var (most, total) = (Offset + Limit, 0);
        if (most > MostHeld)
        {
            var whole = all.ToArray();
            return new Cut<T>([.. Of(whole.OrderBy(rank, Comparer<TRank>.Create(order)))], whole.Length);
        }
        var first = new PriorityQueue<T, TRank>(Comparer<TRank>.Create((a, b) => order(b, a))); // the last row on top: it is replaced first
        foreach (var row in all)
        {
            total++;
            var its = rank(row);
            if (first.Count < most) first.Enqueue(row, its);
            else if (first.TryPeek(out _, out var last) && order(its, last) < 0) first.DequeueEnqueue(row, its);
        }
        var rows = new T[Math.Max(0, first.Count - Offset)];
        for (var i = rows.Length - 1; i >= 0; i--) rows[i] = first.Dequeue();
        return new Cut<T>(rows, total);
    }
}

/// <summary>The rows of one page.</summary>
/// <param name="Total">Number of rows of the whole list.</param>
internal readonly record struct Cut<T>(T[] Rows, int Total)
{
    /// <summary>The rows of the answer. Each is made when it is read, so that a long list needs no memory for all of them.</summary>
    public IReadOnlyList<TRow> As<TRow>(Func<T, TRow> make) => new Made<TRow>(Rows, make);

    private sealed class Made<TRow>(T[] from, Func<T, TRow> make) : IReadOnlyList<TRow>
    {
        public int Count => from.Length;

        public TRow this[int index] => make(from[index]);

        public IEnumerator<TRow> GetEnumerator() => from.Select(make).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
