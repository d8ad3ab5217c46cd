using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Akka.LNS.Server.Api;

/// <summary>Answers a list as CSV when the request accepts text/csv. A list is an answer with one property that has sections.</summary>
internal static class CsvAnswers
{
    /// <summary>Header with the number of rows of the whole list.</summary>
    private const string TotalHeader = "X-Total-Count";

    /// <summary>Characters that are written at once.</summary>
    private const int BufferSize = 16 << 10;
    private static readonly UTF8Encoding Plain = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The request accepts CSV.</summary>
    public static bool IsWanted(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(Csv.MediaType, StringComparison.OrdinalIgnoreCase);

    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var http = context.HttpContext;
        if (!IsWanted(http.Request)) return result;
        var inner = result is INestedHttpResult nested ? nested.Result : result;
        var answer = inner is IValueHttpResult { Value: { } value } ? value : inner is IResult ? null : inner;
        if (answer is null || answer is ProblemHttpResult) return result;
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return Rows(options.GetTypeInfo(answer.GetType()), answer) is { } found
            ? Answer(http, found.Rows, found.Type, options.GetTypeInfo(answer.GetType()), answer) : result;
    }

    /// <summary>The rows of a list, and their type; null: the answer is no list.</summary>
    private static (IEnumerable Rows, JsonTypeInfo Type)? Rows(JsonTypeInfo type, object answer)
    {
        (IEnumerable, JsonTypeInfo)? found = null;
        foreach (var property in type.Properties)
        {
            var list = type.Options.GetTypeInfo(property.PropertyType);
            if (list.Kind != JsonTypeInfoKind.Enumerable || list.ElementType is not { } element) continue;
            var row = type.Options.GetTypeInfo(element);
            if (row.Kind != JsonTypeInfoKind.Object) continue;
            if (found is not null || property.Get!(answer) is not IEnumerable rows) return null;
            found = (rows, row);
        }
        return found;
    }

    private static PushStreamHttpResult Answer(HttpContext http, IEnumerable rows, JsonTypeInfo row, JsonTypeInfo type, object answer)
    {
        if (type.Properties.FirstOrDefault(static p => p.Name == "total")?.Get!(answer) is int total)
            http.Response.Headers[TotalHeader] = total.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
        var name = http.Request.Path.Value!.TrimEnd('/').Split('/')[^1];
        return TypedResults.Stream(to => WriteAsync(to, rows, row, http.RequestAborted), $"{Csv.MediaType}; charset=utf-8; header=present",
            $"{name}.csv");
    }

    /// <summary>Writes the rows as the client reads them.</summary>
    private static async Task WriteAsync(Stream to, IEnumerable rows, JsonTypeInfo row, CancellationToken cancellation)
    {
        await using var text = new StreamWriter(to, Plain, BufferSize, leaveOpen: true);
        foreach (var line in Csv.Lines(rows, row)) await text.WriteAsync(line.AsMemory(), cancellation);
    }
}
