namespace Akka.LNS.Ctl;

/// <summary>What a script sees; <c>lnsctl --help</c> and the README say the same.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    /// <summary>The LNS refused, or what was asked for did not come about.</summary>
    public const int Failed = 1;
    /// <summary>The command line, or a filter in it, is wrong.</summary>
    public const int Usage = 2;
    public const int NotFound = 3;
    /// <summary>Nobody answers there.</summary>
    public const int Unreachable = 4;
    /// <summary>No token, a wrong one, or one that may only look.</summary>
    public const int NotAllowed = 5;
    /// <summary>By Ctrl-C, as a shell says it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    public const string Help = "Exit codes: 0 done; 1 the LNS refused or it did not come about; 2 wrong usage or filter; 3 not found; 4 no answer from the API; 5 not allowed; 130 interrupted.";
}
