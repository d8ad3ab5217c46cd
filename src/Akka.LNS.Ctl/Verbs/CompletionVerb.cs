using System.CommandLine;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class CompletionVerb
{
    public static Command Make()
    {
        var bash = new Command("bash", "Write the script for bash. Use: eval \"$(lnsctl completion bash)\".");
        bash.SetAction(static _ =>
        {
            using var reader = new StreamReader(typeof(CompletionVerb).Assembly.GetManifestResourceStream("completion.bash")!);
            Console.Out.Write(reader.ReadToEnd());
            return ExitCode.Ok;
        });
        return new Command("completion", "Completion of commands, options and filters in a shell.") { bash };
    }
}
