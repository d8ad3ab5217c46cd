namespace Akka.LNS.Server;

/// <summary>Exit codes of lnsd.</summary>
internal static class ExitCode
{
    /// <summary>Stopped on request, or the configuration is valid.</summary>
    public const int Clean = 0;

    /// <summary>--check found errors, or the node failed while it served.</summary>
    public const int Failed = 1;

    /// <summary>The start failed: configuration, rights, port or device. One line on stderr gives the reason.</summary>
    public const int CannotStart = 2;
}
