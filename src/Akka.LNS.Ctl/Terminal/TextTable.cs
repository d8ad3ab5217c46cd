namespace Akka.LNS.Ctl.Terminal;

/// <summary>A table as lines of text: two spaces between columns, no space at the end of a line.</summary>
internal static class TextTable
{
    private const int Gap = 2, Shortest = 8;
    private const char Cut = '\u2026';

    /// <summary>The lines; the first has the titles.</summary>
    /// <param name="width">
    /// Maximum length of a line; null: no limit. First the columns with a rank are left out, the highest first. Then the longest texts
    /// are cut. Numbers and names for commands are never cut.
    /// </param>
    public static IReadOnlyList<string> Lines<T>(IReadOnlyCollection<T> rows, Column<T>[] columns, int? width)
    {
        var (shown, cells) = Cells(rows, columns, width);
        var widths = Widths(shown, cells);
        return [Line([.. shown.Select(static c => c.Title)]), .. cells.Select(Line)];

        string Line(string[] texts) => string.Join("  ", texts.Select((t, i) =>
            shown[i].IsNumber ? t.PadLeft(widths[i]) : t.PadRight(widths[i]))).TrimEnd();
    }

    /// <summary>The columns that fit, and their texts.</summary>
    public static (Column<T>[] Columns, string[][] Cells) Cells<T>(IReadOnlyCollection<T> rows, Column<T>[] columns, int? width)
    {
        string[][] cells =
            [.. rows.Select(row => columns.Select(c => Output.Printable(c.Text(row) is { Length: > 0 } text ? text : "-")).ToArray())];
        if (width is not { } most) return (columns, cells);
        while (Length(Widths(columns, cells)) > most && columns.Max(static c => c.Rank) is var rank and > 0)
        {
            var left = Array.FindLastIndex(columns, c => c.Rank == rank);
            columns = [.. columns.Where((_, i) => i != left)];
            cells = [.. cells.Select(row => row.Where((_, i) => i != left).ToArray())];
        }
        var widths = Widths(columns, cells);
        while (Length(widths) > most)
        {
            var widest = -1;
            for (var i = 0; i < widths.Length; i++)
            {
                if (!columns[i].IsNumber && !columns[i].IsWhole && widths[i] > Math.Max(Shortest, columns[i].Title.Length)
                    && (widest < 0 || widths[i] > widths[widest]))
                    widest = i;
            }
            if (widest < 0) break; // a terminal of a few columns
            widths[widest]--;
        }
        foreach (var row in cells)
            for (var i = 0; i < row.Length; i++)
                if (row[i].Length > widths[i]) row[i] = row[i][..(widths[i] - 1)] + Cut;
        return (columns, cells);
    }

    /// <summary>Length of a line with these columns.</summary>
    public static int Length(int[] widths) => widths.Sum() + (Gap * (widths.Length - 1));

    public static int[] Widths<T>(Column<T>[] columns, string[][] cells) =>
        [.. columns.Select((c, i) => cells.Aggregate(c.Title.Length, (most, row) => Math.Max(most, row[i].Length)))];
}
