using Microsoft.AspNetCore.Http;

namespace Akka.LNS.Server.Api;

/// <summary>Errors as Problem Details (RFC 9457).</summary>
internal static class Problem
{
    public static Task Write(HttpContext context, int status, string detail) => TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
}
