using Akka.LNS.Server.Settings.Hocon;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings;

/// <summary>Reads HOCON into <see cref="LnsdSettings"/>. The keys are declared in <see cref="Sections"/>, one file per section.</summary>
public static class SettingsReader
{
    private static readonly string[] Roots = ["akka", LnsSection.Root.Name];

    /// <param name="text">The configuration. Missing values come from lns.conf.</param>
    /// <param name="file">Its name in messages. Relative file names in the text start at its folder.</param>
    /// <param name="environment">Value of a variable, or null.</param>
    public static SettingsResult Read(string text, string file, Func<string, string?>? environment = null) =>
        Read(text, file, EmbeddedConfiguration.Reference, environment ?? Environment.GetEnvironmentVariable);

    /// <summary>Reads a tree that was put together from files read before.</summary>
    internal static SettingsResult Read(HoconObject root) =>
        Read(root,
            HoconParser.Parse(EmbeddedConfiguration.Reference, EmbeddedConfiguration.ReferenceName, Environment.GetEnvironmentVariable));

    /// <summary>
    /// Reads the text of a client: it includes no file of this machine, and no error shows a value of this program's environment.
    /// </summary>
    internal static SettingsResult ReadForeign(string text, string file)
    {
        var used = new Dictionary<string, string>(StringComparer.Ordinal);
        var read = Read(text, file, EmbeddedConfiguration.Reference, name =>
        {
            var value = Environment.GetEnvironmentVariable(name);
            if (value is { Length: > 3 }) used[name] = value;
            return value;
        }, HoconParser.NoIncludes, isPosted: true);
        return read with { Errors = [.. read.Errors.Select(WithoutValues)] };

        string WithoutValues(string error) =>
            used.Aggregate(error, static (line, variable) =>
                line.Replace(variable.Value, $"${{{variable.Key}}}", StringComparison.Ordinal));
    }

    /// <param name="referenceText">Text of lns.conf.</param>
    /// <param name="include">Text of an included file, or null when there is none.</param>
    /// <param name="isPosted">A client sent the text and wants its errors: the result has no more.</param>
    internal static SettingsResult Read(string text, string file, string referenceText, Func<string, string?> environment,
        Func<string, string?>? include = null, bool isPosted = false)
    {
        var reference = HoconParser.Parse(referenceText, EmbeddedConfiguration.ReferenceName, environment);
        HoconObject root;
        try
        {
            root = HoconParser.Parse(text, file, environment,
                include ?? (static path => File.Exists(path) ? RegularFile.ReadText(path, HoconBudget.MaxCharacters) : null),
                isPosted ? HoconBudget.MaxPostedValues : HoconBudget.MaxValues);
        }
        catch (HoconException e)
        {
            return SettingsResult.Unreadable(SettingsErrors.Line(e.At, "", e.Message));
        }
        return Read(root, reference, isPosted);
    }

    private static SettingsResult Read(HoconObject root, HoconObject reference, bool isPosted = false)
    {
        var source = new SettingsSource(root, reference);
        try
        {
            return Read(source, isPosted);
        }
        catch (TooManyErrorsException e)
        {
            return new SettingsResult(new LnsdSettings(), "",
                [.. source.Errors.Lines, $"{root.At.File}: {e.Message}; the others are not shown"],
                EffectiveConfiguration.Empty);
        }
    }

    private static SettingsResult Read(SettingsSource source, bool isPosted)
    {
        var (root, reference) = (source.File, source.Reference);
        foreach (var key in root.Keys)
        {
            if (!Roots.Contains(key, StringComparer.Ordinal))
                source.Errors.Add(root[key]!.At, HoconPath.Quote(key),
                    $"unknown key{Nearest.Hint(key, Roots)}; allowed: {string.Join(", ", Roots)}");
            else if (root[key] is { } node and not HoconObject)
                source.Errors.Add(node.At, key, $"found {node.Kind}; a section {{ }} is expected");
        }
        var settings = SectionReader.Root(source, LnsSection.Root, LnsSection.Read);
        source.RunLater();
        if (isPosted) return new SettingsResult(settings, "", source.Errors.Lines, EffectiveConfiguration.Empty);
        var akka = $"akka {{\n{reference.Child("akka")?.ToCanonicalText()}}}\nakka {{\n{root.Child("akka")?.ToCanonicalText()}}}\n";
        return new SettingsResult(settings, akka, source.Errors.Lines, EffectiveConfiguration.Of(root, reference, source.Notes));
    }
}
