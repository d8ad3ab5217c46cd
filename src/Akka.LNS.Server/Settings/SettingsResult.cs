using Akka.LNS.Server.Settings.Sections;

namespace Akka.LNS.Server.Settings;

/// <summary>Result of reading a configuration.</summary>
/// <param name="AkkaHocon">The akka { } section of the file over that of lns.conf, for Akka's own parser.</param>
/// <param name="Errors">FILE:LINE: path: what was found; what is allowed. Empty: <paramref name="Settings"/> may be used.</param>
/// <param name="Effective">All values in force, those of lns.conf included.</param>
/// <param name="CannotOpen">The file could not be opened; the only error gives the reason.</param>
public sealed record SettingsResult(
    LnsdSettings Settings, string AkkaHocon, IReadOnlyList<string> Errors, EffectiveConfiguration Effective, bool CannotOpen = false)
{
    /// <summary>Result for a text that is not HOCON, or that could not be opened.</summary>
    public static SettingsResult Unreadable(string error, bool cannotOpen = false) =>
        new(new LnsdSettings(), "", [error], EffectiveConfiguration.Empty, cannotOpen);
}
