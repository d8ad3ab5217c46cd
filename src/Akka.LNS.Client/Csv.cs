using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Akka.LNS.Client;

/// <summary>
/// Rows as CSV (RFC 4180): a line of headings with the names of the JSON properties, then a line for each row. A property of a section is
/// NAME.NAME.
/// </summary>
/// <remarks>
/// A spreadsheet program takes a text that begins with = + - or @ for a formula, and a subscriber chooses its own name. Such a text gets an
/// apostrophe in front. Digits with a plus are a calling number and stay as they are. JSON has all texts without it.
/// </remarks>
public static class Csv
{
    public const string MediaType = "text/csv";
    private const string LineEnd = "\r\n";
    private const int MostDepth = 3;

    public static void Write<T>(TextWriter to, IEnumerable<T> rows, JsonTypeInfo<T> type) => Write(to, (IEnumerable)rows, type);

    /// <param name="type">Type of a row.</param>
    public static void Write(TextWriter to, IEnumerable rows, JsonTypeInfo type)
    {
        foreach (var line in Lines(rows, type)) to.Write(line);
    }

    /// <summary>The headings, then the rows, each with its line end. A row is read when its line is.</summary>
    /// <param name="type">Type of a row.</param>
    public static IEnumerable<string> Lines(IEnumerable rows, JsonTypeInfo type)
    {
        List<string[]> columns = [];
        AddColumns(columns, [], type);
        yield return string.Join(',', columns.Select(static c => Field(string.Join('.', c)))) + LineEnd;
        foreach (var row in rows)
        {
            var element = JsonSerializer.SerializeToElement(row, type);
            yield return string.Join(',', columns.Select(c => Field(Text(element, c)))) + LineEnd;
        }
    }

    /// <summary>A text that no spreadsheet program takes for a formula.</summary>
    public static string Guarded(string text)
    {
        var begin = text.AsSpan().TrimStart();
        return !begin.IsEmpty && begin[0] is '=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20' && !IsNumber(text)
            ? $"'{text}" : text;

        static bool IsNumber(string text) => text.Length > 1 && text[0] == '+' && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9');
    }

    private static void AddColumns(List<string[]> columns, string[] path, JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            string[] name = [.. path, property.Name];
            var below = type.Options.GetTypeInfo(property.PropertyType);
            if (below.Kind == JsonTypeInfoKind.Object && below.Properties.Count > 0 && name.Length < MostDepth)
                AddColumns(columns, name, below);
            else columns.Add(name);
        }
    }

    private static string Text(JsonElement row, string[] path)
    {
        foreach (var name in path)
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty(name, out row)) return "";
        return row.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            JsonValueKind.String => Guarded(row.GetString()!),
            JsonValueKind.Array => Guarded(string.Join(' ', row.EnumerateArray().Select(static i => i.ToString()))),
            JsonValueKind.Object => Guarded(string.Join("; ", row.EnumerateObject().Select(static p => $"{p.Name}={p.Value}"))),
            _ => row.GetRawText(),
        };
    }

    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
