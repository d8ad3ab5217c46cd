namespace Akka.LNS.DataPlane.Native;

/// <summary>A member of <c>IDataPlane</c> that takes and returns a message of <see cref="PlaneWriter"/>.</summary>
internal enum PlaneCall
{
    Start,
    Stop,
    Describe,
    Warnings,
    Listening,
    PathCount,
    Apply,
    Route,
    ReadPlaneCounters,
}
