using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>All that is wrong with a configuration, each once, in the order of the file.</summary>
public sealed class SettingsErrors
{
    private readonly List<(HoconPosition At, string Text)> _errors = [];

    public bool Any => _errors.Count > 0;

    public void Add(HoconPosition at, string path, string message)
    {
        var text = path.Length == 0 ? $"{at}: {message}" : $"{at}: {path}: {message}";
        if (!_errors.Exists(e => e.Text == text)) _errors.Add((at, text)); // the defaults of a template are read once for each template
    }

    public IReadOnlyList<string> Lines => [.. _errors.OrderBy(static e => e.At.File, StringComparer.Ordinal).ThenBy(static e => e.At.Line).Select(static e => e.Text)];
}

/// <summary>One key that the reader knows. In the path, * stands for any name and [] for a place in a list.</summary>
/// <param name="Allowed">Type, unit and range, in words.</param>
/// <param name="InReference">lns.conf holds a value for it.</param>
public sealed record SettingsKey(string Path, string Allowed, bool InReference);
