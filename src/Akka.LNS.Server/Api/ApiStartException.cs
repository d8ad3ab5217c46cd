namespace Akka.LNS.Server.Api;

/// <summary>The API cannot start. The message is one line for the operator.</summary>
internal sealed class ApiStartException(string message) : Exception(message);
