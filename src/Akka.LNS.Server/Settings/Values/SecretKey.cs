using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>
/// A secret in the configuration (KEY) or in the first line of a file (KEY-file). Null, the default: neither is set.
/// </summary>
/// <remarks>No error shows the value, because it may be close to the secret.</remarks>
/// <param name="createsFile">Key that allows KEY-file to be missing: the program creates it later; null: the file must be there.</param>
internal sealed class SecretKey(string name, Apply apply, Key<bool>? createsFile = null)
    : Key<Secret?>(name, "a text, or none", "text, or none", apply, new Standard<Secret?>(null, true))
{
    private const int MaxOctets = 4096;
    private readonly FileName _file = new($"{name}-file", apply);

    public override Key Companion => _file;

    /// <summary>Path in KEY-file; null: none.</summary>
    public string? PathOf(SectionReader section) =>
        section.Find(_file.Name) is { IsNone: false, Text: { Length: > 0 } text } found ? found.Resolve(text) : null;

    /// <summary>The secret; null: neither key is set. Empty: it is faulty, with an error, or its file is still to be created.</summary>
    public override Secret? Read(SectionReader section)
    {
        var direct = section.Find(Name);
        var byFile = section.Find(_file.Name);
        if (direct is { IsNone: true }) direct = null;
        if (byFile is { IsNone: true }) byFile = null;
        if (direct is { } both && byFile is { } other && both.Layer == other.Layer)
            section.Error(both.Node.At, both.Path, $"both {Name} and {_file.Name} are there; one is allowed");
        if (direct is { } d && (byFile is null || d.Layer <= byFile.Value.Layer))
        {
            if (d.Node is not HoconScalar { Text.Length: > 0 } text)
            {
                section.Error(d.Node.At, d.Path, "empty, or not a text; allowed: a text, or none");
                return new Secret("");
            }
            section.Note(d.Node, ValueNote.Secret(text.Text));
            return new Secret(text.Text);
        }
        return byFile is { } f ? ReadFile(section, f) : null;
    }

    private Secret ReadFile(SectionReader section, Found found)
    {
        if (found.Node is not HoconScalar { Text.Length: > 0 } name) return section.Wrong(found, "the path of a file", new Secret(""));
        var path = found.Resolve(name.Text);
        try
        {
            var line = RegularFile.ReadStart(path, MaxOctets).Split('\n', 2)[0];
            if (System.Text.Encoding.UTF8.GetByteCount(line) >= MaxOctets)
                section.Error(found.Node.At, found.Path, $"the first line of {path} is longer than {MaxOctets - 1} octets");
            else if (line.TrimEnd() is { Length: > 0 } secret)
            {
                section.Note(found.Node, ValueNote.SecretFile(name.Text, secret));
                return new Secret(secret);
            }
            else section.Error(found.Node.At, found.Path, $"the first line of {path} is empty");
        }
        catch (Exception e)
            when (e is FileNotFoundException or DirectoryNotFoundException && createsFile is not null && section.Get(createsFile))
        {
            section.Note(found.Node, ValueNote.SecretFile(name.Text, ""));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            section.Error(found.Node.At, found.Path, $"cannot read {path}: {e.Message}");
        }
        return new Secret("");
    }

    /// <summary>KEY-file; <see cref="SecretKey"/> reads it.</summary>
    private sealed class FileName(string name, Apply apply)
        : Key<string?>(name, "the path of a file whose first line is the secret, or none", "path of a file, or none", apply,
            new Standard<string?>(null, true))
    {
        public override string? Read(SectionReader section) => section.Find(Name) is { IsNone: false } found ? found.Text : null;
    }
}
