namespace Akka.LNS.Client;

/// <summary>Problem Details. RFC 9457.</summary>
/// <param name="Errors">Errors of each field of a query or body.</param>
public sealed record ProblemReport(int? Status, string? Title, string? Detail, IReadOnlyDictionary<string, string[]>? Errors);
