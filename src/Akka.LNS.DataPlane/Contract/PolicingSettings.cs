namespace Akka.LNS.DataPlane.Contract;

/// <summary>Limit of the PPP control frames (LCP, authentication, NCPs) that one path may hand to its receiver.</summary>
public sealed record PolicingSettings
{
    /// <summary>Frames per second in the long run.</summary>
    public double FramesPerSecond { get; init; } = 50;

    /// <summary>Frames at once.</summary>
    public int Burst { get; init; } = 100;
}
