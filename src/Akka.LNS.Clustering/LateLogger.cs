using Akka.Event;

namespace Akka.LNS.Clustering;

/// <summary>
/// Writes messages to standard output after the logger of the actor system has stopped: warnings and errors only, as the setting
/// <c>stdout-loglevel</c> of Akka promises.
/// </summary>
internal sealed class LateLogger : StandardOutLogger
{
    protected override void Log(object message)
    {
        if (message is Warning or Error) base.Log(message);
    }
}
