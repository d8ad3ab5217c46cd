namespace Akka.LNS.Architecture.Tests;

/// <summary>Violations that are known and still stand: lines of Baseline.txt, each a rule and what breaks it.</summary>
/// <remarks>The list can only shrink: <see cref="Verify"/> fails for a violation that is not in it and for an entry that no violation
/// needs. When it is empty, this class and the file go.</remarks>
internal static class Baseline
{
    /// <param name="rule">First word of the rule's lines in the file.</param>
    /// <param name="violations">Name of what breaks the rule, and the message for a person: file, line and reason.</param>
    public static void Verify(string rule, IEnumerable<(string Name, string Message)> violations)
    {
        var file = Path.Combine(Repository.Root, "tests", "Akka.LNS.Architecture.Tests", "Baseline.txt");
        var known = File.ReadLines(file).Where(line => line.StartsWith(rule + " ", StringComparison.Ordinal))
            .Select(line => line[(rule.Length + 1)..]).ToHashSet(StringComparer.Ordinal);
        var found = violations.ToArray();
        var names = found.Select(static v => v.Name).ToHashSet(StringComparer.Ordinal);
        var lines = found.Where(v => !known.Contains(v.Name)).Select(static v => v.Message)
            .Concat(known.Except(names).Order(StringComparer.Ordinal)
                .Select(name => $"{Repository.Relative(file)}: no longer needed: {rule} {name}"));
        var failure = string.Join('\n', lines);
        if (failure.Length > 0) Assert.Fail(failure);
    }
}
