namespace Akka.LNS.Server.Settings.Values;

/// <summary>
/// A key with the path of a file; a relative path starts at the folder of the configuration file that holds the key. Null, the default:
/// none.
/// </summary>
internal sealed class PathKey(string name, Apply apply)
    : Key<string?>(name, Texts.UpTo(MaxOctets) + ", or none", "path of a file, or none", apply, new Standard<string?>(null, true))
{
    private const int MaxOctets = 4096;

    public override string? Read(SectionReader section) =>
        section.Find(Name) is { IsNone: false } found && Texts.Read(section, found, Allowed, MaxOctets) is { } text
            ? found.Resolve(text) : null;
}

/// <summary>
/// A key with the path of a file; its value is the text of the file. Null, the default: none. Empty: the file cannot be read, with an
/// error.
/// </summary>
internal sealed class FileTextKey(string name, Apply apply)
    : Key<string?>(name, "the path of a file, or none", "path of a file, or none", apply, new Standard<string?>(null, true))
{
    private const int MaxOctets = 1 << 20;

    public override string? Read(SectionReader section)
    {
        if (section.Find(Name) is not { IsNone: false } found) return null;
        if (found.Text is not { Length: > 0 } name) return section.Wrong(found, Allowed, "");
        var path = found.Resolve(name);
        try
        {
            var text = RegularFile.ReadStart(path, MaxOctets + 1);
            if (text.Length > MaxOctets) text = "";
            if (text.Length == 0) section.Error(found.Node.At, found.Path, $"{path} is empty, or larger than 1 MiB");
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            section.Error(found.Node.At, found.Path, $"cannot read {path}: {e.Message}");
            return "";
        }
    }
}
