namespace Akka.LNS.Wire.Text;

/// <summary>The known name that a misspelt one probably means, for error messages.</summary>
public static class NearestName
{
    /// <summary>
    /// The candidate with the fewest letters to insert, delete or change (Levenshtein distance, without case). A tie goes to the first in
    /// ordinal order.
    /// </summary>
    /// <returns>Null when each candidate differs in more than two letters and in more than a third of the name.</returns>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        var (best, least) = (default(string), Math.Max(2, name.Length / 3));
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - name.Length) > least) continue;
            var distance = Distance(name, candidate);
            if (distance > least || (distance == least && best is not null && string.CompareOrdinal(candidate, best) >= 0)) continue;
            (best, least) = (candidate, distance);
        }
        return best;
    }

    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
