namespace Akka.LNS.Actors.Tracing;

/// <summary>Operations on a path of the data plane, as traces and log name them.</summary>
internal static class PathOperation
{
    public const string Open = "open path";
    public const string Change = "change path";
    public const string Forward = "start forwarding";
    public const string Stop = "stop forwarding";
    public const string Close = "close path";
}
