using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>
/// Declaration of a section: each key once, with type, unit, range, default and <see cref="Values.Apply"/>. The readers, the list of
/// allowed keys in an error, the reload rules and the comparison with lns.conf use it.
/// </summary>
/// <param name="file">Source file of the declaration.</param>
internal sealed class Section([CallerFilePath] string file = "")
{
    private readonly List<Member> _members = [];
    private Section? _extension;

    /// <summary>
    /// A section with all keys of <paramref name="shared"/> and more: an entry of a list whose defaults are <paramref name="shared"/>.
    /// </summary>
    public static Section Extending(Section shared, [CallerFilePath] string file = "")
    {
        var section = new Section(file);
        section._members.AddRange(shared._members);
        shared._extension = section;
        return section;
    }

    /// <summary>Name of the source file of the declaration.</summary>
    public string File { get; } = System.IO.Path.GetFileName(file);

    /// <summary>In the order of the declaration.</summary>
    public IReadOnlyList<Member> Members => _members;

    public Apply Apply => _members.Max(static m => m.Apply);

    public Member? Find(string name) => _members.Find(m => m.Name == name);

    /// <summary>The key is allowed in an entry of a list or map, not in its defaults.</summary>
    public bool IsOfEntries(string name) => _extension?.Find(name) is not null;

    public Part Part(string name, Section section) => Add(new Part(name, section));

    /// <param name="defaults">Section whose values each entry has unless it sets them.</param>
    /// <param name="defines">What an entry defines, for keys that refer to it.</param>
    public Map Map(string name, Section entry, Part? defaults = null, Named? defines = null) =>
        Add(new Map(name, entry, defaults, defines));

    public SectionList List(string name, Section entry, Part defaults) => Add(new SectionList(name, entry, defaults));

    public Key<bool> Flag(string name, bool standard, Apply apply) => Scalar<bool>(name, "on, off", "on, off", apply, standard, ReadFlag);

    /// <summary>A flag, or <c>none</c>, which is the default: for a key of an entry without a section of defaults.</summary>
    public Key<bool> OptionalFlag(string name, bool standard, Apply apply) =>
        Add(new ScalarKey<bool>(name, "on, off, or none", "on, off, or none", apply, standard, ReadFlag, allowsNone: true));

    public Key<int> Number(string name, int standard, int least, int most, Apply apply)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
        return Scalar<int>(name, $"a whole number from {range}", range, apply, standard, (string text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= least && value <= most);
    }

    public Key<double> Real(string name, double standard, double least, double most, Apply apply)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
        return Scalar<double>(name, $"a number from {range}", range, apply, standard, (string text, out double value) =>
            TryReal(text, least, most, out value));
    }

    /// <summary>A number, or <c>none</c>, which is null and the default.</summary>
    public Key<double?> OptionalReal(string name, double least, double most, Apply apply)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
        return Optional<double?>(name, $"a number from {range}", range, apply, (string text, out double? value) =>
        {
            var isRight = TryReal(text, least, most, out var number);
            value = number;
            return isRight;
        });
    }

    public Key<TimeSpan> Duration(string name, TimeSpan standard, TimeSpan least, TimeSpan most, Apply apply)
    {
        var range = $"{Units.Show(least)} to {Units.Show(most)}";
        return Scalar<TimeSpan>(name, $"{DurationWords} {range}", range, apply, standard, (string text, out TimeSpan value) =>
        {
            value = Units.Duration(text) ?? TimeSpan.MinValue;
            return value >= least && value <= most;
        });
    }

    /// <summary>A duration, or <c>none</c>, which is null and the default.</summary>
    public Key<TimeSpan?> OptionalDuration(string name, TimeSpan least, TimeSpan most, Apply apply)
    {
        var range = $"{Units.Show(least)} to {Units.Show(most)}";
        return Optional<TimeSpan?>(name, $"{DurationWords} {range}", range, apply, (string text, out TimeSpan? value) =>
        {
            value = Units.Duration(text);
            return value >= least && value <= most;
        });
    }

    public Key<long> Size(string name, long standard, long least, long most, Apply apply)
    {
        var range = $"{Units.Show(least)} to {Units.Show(most)}";
        return Scalar<long>(name, $"a size with unit (B, KiB, MiB, GiB, kB, MB, GB) from {range}", range, apply, standard,
            (string text, out long value) =>
        {
            value = Units.Size(text) ?? -1;
            return value >= least && value <= most;
        });
    }

    public Key<T> Word<T>(string name, Standard<T> standard, Apply apply, params (string Word, T Value)[] words) =>
        Add(new WordKey<T>(name, apply, standard, words));

    public Key<ImmutableArray<T>> WordList<T>(string name, ImmutableArray<T> standard, Apply apply,
        params (string Word, T Value)[] words) =>
        Add(new ListKey<T>(name, Words.OneOf(words), words.Length, apply, standard,
            (string text, [MaybeNullWhen(false)] out T value) => Words.TryFind(words, text, out value)));

    public Key<ImmutableDictionary<string,
        T>> WordMap<T>(string name, ImmutableDictionary<string, T> standard, Apply apply, params (string Word, T Value)[] words) =>
        Add(new WordMapKey<T>(name, apply, standard, words));

    public Key<string> Text(string name, string standard, int maxOctets, Apply apply) => Add(new TextKey(name, standard, maxOctets, apply));

    public Key<string?> OptionalText(string name, int maxOctets, Apply apply, bool isSecret = false) =>
        Add(new OptionalTextKey(name, maxOctets, apply, isSecret: isSecret));

    public Key<string> Reference(string name, string standard, Named refersTo, Apply apply) =>
        Add(new TextKey(name, standard, 255, apply, refersTo));

    public Key<string?> OptionalReference(string name, Named refersTo, Apply apply) => Add(new OptionalTextKey(name, 255, apply, refersTo));

    /// <inheritdoc cref="SecretKey"/>
    public SecretKey Secret(string name, Apply apply, Key<bool>? createsFile = null) => Add(new SecretKey(name, apply, createsFile));

    public Key<string?> Path(string name, Apply apply) => Add(new PathKey(name, apply));

    public Key<string?> FileText(string name, Apply apply) => Add(new FileTextKey(name, apply));

    /// <param name="allowed">Type and form in words.</param>
    public Key<T> Value<T>(string name, Standard<T> standard, string allowed, TryRead<T> read, Apply apply) =>
        Scalar(name, allowed, WithoutArticle(allowed), apply, standard, read);

    /// <summary>A value, or <c>none</c>, which is the default of <typeparamref name="T"/> and of the key.</summary>
    /// <param name="allowed">Type and form in words.</param>
    public Key<T> Optional<T>(string name, string allowed, TryRead<T> read, Apply apply) =>
        Optional(name, allowed, WithoutArticle(allowed), apply, read);

    /// <param name="what">What the list is of, in words.</param>
    /// <param name="most">Maximum number of items.</param>
    public Key<ImmutableArray<T>> List<T>(string name, ImmutableArray<T> standard, string what, int most, TryRead<T> read, Apply apply) =>
        Add(new ListKey<T>(name, what, most, apply, standard, read));

    /// <param name="what">What the list is of, in words.</param>
    /// <param name="most">Maximum number of items.</param>
    /// <param name="fault">The error of a text, or null.</param>
    /// <param name="show">A text without the secret in it, or null when it has none.</param>
    public Key<ImmutableArray<string>> TextList(string name, string what, int most, Func<string, string?> fault, Apply apply,
        Func<string, string?>? show = null) => Add(new TextListKey(name, what, most, apply, fault, show));

    private const string DurationWords = "a duration with unit (ms, s, m, h, d) from";

    private static string WithoutArticle(string allowed) =>
        allowed.StartsWith("a ", StringComparison.Ordinal) ? allowed[2..] : allowed.StartsWith("an ", StringComparison.Ordinal)
            ? allowed[3..] : allowed;

    private static bool TryReal(string text, double least, double most, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;

    private static bool ReadFlag(string text, out bool value)
    {
        value = text is "on" or "true" or "yes";
        return value || text is "off" or "false" or "no";
    }

    private Key<T> Scalar<T>(string name, string allowed, string range, Apply apply, Standard<T> standard, TryRead<T> read) =>
        Add(new ScalarKey<T>(name, allowed, range, apply, standard, read, allowsNone: false));

    private Key<T> Optional<T>(string name, string allowed, string range, Apply apply, TryRead<T> read) =>
        Add(new ScalarKey<T>(name, allowed + ", or none", range + ", or none", apply, default(T)!, read, allowsNone: true));

    private T Add<T>(T member) where T : Member
    {
        if (Find(member.Name) is not null) throw new InvalidOperationException($"{File}: {member.Name} is declared twice");
        _members.Add(member);
        if (member is Key { Companion: { } companion }) _members.Add(companion);
        return member;
    }
}
