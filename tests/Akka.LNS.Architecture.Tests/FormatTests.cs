namespace Akka.LNS.Architecture.Tests;

/// <summary>What <c>.editorconfig</c> states and no analyzer of the build checks.</summary>
public class FormatTests
{
    private const int MaxColumns = 140;

    [Fact]
    public void A_line_of_source_has_at_most_140_columns()
    {
        Assert.Matches($@"(?m)^max_line_length = {MaxColumns}$", Repository.Read(".editorconfig"));
        Violations.None(
            from file in Repository.Sources("src").Concat(Repository.Sources("tests"))
            from line in File.ReadLines(file).Index()
            where line.Item.Length > MaxColumns
            select $"{Repository.Relative(file)}:{line.Index + 1}: {line.Item.Length} columns");
    }
}
