using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>Errors of a configuration, each once, in the order of the file.</summary>
public sealed class SettingsErrors
{
    private readonly List<(HoconPosition At, string Text)> _errors = [];

    public void Add(HoconPosition at, string path, string message)
    {
        var text = path.Length == 0 ? $"{at}: {message}" : $"{at}: {path}: {message}";
        if (!_errors.Exists(e => e.Text == text)) _errors.Add((at, text)); // each template reads its defaults again
    }

    public IReadOnlyList<string> Lines =>
        [.. _errors.OrderBy(static e => e.At.File, StringComparer.Ordinal).ThenBy(static e => e.At.Line).Select(static e => e.Text)];
}
