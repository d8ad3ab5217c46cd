namespace Akka.LNS.DataPlane.Contract;

/// <summary>The plane cannot start. The message is one line for the operator.</summary>
public sealed class DataPlaneStartException : Exception
{
    public DataPlaneStartException(string message) : base(message) { }
    public DataPlaneStartException(string message, Exception inner) : base(message, inner) { }
}
