namespace Akka.LNS.Server;

/// <summary>What the program answers to its caller.</summary>
internal static class ExitCode
{
    /// <summary>Ended as asked, or the configuration is right.</summary>
    public const int Clean = 0;

    /// <summary>--check found errors; or, at the end, not all could be said to LACs and RADIUS in time.</summary>
    public const int Failed = 1;

    /// <summary>Never served: configuration, rights, port, device. One line on stderr says why.</summary>
    public const int CannotStart = 2;
}
