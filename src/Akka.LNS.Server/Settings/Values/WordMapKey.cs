using System.Collections.Immutable;
using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>A section whose keys are names of the operator, each with one word of a few.</summary>
internal sealed class WordMapKey<T>(string name, Apply apply, ImmutableDictionary<string, T> standard, (string Word, T Value)[] words)
    : Key<ImmutableDictionary<string, T>>(name, Words.OneOf(words), Words.OneOf(words), apply, standard)
{
    public override ImmutableDictionary<string, T> Read(SectionReader section)
    {
        var values = ImmutableDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        foreach (var (node, path) in section.Below(Name))
        {
            foreach (var source in node.Keys)
            {
                if (values.ContainsKey(source) || node[source] is HoconScalar { IsNull: true }) continue;
                if (Words.TryFind(words, (node[source] as HoconScalar)?.Text, out var value)) values[source] = value;
                else section.Error(node[source]!.At, $"{path}.{HoconPath.Quote(source)}",
                    $"found {node[source]!.Kind}; allowed: {Allowed}");
            }
        }
        return values.ToImmutable();
    }

    public override Member Below(string name) => this;
}
