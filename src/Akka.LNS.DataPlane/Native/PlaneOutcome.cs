namespace Akka.LNS.DataPlane.Native;

/// <summary>How a <see cref="PlaneCall"/> ended. A failed one has its message as the result.</summary>
internal enum PlaneOutcome
{
    Done,
    /// <summary>An exception of the plane.</summary>
    Failed,
    /// <summary>A <c>DataPlaneStartException</c>.</summary>
    CannotStart,
}
