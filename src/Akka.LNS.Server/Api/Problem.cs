using Akka.LNS.Actors.Node;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Akka.LNS.Server.Api;

/// <summary>Errors as Problem Details. RFC 9457.</summary>
internal static class Problem
{
    /// <summary>Maximum deadline of a drain: 1000 days.</summary>
    private const int MaxDeadlineSeconds = 1000 * 86_400;

    public static Task Write(HttpContext context, int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);

    public static ProblemHttpResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult Unavailable(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable);

    public static ValidationProblem Invalid(string field, string message) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>The error of a deadline of a drain, in seconds; null: it is valid, or missing.</summary>
    public static ValidationProblem? WrongDeadline(double? seconds) =>
        seconds is null or (>= 0 and <= MaxDeadlineSeconds) ? null : Invalid("deadlineSeconds", $"allowed: 0 to {MaxDeadlineSeconds}");

    /// <summary>The error of a reason of a drop or a drain; null: it is valid, or missing.</summary>
    public static ValidationProblem? WrongReason(string? reason) =>
        reason is null || (reason.Length is > 0 and <= LnsNode.MostReason && !reason.Any(char.IsControl)) ? null
        : Invalid("reason", $"allowed: 1 to {LnsNode.MostReason} characters, no control characters");
}

/// <summary>
/// Answers requests that cannot be read (too long, too slow, not JSON) with Problem Details. They are no errors in the log.
/// </summary>
internal sealed class UnreadableRequests : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad) return false;
        httpContext.Response.StatusCode = bad.StatusCode;
        await Problem.Write(httpContext, bad.StatusCode, bad.InnerException is System.Text.Json.JsonException json
            ? $"{bad.Message} {json.Message}" : bad.Message);
        return true;
    }
}
