using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>Errors of a configuration, each once, in the order of the file. After <see cref="Most"/> the reading ends.</summary>
public sealed class SettingsErrors
{
    /// <summary>Maximum number of errors of one reading.</summary>
    public const int Most = 100;

    private const int MostCharacters = 1_000; // of a line

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal); // each template reads its defaults again
    private readonly List<(HoconPosition At, string Text)> _errors = [];

    /// <exception cref="TooManyErrorsException">There are more than <see cref="Most"/>.</exception>
    public void Add(HoconPosition at, string path, string message)
    {
        var text = Line(at, path, message);
        if (!_texts.Add(text)) return;
        if (_errors.Count == Most) throw new TooManyErrorsException();
        _errors.Add((at, text));
    }

    public IReadOnlyList<string> Lines =>
        [.. _errors.OrderBy(static e => e.At.File, StringComparer.Ordinal).ThenBy(static e => e.At.Line).Select(static e => e.Text)];

    /// <summary>FILE:LINE: PATH: MESSAGE, at most 1,000 characters.</summary>
    public static string Line(HoconPosition at, string path, string message)
    {
        var text = path.Length == 0 ? $"{at}: {message}" : $"{at}: {path}: {message}";
        return text.Length <= MostCharacters ? text : $"{text.AsSpan(0, MostCharacters)}...";
    }
}

/// <summary>Ends a reading that has found <see cref="SettingsErrors.Most"/> errors.</summary>
public sealed class TooManyErrorsException() : Exception($"more than {SettingsErrors.Most} errors");
