namespace Akka.LNS.Server.Settings;

/// <summary>What lnsd was started with; may be read again at any time.</summary>
/// <param name="Path">Null: the built-in demo.</param>
public sealed record ConfigurationFile(string? Path)
{
    public string Name => Path ?? EmbeddedConfiguration.DemoName;

    /// <summary>A file that cannot be read is an error of the result.</summary>
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
