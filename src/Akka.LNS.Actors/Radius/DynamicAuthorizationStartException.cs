namespace Akka.LNS.Actors.Radius;

/// <summary>The node cannot listen on the address for CoA and Disconnect. The message is for the operator.</summary>
public sealed class DynamicAuthorizationStartException : Exception
{
    public DynamicAuthorizationStartException(string message) : base(message) { }
    public DynamicAuthorizationStartException(string message, Exception inner) : base(message, inner) { }
    public DynamicAuthorizationStartException() { }
}
