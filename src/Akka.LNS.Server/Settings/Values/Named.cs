namespace Akka.LNS.Server.Settings.Values;

/// <summary>Things that a configuration defines under a name and refers to by it.</summary>
internal enum Named
{
    LinkTemplate,
    BundleTemplate,
    Pool,
    RadiusServer,
}

internal static class NamedWords
{
    /// <summary>The word in error messages.</summary>
    public static string Word(this Named named) => named switch
    {
        Named.LinkTemplate => "link template",
        Named.BundleTemplate => "bundle template",
        Named.Pool => "pool",
        _ => "RADIUS server",
    };
}
