namespace Akka.LNS.Server.Settings.Values;

/// <summary>When a changed key takes effect, from the earliest to the latest.</summary>
internal enum Apply
{
    /// <summary>A reload applies it.</summary>
    Live,

    /// <summary>A reload applies it while the socket of CoA and Disconnect is open; otherwise the next start does.</summary>
    LiveWhileListening,

    /// <summary>A reload applies it to a log source that had a level at the start; otherwise the next start does.</summary>
    LiveForKnownSource,

    /// <summary>The next start applies it.</summary>
    Restart,
}
