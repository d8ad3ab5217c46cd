using System.Text;
using Akka.LNS.Server.Settings.Hocon;

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
            return SettingsReader.Read(Path is null ? EmbeddedConfiguration.Demo : await ReadTextAsync(Path), Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return SettingsResult.Unreadable($"cannot read {Name}: {e.Message}", cannotOpen: true);
        }
    }

    /// <summary>The text, up to a length that the reader refuses. The path may be a pipe, as in <c>--config /dev/stdin</c>.</summary>
    private static async Task<string> ReadTextAsync(string path)
    {
        using var reader = new StreamReader(path);
        var (text, block) = (new StringBuilder(), new char[16 << 10]);
        while (text.Length <= HoconBudget.MaxCharacters && await reader.ReadBlockAsync(block) is var length and > 0)
            text.Append(block, 0, length);
        return text.ToString();
    }
}
