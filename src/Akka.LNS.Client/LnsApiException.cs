using System.Net;

namespace Akka.LNS.Client;

/// <summary>The API said no, or did not answer. The message is one line for people.</summary>
public sealed class LnsApiException : Exception
{
    /// <summary>It said no.</summary>
    public LnsApiException(HttpStatusCode status, ProblemReport? problem)
        : base(Line(status, problem)) => (Status, Problem) = (status, problem);

    /// <summary>Nobody answered, or not in the API's words.</summary>
    public LnsApiException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Null: there was no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Null: the answer had none.</summary>
    public ProblemReport? Problem { get; }

    /// <summary>What is wrong with which field; empty: no field is.</summary>
    public IReadOnlyDictionary<string, string[]> Errors => Problem?.Errors ?? new Dictionary<string, string[]>();

    private static string Line(HttpStatusCode status, ProblemReport? problem) => problem switch
    {
        { Errors.Count: > 0 } => string.Join("; ", problem.Errors.Select(static e => $"{e.Key}: {string.Join(", ", e.Value)}")),
        { Detail.Length: > 0 } => problem.Detail,
        { Title.Length: > 0 } => $"{(int)status} {problem.Title}",
        _ => $"{(int)status} {status}",
    };
}
