using System.Text.RegularExpressions;

namespace Akka.LNS.Architecture.Tests;

/// <summary>The ledgers in tests/rfc: each MUST of an RFC, and each row of what the LNS does under load, has a test or a reason.</summary>
public partial class RfcLedgerTests
{
    private sealed record Row(string Where, string Id, string Proof);

    // A class at the left margin holds tests; a class inside it is a helper.
    [GeneratedRegex(@"^(?:\w+ )*class\s+(\w+)|^    .*\bpublic\s+(?:async\s+)?(?:void|Task|ValueTask)\s+(\w+)\s*\(", RegexOptions.Multiline)]
    private static partial Regex ClassOrTest();

    private static string TestsFolder => Path.Combine(Repository.Root, "tests");

    private static IEnumerable<Row> Rows() =>
        from file in Directory.GetFiles(Path.Combine(TestsFolder, "rfc"), "*.md")
        from line in File.ReadLines(file).Index()
        where line.Item.StartsWith("| ", StringComparison.Ordinal)
        let cells = line.Item.Trim().Trim('|').Split('|')
        where cells.Length > 0 && cells[0].Trim() is not "Id" && !cells[0].Contains("---", StringComparison.Ordinal)
        let proof = cells.Length >= 4 ? cells[3].Trim().Replace("`", "", StringComparison.Ordinal) : ""
        select new Row($"{Repository.Relative(file)}:{line.Index + 1}", cells[0].Trim(), proof);

    /// <summary>Every Class.Method of every test project, read from the sources.</summary>
    private static HashSet<string> Tests()
    {
        var tests = new HashSet<string>();
        foreach (var file in Repository.Sources("tests"))
        {
            var type = "";
            foreach (Match match in ClassOrTest().Matches(File.ReadAllText(file)))
            {
                if (match.Groups[1].Success) type = match.Groups[1].Value;
                else tests.Add($"{type}.{match.Groups[2].Value}");
            }
        }
        return tests;
    }

    [Fact]
    public void Every_row_has_a_test_that_exists_or_a_reason()
    {
        var tests = Tests();
        var bad = Rows()
            .Where(static row => !row.Proof.StartsWith("-- ", StringComparison.Ordinal))
            .SelectMany(row => row.Proof.Split(',', StringSplitOptions.TrimEntries).Select(name => (row.Where, row.Id, name)))
            .Where(proof => !tests.Contains(proof.name))
            .Select(static proof => $"{proof.Where}: {proof.Id}: no test '{proof.name}'")
            .ToList();
        if (bad.Count > 0) Assert.Fail(string.Join('\n', bad));
    }

    [Fact]
    public void Ids_are_unique_and_there_are_ledgers_to_check()
    {
        var rows = Rows().ToList();
        Assert.NotEmpty(rows);
        Assert.Empty(rows.GroupBy(static row => row.Id).Where(static same => same.Count() > 1)
            .Select(static same => $"{same.Last().Where}: {same.Key} stands also at {same.First().Where}"));
    }
}
