using System.Globalization;
using System.Runtime.CompilerServices;

namespace Akka.LNS.Server.Settings.Hocon;

/// <summary>
/// Bounds of one configuration, with its included files. They bound time and memory of a reading, whoever wrote the text.
/// </summary>
/// <param name="values">Maximum number of values.</param>
internal sealed class HoconBudget(int values = HoconBudget.MaxValues)
{
    /// <summary>Maximum length of all texts, and of all values that references make longer, in characters.</summary>
    public const int MaxCharacters = 4 << 20;

    /// <summary>Maximum number of values. A section counts as <see cref="OfSection"/>.</summary>
    public const int MaxValues = 200_000;

    /// <summary><see cref="MaxValues"/> of a text that a client sends: with it, the check allocates at most 64 MiB.</summary>
    public const int MaxPostedValues = 100_000;

    /// <summary>Maximum nesting of sections and lists. Each part of a path is a section.</summary>
    public const int MaxDepth = 32;

    /// <summary>Maximum number of references that lead from one to the next; each <c>+=</c> of a key is one.</summary>
    public const int MaxReferences = 1_000;

    /// <summary>Maximum number of values that the resolution of references visits or copies.</summary>
    private const int MaxSteps = 2_000_000;

    public const int OfSection = 4, OfInclude = 100;

    private int _characters, _values, _steps, _joined, _resolved;

    /// <summary>Counts a text before it is read.</summary>
    /// <param name="characters">Its length.</param>
    public void Read(string file, int characters)
    {
        if ((_characters += Math.Min(characters, MaxCharacters + 1)) > MaxCharacters)
            throw new HoconException(new HoconPosition(file, 1), Text($"the configuration is longer than {MaxCharacters} characters"));
    }

    public void Value(HoconPosition at, int weight = 1)
    {
        if ((_values += weight) > values) throw TooMany(at, "");
    }

    /// <summary>Counts a value that is made from references.</summary>
    public void Resolved(HoconPosition at, int weight)
    {
        if ((_resolved += weight) > values) throw TooMany(at, " when references are replaced");
    }

    /// <summary>Counts characters of a text that is put together.</summary>
    public void Joined(HoconPosition at, int characters)
    {
        if ((_joined += characters) > MaxCharacters)
            throw new HoconException(at, Text($"references make texts of more than {MaxCharacters} characters"));
    }

    /// <summary>Counts work: values that are visited or copied.</summary>
    public void Steps(HoconPosition at, int count)
    {
        if ((_steps += count) > MaxSteps) throw new HoconException(at, "references that multiply: too many values have to be read");
    }

    /// <summary>Checks the number of references that lead from one to the next.</summary>
    public static void Chain(HoconPosition at, int depth)
    {
        if (depth > MaxReferences || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new HoconException(at, Text($"more than {MaxReferences} references lead from one to the next"));
    }

    private HoconException TooMany(HoconPosition at, string when) =>
        new(at, Text($"more than {values} values{when} (a section counts as {OfSection})")
            + (values < MaxValues ? Text($"; lnsd --check reads {MaxValues} where the file is") : ""));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
