namespace Akka.LNS.Protocol.Subscriber;

/// <summary>A source of user names and passwords.</summary>
public enum AuthSource
{
    /// <summary>The local users of the configuration.</summary>
    Local,
    /// <summary>The RADIUS servers.</summary>
    Radius,
}
