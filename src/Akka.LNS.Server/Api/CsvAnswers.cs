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

    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var http = context.HttpContext;
        if (!http.Request.Headers.Accept.ToString().Contains(Csv.MediaType, StringComparison.OrdinalIgnoreCase)) return result;
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

    private static FileContentHttpResult Answer(HttpContext http, IEnumerable rows, JsonTypeInfo row, JsonTypeInfo type, object answer)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Csv.Write(text, rows, row);
        if (type.Properties.FirstOrDefault(static p => p.Name == "total")?.Get!(answer) is int total)
            http.Response.Headers[TotalHeader] = total.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
        var name = http.Request.Path.Value!.TrimEnd('/').Split('/')[^1];
        return TypedResults.File(Encoding.UTF8.GetBytes(text.ToString()), $"{Csv.MediaType}; charset=utf-8; header=present", $"{name}.csv");
    }
}
