using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>The OpenAPI document. It is made once, because making it takes much time and memory.</summary>
internal static class OpenApiResource
{
    public const string Name = "v1";

    public static void Map(WebApplication app)
    {
        var document = new Lazy<Task<(byte[] Octets, EntityTagHeaderValue Tag)>>(() => MakeAsync(app.Services));
        app.MapGet($"/openapi/{Name}.json", async () =>
        {
            var (octets, tag) = await document.Value;
            return TypedResults.Bytes(octets, "application/json;charset=utf-8", entityTag: tag);
        }).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<(byte[] Octets, EntityTagHeaderValue Tag)> MakeAsync(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync();
        using var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1);
        var octets = text.ToArray();
        return (octets, new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(octets).AsSpan(0, 8))}\""));
    }
}
