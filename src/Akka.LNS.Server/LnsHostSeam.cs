using Akka.LNS.Server.Settings;

namespace Akka.LNS.Server;

/// <summary>Stands for LnsHost until the node is there to be hosted.</summary>
internal static class LnsHost
{
    public static Task<int> RunAsync(SettingsResult read) => Task.FromResult(Lnsd.CannotStart($"cannot serve {read.Settings.NodeName}: this build has no node"));
}
