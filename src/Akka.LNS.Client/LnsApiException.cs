using System.Net;

namespace Akka.LNS.Client;

/// <summary>The API refused a request or did not answer. The message is one line for people.</summary>
public sealed class LnsApiException : Exception
{
    /// <summary>The API refused the request.</summary>
    public LnsApiException(HttpStatusCode status, ProblemReport? problem)
        : base(Line(status, problem)) => (Status, Problem) = (status, problem);

    /// <summary>The API did not answer, or its answer is not valid.</summary>
    public LnsApiException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Status of the answer; null: there was no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Problem Details of the answer; null: none.</summary>
    public ProblemReport? Problem { get; }

    /// <summary>Errors by field; empty: no field is wrong.</summary>
    public IReadOnlyDictionary<string, string[]> Errors => Problem?.Errors ?? new Dictionary<string, string[]>();

    private static string Line(HttpStatusCode status, ProblemReport? problem) => problem switch
    {
        { Errors.Count: > 0 } => string.Join("; ", problem.Errors.Select(static e => $"{e.Key}: {string.Join(", ", e.Value)}")),
        { Detail.Length: > 0 } => problem.Detail,
        { Title.Length: > 0 } => $"{(int)status} {problem.Title}",
        _ => $"{(int)status} {status}",
    };
}
