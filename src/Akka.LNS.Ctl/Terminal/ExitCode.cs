namespace Akka.LNS.Ctl.Terminal;

/// <summary>Exit codes. <c>lnsctl --help</c> and README.md list them too.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    /// <summary>The LNS refused the request, or the request failed.</summary>
    public const int Failed = 1;
    /// <summary>The command line or a filter is wrong.</summary>
    public const int Usage = 2;
    public const int NotFound = 3;
    /// <summary>The API does not answer.</summary>
    public const int Unreachable = 4;
    /// <summary>The token is missing or unknown, or its role is read and the command changes something.</summary>
    public const int NotAllowed = 5;
    /// <summary>The word names several sessions.</summary>
    public const int Ambiguous = 6;
    /// <summary>Interrupted by Ctrl-C: 128 + SIGINT, as in a shell.</summary>
    public const int Interrupted = 130;

    public const string Help =
        "Exit codes: 0 success; 1 refused or failed; 2 wrong command line or filter; 3 not found; 4 no answer from the API; 5 not allowed; "
        + "6 several sessions match; 130 interrupted.";
}
