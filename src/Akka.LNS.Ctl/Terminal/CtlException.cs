namespace Akka.LNS.Ctl.Terminal;

/// <summary>Ends the command with a message of one line and an exit code.</summary>
internal sealed class CtlException(int code, string message) : Exception(message)
{
    public int Code => code;

    public static CtlException Usage(string message) => new(ExitCode.Usage, message);
}
