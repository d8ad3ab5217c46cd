namespace Akka.LNS.Server.Settings;

/// <summary>Configuration files inside the program.</summary>
public static class EmbeddedConfiguration
{
    /// <summary>Name of hocon/lns.conf in messages.</summary>
    public const string ReferenceName = "lns.conf";

    /// <summary>Name of hocon/examples/demo.conf in messages.</summary>
    public const string DemoName = "demo.conf";

    /// <summary>Text of lns.conf: every key with its default.</summary>
    public static string Reference { get; } = Load(ReferenceName);

    /// <summary>Text of demo.conf: the configuration without --config.</summary>
    public static string Demo { get; } = Load(DemoName);

    private static string Load(string name)
    {
        using var stream = typeof(EmbeddedConfiguration).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the program was built without {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
