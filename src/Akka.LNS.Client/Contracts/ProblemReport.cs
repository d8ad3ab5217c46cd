namespace Akka.LNS.Client;

/// <summary>Problem Details (RFC 9457).</summary>
/// <param name="Errors">What is wrong with each field of a query or body.</param>
public sealed record ProblemReport(int? Status, string? Title, string? Detail, IReadOnlyDictionary<string, string[]>? Errors);
