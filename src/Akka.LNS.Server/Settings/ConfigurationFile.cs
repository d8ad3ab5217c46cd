namespace Akka.LNS.Server.Settings;

/// <summary>The file that lnsd was started with.</summary>
/// <param name="Path">Null: the built-in demo.</param>
public sealed record ConfigurationFile(string? Path)
{
    public string Name => Path ?? EmbeddedConfiguration.DemoName;

    /// <summary>Reads the file. A file that cannot be read is an error of the result.</summary>
    public async Task<SettingsResult> ReadAsync()
    {
        try
        {
            return SettingsReader.Read(Path is null ? EmbeddedConfiguration.Demo : await File.ReadAllTextAsync(Path), Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return SettingsResult.Unreadable($"cannot read {Name}: {e.Message}", cannotOpen: true);
        }
    }
}
