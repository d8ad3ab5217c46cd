namespace Akka.LNS.Server.Settings.Values;

/// <summary>When a changed key takes effect, from the earliest to the latest.</summary>
internal enum Apply
{
    /// <summary>A reload applies it.</summary>
    Live,

    /// <summary>A reload applies it while the socket of CoA and Disconnect is open; otherwise the next start does.</summary>
    LiveWhileListening,

    /// <summary>The next start applies it.</summary>
    Restart,
}
