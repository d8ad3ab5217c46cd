namespace Akka.LNS.DataPlane.Native;

/// <summary>A member of <c>IPlaneObserver</c>, or <see cref="PathRoute"/> for a path, with a message of <see
/// cref="PlaneWriter"/>.</summary>
internal enum PlaneEvent
{
    Host,
    Repaired,
    Failed,
    Recovered,
    RouteRefused,
    /// <summary><c>IPppReceiver.OnRoute</c>: path, network, and the reason, or an empty text.</summary>
    PathRoute,
}
