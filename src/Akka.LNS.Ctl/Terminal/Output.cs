using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.LNS.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Akka.LNS.Ctl.Terminal;

/// <summary>Output of a verb: tables and colors in a terminal, aligned text in a file or pipe, or JSON.</summary>
internal sealed class Output
{
    private readonly TextWriter _out = System.Console.Out, _error = System.Console.Error;

    private const int UsualWidth = 80; // of a table that does not go to a terminal

    private Output(OutputFormat format, bool isTerminal, IAnsiConsole console) =>
        (Format, IsTerminal, Console) = (format, isTerminal, console);

    public OutputFormat Format { get; }

    /// <summary>The output is JSON, in one document or several.</summary>
    public bool IsJson => Format is OutputFormat.Json or OutputFormat.JsonLines;

    /// <summary>Standard output is a terminal.</summary>
    public bool IsTerminal { get; }

    /// <summary>Console of live views.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>Standard input and standard error are terminals: the user can answer a question.</summary>
    public static bool CanAsk => !System.Console.IsInputRedirected && !System.Console.IsErrorRedirected;

    /// <param name="format">Null: a table in a terminal, else all columns.</param>
    public static Output Of(OutputFormat? format, bool noColor)
    {
        var isTerminal = !System.Console.IsOutputRedirected;
        var hasColor = isTerminal && !noColor && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = hasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        return new Output(format ?? (isTerminal ? OutputFormat.Table : OutputFormat.Wide), isTerminal, console);
    }

    /// <summary>Escapes control characters, so that text from a peer cannot move the cursor or start a new line.</summary>
    public static string Printable(string text) => !text.Any(IsUnsafe) ? text
        : text.Aggregate(new StringBuilder(), static (b, c) =>
            IsUnsafe(c) ? b.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : b.Append(c)).ToString();

    public void Json<T>(T value, JsonTypeInfo<T> type)
    {
        // indented in a terminal, one line in a file or pipe
        var info = IsTerminal && Format == OutputFormat.Json
            ? (JsonTypeInfo<T>)new JsonSerializerOptions(type.Options) { WriteIndented = true }.GetTypeInfo(typeof(T))
            : type;
        _out.WriteLine(JsonSerializer.Serialize(value, info));
    }

    public void Line(string text = "") => _out.WriteLine(Printable(text));

    /// <summary>Writes a note to standard error, apart from the output.</summary>
    public void Note(string text) => _error.WriteLine($"lnsctl: {Printable(text)}");

    /// <summary>Writes a list in any format.</summary>
    /// <param name="page">The document of all rows.</param>
    /// <param name="empty">What to look at when there is no row; null: nothing.</param>
    public void List<TPage, T>(TPage page, JsonTypeInfo<TPage> type, IReadOnlyCollection<T> rows, JsonTypeInfo<T> row, string? empty,
        params Column<T>[] columns)
    {
        switch (Format)
        {
            case OutputFormat.Json: Json(page, type); break;
            case OutputFormat.JsonLines:
                foreach (var one in rows) _out.WriteLine(JsonSerializer.Serialize(one, row));
                break;
            case OutputFormat.Csv: Csv.Write(_out, rows, row); break;
            default:
                Table(rows, columns);
                if (rows.Count == 0 && empty is not null) Note(empty);
                break;
        }
    }

    public void Table<T>(IReadOnlyCollection<T> rows, params Column<T>[] columns)
    {
        if (Format == OutputFormat.Csv) throw NoCsv();
        int? width = Format == OutputFormat.Wide ? null : IsTerminal ? Console.Profile.Width : UsualWidth;
        if (IsTerminal && width is { } most && rows.Count > 0)
        {
            var (_, cells) = TextTable.Cells(rows, columns, null);
            if (TextTable.Widths(columns, cells).Sum(static w => w + 3) < most)
            {
                Boxed(rows, columns, cells);
                return;
            }
        }
        foreach (var line in TextTable.Lines(rows, columns, width)) _out.WriteLine(line);
    }

    public void Facts(Facts facts)
    {
        if (Format == OutputFormat.Csv) throw NoCsv();
        var first = true;
        foreach (var (section, lines) in facts.Sections)
        {
            if (!first && IsTerminal) Line();
            first = false;
            if (section.Length > 0)
            {
                if (IsTerminal) Console.Write(new Text(section + "\n", new Style(decoration: Decoration.Bold)));
                else Line(section);
            }
            var width = lines.Count == 0 ? 0 : lines.Max(static l => l.Name.Length);
            foreach (var (name, value) in lines) Line($"{(section.Length > 0 ? "  " : "")}{name.PadRight(width)}  {value}");
        }
    }

    private void Boxed<T>(IReadOnlyCollection<T> rows, Column<T>[] columns, string[][] cells)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var column in columns) table.AddColumn(column.ToTableColumn(noWrap: true));
        var at = 0;
        foreach (var row in rows)
        {
            var texts = cells[at++];
            table.AddRow(columns.Select((c, i) => (IRenderable)new Text(texts[i], c.Style?.Invoke(row) ?? Style.Plain)));
        }
        Console.Write(table);
    }

    private static CtlException NoCsv() => CtlException.Usage("--output csv is for lists; allowed here: table, wide, json, jsonl");

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}

/// <summary>One column of a table.</summary>
/// <param name="Text">Text of a row; null or empty is shown as -.</param>
/// <param name="IsNumber">The text is aligned to the right.</param>
/// <param name="Style">Style of a row in a terminal.</param>
internal sealed record Column<T>(string Title, Func<T, string?> Text, bool IsNumber = false, Func<T, Style>? Style = null)
{
    /// <summary>In a narrow terminal the columns with the highest rank are left out first; 0: never.</summary>
    public int Rank { get; init; }

    /// <summary>The text is never cut: it names the row in commands.</summary>
    public bool IsWhole { get; init; }

    public TableColumn ToTableColumn(bool noWrap = false) =>
        new(new Text(Title)) { Alignment = IsNumber ? Justify.Right : Justify.Left, NoWrap = noWrap };

    /// <summary>A column of whole numbers; null is shown as -.</summary>
    public static Column<T> Number(string title, Func<T, long?> value) =>
        new(title, row => value(row) is { } number ? Units.Number(number) : null, IsNumber: true);

    /// <summary>A column of states in the color of their rating.</summary>
    public static Column<T> State(string title, Func<T, string?> state) => new(title, state, Style: row => Styles.Of(state(row)));
}

/// <summary>Names and values in sections. A name without a value is omitted.</summary>
internal sealed class Facts
{
    private readonly List<(string Section, List<(string Name, string Value)> Lines)> _sections = [];

    public IEnumerable<(string Section, IReadOnlyList<(string Name, string Value)> Lines)> Sections =>
        _sections.Select(static s => (s.Section, (IReadOnlyList<(string, string)>)s.Lines));

    public Facts Section(string name)
    {
        _sections.Add((name, []));
        return this;
    }

    public Facts Add(string name, string? value)
    {
        if (_sections.Count == 0) Section("");
        if (!string.IsNullOrEmpty(value)) _sections[^1].Lines.Add((name, value));
        return this;
    }

    public Facts Add(string name, long? value) => Add(name, value is { } number ? Units.Number(number) : null);

    /// <summary>Adds a duration in seconds.</summary>
    public Facts AddSpan(string name, double? seconds) => Add(name, seconds is { } s ? DurationText.Show(s) : null);

    public Facts Add(string name, bool? value) => Add(name, value switch { true => "yes", false => "no", _ => null });

    /// <summary>Picture for a live view.</summary>
    public IRenderable Render()
    {
        var grid = new Grid().AddColumn().AddColumn();
        foreach (var (section, lines) in _sections)
        {
            var indent = section.Length > 0 ? "  " : "";
            if (section.Length > 0) grid.AddRow(new Text(section, new Style(decoration: Decoration.Bold)), new Text(""));
            foreach (var (name, value) in lines) grid.AddRow(new Text(indent + name), new Text(Output.Printable(value)));
        }
        return grid;
    }
}

/// <summary>Colors of states by their rating.</summary>
internal static class Styles
{
    private static readonly Style Good = new(Color.Green), Warning = new(Color.Yellow), Bad = new(Color.Red);

    public static Style Of(string? state) => StateRatings.Of(state) switch
    {
        StateRating.Good => Good,
        StateRating.Warning => Warning,
        StateRating.Bad => Bad,
        _ => Style.Plain,
    };
}
