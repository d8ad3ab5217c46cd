using System.Text;

namespace Akka.LNS.Wire.Radius;

public sealed partial class RadiusDictionary
{
    /// <summary>The embedded dictionaries in reading order.</summary>
    private static readonly string[] Embedded =
        ["dictionary.standard", "dictionary.microsoft", "dictionary.dslforum", "dictionary.cisco", "dictionary.mpd"];

    /// <summary>The embedded dictionaries: standard attributes, Microsoft, DSL Forum, Cisco and MPD.</summary>
    public static RadiusDictionary Default { get; } = LoadEmbedded();

    /// <summary>Parses the embedded dictionaries and then <paramref name="more"/>.</summary>
    public static bool TryParseWithDefault(
        IReadOnlyList<(string File, string Text)> more, out RadiusDictionary dictionary, out IReadOnlyList<RadiusDictionaryError> errors) =>
        TryParse([.. EmbeddedTexts(), .. more], out dictionary, out errors);

    private static RadiusDictionary LoadEmbedded()
    {
        if (TryParse(EmbeddedTexts(), out var dictionary, out var errors)) return dictionary;
        throw new InvalidOperationException($"error in an embedded dictionary: {errors[0]}"); // a build error; a test reads all of them
    }

    private static List<(string File, string Text)> EmbeddedTexts()
    {
        List<(string, string)> texts = [];
        foreach (var name in Embedded)
        {
#pragma warning disable RS0030 // a stream over the image of the program: no external I/O
            using var stream = typeof(RadiusDictionary).Assembly.GetManifestResourceStream(name)
                ?? throw new InvalidOperationException($"the embedded resource {name} is missing");
            var octets = new byte[stream.Length];
            stream.ReadExactly(octets);
#pragma warning restore RS0030
            texts.Add((name, Encoding.UTF8.GetString(octets)));
        }
        return texts;
    }
}
